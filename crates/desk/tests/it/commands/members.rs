//! Tickets that begin in Discord, and what members do with theirs.

use super::*;
use desk::clock::Clock;

#[tokio::test]
async fn a_ticket_from_discord_has_the_member_in_its_thread_and_a_page_on_the_web() {
    let world = with_panel().await;
    let (token, thread) = world.filed_in_discord().await;
    let (parent, members, contents) = {
        let mut state = world.discord.state();
        let thread = state.thread(thread);
        let contents: Vec<_> = thread
            .messages
            .iter()
            .map(|p| p.message.content.clone())
            .collect();
        (thread.parent, thread.members.clone(), contents)
    };
    assert_eq!(parent, ChannelId(77), "under the panel's channel");
    assert!(members.contains(&PAT));
    assert!(
        contents[1].contains("Pat Rivera") && contents[1].ends_with(TEXT),
        "{contents:?}"
    );

    // What the member writes is the customer's, whatever it begins with.
    let said = world.discord.write(thread, PAT, "// still nothing");
    world.hear(&said).await;
    let (_, _, seen) = world.desk.held_ticket(&token).await.unwrap();
    let last = seen.messages.last().unwrap();
    assert_eq!((last.side, last.kind), (Side::Customer, MessageKind::Reply));
    assert_eq!(last.body, "// still nothing");
    assert_eq!(seen.ticket.customer, "Pat Rivera");

    // What staff write on the web reaches them there; a note does not.
    let mira = world.mira().await;
    world
        .desk
        .staff_reply(&mira, 1, body("On its way."), None)
        .await
        .unwrap();
    world.note("A tricky one.").await;
    world.settle().await;
    let contents = world.discord.contents();
    assert!(contents.iter().any(|c| c.ends_with("On its way.")));
    assert!(!contents.iter().any(|c| c.contains("tricky")));
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    let note = view
        .messages
        .iter()
        .find(|m| m.kind == MessageKind::Note)
        .unwrap();
    assert_eq!(note.delivery, Delivery::Kept);
    world
        .desk
        .staff_edit(&mira, note.id, body("A very tricky one."))
        .await
        .unwrap();
    world.settle().await;
    assert!(
        !world
            .discord
            .contents()
            .iter()
            .any(|c| c.contains("tricky"))
    );

    let mine = world
        .words(Role::Owner, Does::Everyone(ForEveryone::Mine), vec![])
        .await;
    assert!(
        mine.contains("**[#1](<https://discord.com/channels/")
            && mine.contains(&format!("/{thread}>)")),
        "{mine}"
    );
}

