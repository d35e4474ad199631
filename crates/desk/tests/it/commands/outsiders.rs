//! People who are not staff and what they must not get at: other people's tickets, notes, threads
//! that they cannot see.

use super::*;
use desk::bridge::{DeliveryError, Step};

const LINK: Does = Does::Everyone(ForEveryone::Link);
const MINE: Does = Does::Everyone(ForEveryone::Mine);

fn refused_for_them(code: u32) -> Fault {
    Fault::Before(DeliveryError::Permanent {
        code: Some(code),
        reason: "They cannot see the channel.".into(),
    })
}

#[tokio::test]
async fn a_code_brings_the_ticket_that_it_was_made_on_and_no_other_of_that_address() {
    let world = with_panel().await;
    let (victims, _) = world.filed().await;
    let (own, _) = world.filed().await;
    let holder = world.holder(&own.token).await;
    let code = world.desk.link_code(&holder).await.unwrap();
    let done = world
        .words(Role::Stranger, LINK, vec![text("code", &code)])
        .await;
    assert!(done.contains("#2"), "{done}");
    let mine = world.words(Role::Stranger, MINE, vec![]).await;
    // Its thread is among staff, and no place of theirs.
    assert!(mine.contains("**#2**") && !mine.contains("#1"), "{mine}");
    assert!(mine.contains("read on the web"), "{mine}");
    let close = Does::Owner(ForOwner::Close);
    let values = vec![("ticket".into(), Value::Integer(1))];
    let refused = world
        .desk
        .interact(&asked(Role::Stranger, close, None, values))
        .await;
    assert!(matches!(refused, Err(DeskError::NotAllowed)), "{refused:?}");
    // Whose address it is can still tie their own.
    let holder = world.holder(&victims.token).await;
    let code = world.desk.link_code(&holder).await.unwrap();
    let done = world
        .words(Role::Owner, LINK, vec![text("code", &code)])
        .await;
    assert!(done.contains("#1"), "{done}");
}

#[tokio::test]
async fn staff_see_what_somebody_filed_on_the_web_beside_what_they_filed_in_discord() {
    let world = with_panel().await;
    let (on_the_web, _) = world.filed().await;
    let holder = world.holder(&on_the_web.token).await;
    let code = world.desk.link_code(&holder).await.unwrap();
    world
        .words(Role::Owner, LINK, vec![text("code", &code)])
        .await;
    // What is tied to them counts as theirs: nobody files twice in a minute.
    world.clock.advance(Duration::from_secs(60));
    world.filed_in_discord().await;
    for number in [1, 2] {
        let customer = Does::Staff(ForStaff::Customer);
        let values = vec![("ticket".into(), Value::Integer(number))];
        let asked = asked(Role::Staff, customer, None, values);
        let listed = world.says(&asked).await.unwrap().detail.unwrap();
        let both = listed.contains("[#1](") && listed.contains("[#2](");
        assert!(both, "of #{number}: {listed}");
    }
}

#[tokio::test]
async fn members_are_not_told_what_staff_make_of_their_ticket() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    let urgent = Does::Staff(ForStaff::SetPriority);
    world
        .words(Role::Staff, urgent, vec![text("priority", "urgent")])
        .await;
    world
        .words(Role::Staff, Does::Staff(ForStaff::Claim), vec![])
        .await;
    let mine = world.words(Role::Owner, MINE, vec![]).await;
    assert!(mine.contains("Waiting for our answer"), "{mine}");
    assert!(
        !mine.contains("Urgent") && !mine.contains("In progress"),
        "{mine}"
    );
}

#[tokio::test]
async fn staff_are_not_made_customers_by_a_code() {
    let world = with_panel().await;
    let (opened, thread) = world.filed().await;
    let holder = world.holder(&opened.token).await;
    let code = world.desk.link_code(&holder).await.unwrap();
    let refused = world
        .words(Role::Staff, LINK, vec![text("code", &code)])
        .await;
    assert!(refused.contains("Staff answer customers"), "{refused}");
    world
        .hear(&world.discord.write(thread, MIRA, "// between us"))
        .await;
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
}

#[tokio::test]
async fn whoever_speaks_in_the_thread_reads_along_and_is_shown_no_note() {
    for who in [SAM, PAT] {
        let world = with_panel().await;
        let (_, thread) = world.filed().await;
        world.hear(&world.discord.write(thread, who, "hello")).await;
        let mira = world.mira().await;
        world.note("Between us.").await;
        world.settle().await;
        let contents = world.discord.contents();
        assert!(!contents.iter().any(|c| c.contains("Between us")));
        let view = world.desk.conversation(&mira, 1).await.unwrap();
        let note = view.messages.last().unwrap();
        assert_eq!(
            (&*note.body, note.delivery),
            ("Between us.", Delivery::Kept)
        );
    }
}

#[tokio::test]
async fn nobody_is_let_in_while_a_note_may_be_on_its_way() {
    let world = with_panel().await;
    let (_, thread) = world.filed().await;
    world.note("Between us.").await;
    world.discord.fail("post", Fault::After);
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    let add = Does::Staff(ForStaff::AddUser);
    let refused = world
        .words(Role::Staff, add, vec![user(Role::Stranger)])
        .await;
    assert!(refused.contains("notes"), "{refused}");
    world.settle().await;
    assert!(!world.discord.state().thread(thread).members.contains(&SAM));
}

#[tokio::test]
async fn a_note_that_was_posted_before_somebody_came_is_taken_back() {
    let world = with_panel().await;
    let (_, thread) = world.filed().await;
    let mira = world.mira().await;
    world.note("Between us.").await;
    world.discord.fail("post", Fault::After);
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    assert!(
        world
            .discord
            .contents()
            .iter()
            .any(|c| c.contains("Between us"))
    );
    world.hear(&world.discord.write(thread, SAM, "hello")).await;
    world.settle().await;
    let contents = world.discord.contents();
    assert!(
        !contents.iter().any(|c| c.contains("Between us")),
        "{contents:?}"
    );
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    let note = view
        .messages
        .iter()
        .find(|m| m.body == "Between us.")
        .unwrap();
    assert_eq!(note.delivery, Delivery::Kept);
}

#[tokio::test]
async fn without_a_panel_nothing_is_filed_where_nobody_could_be_let_in() {
    let world = World::new().await;
    let file = Does::Everyone(ForEveryone::File);
    let values = vec![text("category", "question"), text("text", TEXT)];
    let said = world.refused(&asked(Role::Owner, file, None, values)).await;
    assert!(
        said.words.contains("an admin posts the panel"),
        "{}",
        said.words
    );
    assert_eq!(said.detail.as_deref(), Some(TEXT));
    assert!(world.discord.state().threads.is_empty());
}

#[tokio::test]
async fn one_who_cannot_be_let_in_holds_up_nothing_else() {
    for fault in [
        refused_for_them(50_001),
        Fault::Before(DeliveryError::Gone {
            code: Some(10_007),
            reason: "They left.".into(),
        }),
    ] {
        let world = with_panel().await;
        world.discord.fail("add_member", fault);
        world.filed_in_discord().await;
        let contents = world.discord.contents();
        assert!(contents.iter().any(|c| c == "card 1"), "{contents:?}");
        assert!(contents.iter().any(|c| c.ends_with(TEXT)), "{contents:?}");
        let mira = world.mira().await;
        let stuck = world.desk.sync(&mira).await.unwrap().stuck;
        assert_eq!(stuck.len(), 1, "{stuck:?}");
    }
}