#[tokio::test]
async fn a_transcript_says_where_a_ticket_was_filed_and_where_it_was_answered() {
    let world = with_panel().await;
    let (token, _) = world.filed_in_discord().await;
    let holder = world.holder(&token).await;
    let key = desk::RequestKey::parse(&desk::RequestKey::fresh());
    let said = desk::files::Said::from(body("It is here."));
    world.desk.customer_reply(&holder, said, key).await.unwrap();
    let written = world
        .desk
        .transcript_for_holder(&holder, desk::Pictures::Named)
        .await
        .unwrap();
    let json: serde_json::Value = serde_json::from_str(&written.json()).unwrap();
    let messages = json["messages"].as_array().unwrap().iter();
    let origins: Vec<_> = messages.map(|m| m["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["discord", "web"]);
    let page = written.html();
    let places = page.matches("customer, in Discord").count();
    assert_eq!(places, 1, "{page}");
}

#[tokio::test]
async fn the_same_form_told_twice_is_one_ticket() {
    let world = with_panel().await;
    let form = Does::Everyone(ForEveryone::File);
    let values = vec![text("category", "question"), text("text", TEXT)];
    let once = asked(Role::Owner, form, None, values);
    let first = world.says(&once).await.unwrap();
    assert_eq!(world.says(&once).await.unwrap(), first);
    world.settle().await;
    assert_eq!(world.discord.state().threads.len(), 1);
}

#[tokio::test]
async fn limits_hold_at_their_edge() {
    let world = with_panel().await;
    let file = async || {
        let form = Does::Everyone(ForEveryone::File);
        let values = vec![text("category", "question"), text("text", TEXT)];
        world.says(&asked(Role::Owner, form, None, values)).await
    };
    let why = |refused: Result<Say, DeskError>| match refused {
        // What was typed comes back with the reason.
        Ok(say) if say.detail.as_deref() == Some(TEXT) => say.words,
        Err(DeskError::Conflict { why }) => why,
        other => panic!("{other:?}"),
    };
    file().await.unwrap();
    world.clock.advance(Duration::from_secs(29));
    assert!(why(file().await).contains("Wait 2 seconds"));
    world.clock.advance(Duration::from_secs(1));
    file().await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    file().await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    assert!(why(file().await).contains("3 open tickets"));
    // The button says so before anybody types.
    let ask = asked(
        Role::Owner,
        Does::Everyone(ForEveryone::AskNew),
        None,
        vec![],
    );
    assert!(why(world.says(&ask).await).contains("3 open tickets"));
    let close = Does::Owner(ForOwner::Close);
    assert!(
        world
            .words(Role::Owner, close, vec![])
            .await
            .contains("closed")
    );
    file().await.unwrap();

    for (length, fits) in [(9, false), (10, true), (1_000, true), (1_001, false)] {
        let form = Does::Everyone(ForEveryone::File);
        let typed = "x".repeat(length);
        let values = vec![text("category", "question"), text("text", &typed)];
        let done = world.says(&asked(Role::Stranger, form, None, values)).await;
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(done.is_ok(), fits, "{length}");
    }
    let block = Does::Staff(ForStaff::Block);
    world
        .words(Role::Staff, block, vec![user(Role::Stranger)])
        .await;
    let ask = asked(
        Role::Stranger,
        Does::Everyone(ForEveryone::AskNew),
        None,
        vec![],
    );
    assert!(why(world.says(&ask).await).contains("cannot file"));
}

#[tokio::test]
async fn staff_see_who_is_blocked_by_whom_and_let_them_in_again() {
    let world = with_panel().await;
    let staff = async |does, values| world.words(Role::Staff, Does::Staff(does), values).await;
    let nobody = staff(ForStaff::Blocked, vec![]).await;
    assert_eq!(nobody.trim(), "Nobody is blocked.");
    let colleague = staff(ForStaff::Block, vec![user(Role::Staff)]).await;
    assert!(colleague.contains("is staff"), "{colleague}");
    staff(ForStaff::Block, vec![user(Role::Stranger)]).await;
    let twice = staff(ForStaff::Block, vec![user(Role::Stranger)]).await;
    assert!(twice.contains("is blocked already"), "{twice}");
    let listed = staff(ForStaff::Blocked, vec![]).await;
    let since = world.clock.now().0.div_euclid(1_000_000);
    let line = format!("<@{SAM}> by Mira Okafor <t:{since}:R>");
    assert!(listed.ends_with(&line), "{listed}");
    staff(ForStaff::Unblock, vec![user(Role::Stranger)]).await;
    let nobody = staff(ForStaff::Blocked, vec![]).await;
    assert_eq!(nobody.trim(), "Nobody is blocked.");
}

#[tokio::test]
async fn the_customer_closes_with_a_reason_that_both_sides_read_and_opens_again() {
    let world = with_panel().await;
    let (token, thread) = world.filed_in_discord().await;
    let ask = asked(
        Role::Owner,
        Does::Owner(ForOwner::AskClose),
        Some(TicketId(1)),
        vec![],
    );
    let Ok(Answer::Form(form)) = world.desk.interact(&ask).await else {
        panic!("no form");
    };
    assert_eq!(form.control, Control::Close(TicketId(1)));
    assert_eq!((form.fields[0].min, form.fields[0].max), (0, 500));
    let close = Does::Owner(ForOwner::Close);
    let long = vec![text("reason", &"x".repeat(501))];
    assert!(world.words(Role::Owner, close, long).await.contains("501"));
    world
        .words(Role::Owner, close, vec![text("reason", "It came.")])
        .await;
    world.settle().await;
    let told = world.discord.contents();
    assert_eq!(
        told.last().unwrap(),
        "-# The customer closed the ticket. To open it again: `/reopen ticket:1` in any channel, or \
         its page on the web.\nIt came."
    );
    let on_the_web = async || world.desk.held_ticket(&token).await.unwrap().2.ticket;
    assert_eq!(
        on_the_web().await.closed_because.as_deref(),
        Some("<p dir=\"auto\">It came.</p>")
    );
    assert_eq!(
        world.discord.state().thread(thread).shape(),
        ThreadShape::Closed
    );
    let again = world.words(Role::Owner, close, vec![]).await;
    assert!(again.contains("already"));
    world
        .words(Role::Owner, Does::Owner(ForOwner::Reopen), vec![])
        .await;
    world.settle().await;
    assert_eq!(
        world.discord.state().thread(thread).shape(),
        ThreadShape::Open
    );
    let told = world.discord.contents();
    assert_eq!(
        told.last().unwrap(),
        "-# The customer opened the ticket again."
    );
    assert_eq!(on_the_web().await.closed_because, None);

    // Who closes it the next time gives no reason, and the last one is not said again.
    let holder = world.holder(&token).await;
    world.desk.customer_close(&holder).await.unwrap();
    assert_eq!(on_the_web().await.closed_because, None);
}

#[tokio::test]
async fn whoever_has_one_ticket_need_not_say_which() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    let bare = async |role, does| world.desk.interact(&asked(role, does, None, vec![])).await;
    let (close, reopen) = (ForOwner::Close, ForOwner::Reopen);
    let which = |answer: Result<Answer, DeskError>| match answer {
        Err(DeskError::Conflict { why }) => assert!(why.starts_with("Say which"), "{why}"),
        other => panic!("{other:?}"),
    };
    // None is closed; staff have all tickets, and a stranger none.
    which(bare(Role::Owner, Does::Owner(reopen)).await);
    which(bare(Role::Staff, Does::Owner(close)).await);
    which(bare(Role::Stranger, Does::Owner(close)).await);
    bare(Role::Owner, Does::Owner(close)).await.unwrap();
    which(bare(Role::Owner, Does::Owner(close)).await);
    bare(Role::Owner, Does::Owner(reopen)).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    world.filed_in_discord().await;
    which(bare(Role::Owner, Does::Owner(close)).await);
}

#[tokio::test]
async fn a_code_ties_an_account_to_the_ticket_filed_on_the_web_once() {
    let world = with_panel().await;
    let (opened, _) = world.filed().await;
    world.clock.advance(Duration::from_secs(60));
    world.filed_in_discord().await;
    let holder = world.holder(&opened.token).await;
    let code = world.desk.link_code(&holder).await.unwrap();
    let link = Does::Everyone(ForEveryone::Link);
    let typed = code.to_lowercase().replace('-', " ");
    let done = world
        .words(Role::Owner, link, vec![text("code", &typed)])
        .await;
    assert!(done.contains("tied"), "{done}");
    let mine = world
        .words(Role::Owner, Does::Everyone(ForEveryone::Mine), vec![])
        .await;
    assert!(mine.contains("#1") && mine.contains("#2"), "{mine}");
    let again = world
        .words(Role::Stranger, link, vec![text("code", &code)])
        .await;
    assert!(again.contains("wrong, used or too old"), "{again}");

    let late = world.desk.link_code(&holder).await.unwrap();
    world.clock.advance(Duration::from_secs(15 * 60 + 1));
    let gone = world
        .words(Role::Owner, link, vec![text("code", &late)])
        .await;
    assert!(gone.contains("wrong, used or too old"), "{gone}");
    for _ in 0..5 {
        world
            .words(Role::Stranger, link, vec![text("code", "AAAA-AAAA")])
            .await;
    }
    let fresh = world.desk.link_code(&holder).await.unwrap();
    let tired = world
        .words(Role::Stranger, link, vec![text("code", &fresh)])
        .await;
    assert!(tired.contains("Too many"), "{tired}");
}

/// A message of somebody else's, for completeness of what is heard.
#[tokio::test]
async fn strangers_in_the_thread_are_heard_by_staff_alone() {
    let world = with_panel().await;
    let (token, thread) = world.filed_in_discord().await;
    let said: RemoteMessage = world.discord.write(thread, SAM, "me too");
    world.hear(&said).await;
    let (_, _, seen) = world.desk.held_ticket(&token).await.unwrap();
    assert!(!seen.messages.iter().any(|m| m.body == "me too"));
}
