//! What staff and admins do by command, and what that changes for others.

use super::*;

#[tokio::test]
async fn of_two_who_claim_at_once_one_wins_and_the_other_learns_who() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    let jonas = Does::Admin(ForAdmin::AddStaff);
    world
        .words(Role::Admin, jonas, vec![user(Role::Stranger)])
        .await;
    let claim = Does::Staff(ForStaff::Claim);
    let (a, b) = (
        asked(Role::Staff, claim, Some(TicketId(1)), vec![]),
        asked(Role::Stranger, claim, Some(TicketId(1)), vec![]),
    );
    let (a, b) = tokio::join!(world.says(&a), world.says(&b));
    let mut both = [a.unwrap().words, b.unwrap().words];
    both.sort_by_key(|words| words.contains("yours"));
    assert!(both[1].contains("is yours"), "{both:?}");
    let (winner, loser) = match both[0].contains("Mira") {
        true => ("Mira Okafor", Role::Stranger),
        false => ("Sam Weber", Role::Staff),
    };
    assert!(both[0].contains(winner), "{both:?}");
    let taken = world
        .words(loser, Does::Staff(ForStaff::Assign), vec![])
        .await;
    assert!(taken.contains("yours"));
    let given = Does::Staff(ForStaff::Assign);
    let to = ("to".into(), Value::User(Box::new(member(Role::Owner))));
    assert!(
        world
            .words(loser, given, vec![to])
            .await
            .contains("not staff")
    );
    world
        .words(Role::Staff, Does::Staff(ForStaff::Release), vec![])
        .await;
    let view = world
        .desk
        .conversation(&world.mira().await, 1)
        .await
        .unwrap();
    assert_eq!(view.ticket.assignee, None);
}

#[tokio::test]
async fn nobody_is_let_in_where_notes_can_be_read_and_the_customer_is_never_put_out() {
    let world = with_panel().await;
    world.filed().await;
    world.note("Between us.").await;
    world.settle().await;
    let add = Does::Staff(ForStaff::AddUser);
    let refused = world
        .words(Role::Staff, add, vec![user(Role::Stranger)])
        .await;
    assert!(refused.contains("notes"), "{refused}");

    let (_, thread) = {
        world.clock.advance(Duration::from_secs(60));
        world.filed_in_discord().await
    };
    let two = |does, role| {
        let values = vec![user(role), ("ticket".into(), Value::Integer(2))];
        asked(Role::Staff, does, None, values)
    };
    world.says(&two(add, Role::Stranger)).await.unwrap();
    world.settle().await;
    assert!(world.discord.state().thread(thread).members.contains(&SAM));
    let remove = Does::Staff(ForStaff::RemoveUser);
    world.says(&two(remove, Role::Stranger)).await.unwrap();
    let own = world.says(&two(remove, Role::Owner)).await;
    assert!(matches!(own, Err(DeskError::Conflict { .. })));
    world.settle().await;
    let members = world.discord.state().thread(thread).members.clone();
    assert!(members.contains(&PAT) && !members.contains(&SAM));
}

#[tokio::test]
async fn added_staff_are_staff_everywhere_until_they_are_not() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    let view = Does::Staff(ForStaff::View);
    let sees = async || {
        let values = vec![("ticket".into(), Value::Integer(1))];
        let done = world
            .desk
            .interact(&asked(Role::Stranger, view, None, values))
            .await;
        !matches!(done, Err(DeskError::NotAllowed))
    };
    assert!(!sees().await);
    let admin = async |does, value| {
        world
            .words(Role::Admin, Does::Admin(does), vec![value])
            .await
    };
    admin(ForAdmin::AddStaff, user(Role::Stranger)).await;
    assert!(sees().await);
    let listed = world
        .words(Role::Admin, Does::Admin(ForAdmin::ListStaff), vec![])
        .await;
    assert!(listed.contains(&format!("<@{SAM}>")), "{listed}");
    let profile = desk::DiscordProfile {
        user: SAM,
        name: "Sam Weber".into(),
        avatar: None,
    };
    let person = world.desk.sign_in(profile).await.unwrap();
    assert!(
        world.desk.staff(person).await.is_ok(),
        "on the dashboard too"
    );
    admin(ForAdmin::RemoveStaff, user(Role::Stranger)).await;
    assert!(!sees().await);
    assert!(world.desk.staff(person).await.is_err());
    let everyone = ("role".into(), Value::Role(RoleId(GUILD.0)));
    let refused = admin(ForAdmin::AddStaffRole, everyone).await;
    assert!(refused.contains("Everyone has that role"), "{refused}");
}

#[tokio::test]
async fn while_new_tickets_are_paused_nobody_files_one_anywhere() {
    let world = with_panel().await;
    let pause = Does::Admin(ForAdmin::Maintenance);
    let on = vec![text("state", "on"), text("message", "Back at noon.")];
    world.words(Role::Admin, pause, on).await;
    let form = Does::Everyone(ForEveryone::File);
    let values = vec![text("category", "question"), text("text", TEXT)];
    let form = asked(Role::Owner, form, None, values);
    let refused = world.refused(&form).await;
    assert!(refused.words.starts_with("Back at noon."));
    let web = world
        .desk
        .open_ticket(new_ticket("Late", "Where is it?"), None)
        .await;
    assert!(matches!(web, Err(DeskError::Conflict { why }) if why == "Back at noon."));
    world
        .words(Role::Admin, pause, vec![text("state", "off")])
        .await;
    world.filed_in_discord().await;
}

#[tokio::test]
async fn settings_are_shown_bounded_and_set_back() {
    let world = with_panel().await;
    let config = Does::Admin(ForAdmin::Config);
    let set = async |setting: &str, value: &str| {
        let values = vec![text("setting", setting), text("value", value)];
        world.words(Role::Admin, config, values).await
    };
    let all = world.words(Role::Admin, config, vec![]).await;
    assert!(all.contains("`max_open_tickets` 3 (default)"), "{all}");
    assert!(set("max_open_tickets", "11").await.contains("from 1 to 10"));
    assert!(set("max_open_tickets", "10").await.contains("is 10 now"));
    assert!(
        set("max_open_tickets", "default")
            .await
            .contains("back to 3")
    );
    assert!(set("nonsense", "1").await.contains("no such setting"));
    assert!(all.contains("/staff/settings>)"), "{all}");
    // A panel of which nobody knows which message it is stays as it is until it is posted anew.
    let title = set("panel_title", "Ask us").await;
    assert!(
        title.contains("“Ask us” now. The panel in <#77> says so once"),
        "{title}"
    );
    assert!(!set("cool_down_seconds", "60").await.contains("panel"));
    let mut typing = asked(
        Role::Admin,
        config,
        None,
        vec![text("setting", "max_open_tickets")],
    );
    let values = world.desk.suggest(&typing, "value", "").await.unwrap();
    assert!(values.iter().any(|(_, value)| value == "3"));
    let names = world
        .desk
        .suggest(&typing, "setting", "cool")
        .await
        .unwrap();
    assert_eq!(names.len(), 1);
    typing.manages_guild = false;
    assert!(
        world
            .desk
            .suggest(&typing, "setting", "")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn staff_answer_tag_and_move_a_ticket() {
    let world = with_panel().await;
    let (token, _) = world.filed_in_discord().await;
    let staff = async |does, values| world.words(Role::Staff, Does::Staff(does), values).await;
    let quick = vec![
        text("name", "Hours"),
        text("text", "We are here from nine to five."),
    ];
    let set = Does::Admin(ForAdmin::SetQuickReply);
    world.words(Role::Admin, set, quick).await;
    staff(ForStaff::Reply, vec![text("quick", "hours")]).await;
    let both = vec![text("quick", "hours"), text("text", "x")];
    assert!(
        staff(ForStaff::Reply, both)
            .await
            .contains("one of the two")
    );
    staff(ForStaff::Tag, vec![text("tag", "Parcel")]).await;
    assert!(
        staff(ForStaff::Tag, vec![text("tag", "parcel")])
            .await
            .contains("already")
    );
    staff(ForStaff::Category, vec![text("category", "Payments")]).await;
    let nowhere = staff(ForStaff::Category, vec![text("category", "Nowhere")]).await;
    assert!(nowhere.contains("no such category"));
    let view = staff(ForStaff::View, vec![]).await;
    for part in ["Payments", "parcel", "Pat Rivera"] {
        assert!(view.contains(part), "{part} in {view}");
    }
    let (_, _, seen) = world.desk.held_ticket(&token).await.unwrap();
    assert!(
        seen.messages
            .iter()
            .any(|m| m.body.contains("nine to five"))
    );
    let typing = asked(Role::Staff, Does::Staff(ForStaff::View), None, vec![]);
    let found = world
        .desk
        .suggest(&typing, "ticket", "parcel")
        .await
        .unwrap();
    assert_eq!(found[0].1, "1");
    let of = staff(ForStaff::TicketsOf, vec![user(Role::Owner)]).await;
    assert!(of.contains("#1"), "{of}");
}

#[tokio::test]
async fn in_a_tickets_thread_its_number_may_be_left_out() {
    let world = with_panel().await;
    let (_, thread) = world.filed_in_discord().await;
    let mut here = asked(Role::Staff, Does::Staff(ForStaff::View), None, vec![]);
    assert!(matches!(
        world.says(&here).await,
        Err(DeskError::Conflict { .. })
    ));
    here.channel = thread;
    assert!(world.says(&here).await.unwrap().words.contains("#1"));
}

#[tokio::test]
async fn a_message_becomes_one_ticket_however_many_ask_for_it() {
    let world = with_panel().await;
    let jonas = Does::Admin(ForAdmin::AddStaff);
    world
        .words(Role::Admin, jonas, vec![user(Role::Stranger)])
        .await;
    let file = Does::Staff(ForStaff::FromMessage);
    let of = |role, id| asked(role, file, None, vec![message(id, TEXT)]);
    let (a, b) = (of(Role::Staff, 7), of(Role::Stranger, 7));
    let (a, b) = tokio::join!(world.says(&a), world.says(&b));
    let (done, refused) = match (a, b) {
        (Ok(done), Err(refused)) | (Err(refused), Ok(done)) => (done, refused),
        both => panic!("{both:?}"),
    };
    assert!(done.words.contains("#1 is filed"), "{}", done.words);
    let DeskError::Conflict { why } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(why, "Ticket #1 was made of this message.");
    let other = world.says(&of(Role::Staff, 8)).await.unwrap();
    assert!(other.words.contains("#2 is filed"), "{}", other.words);
}

#[tokio::test]
async fn a_role_that_is_not_of_this_server_makes_nobody_staff() {
    let world = with_panel().await;
    let admin = async |does, values| world.words(Role::Admin, Does::Admin(does), values).await;
    let gone = RoleId(987_654);
    let named = || vec![("role".into(), Value::Role(gone))];
    let refused = admin(ForAdmin::AddStaffRole, named()).await;
    assert!(refused.contains("no such role"), "{refused}");
    let known = desk::bridge::RemoteRole {
        id: gone,
        name: "Helpers".into(),
        manages: false,
    };
    world.discord.state().roles.push(known);
    // What was known a minute ago is no answer to whether it is there now.
    world.discord.fail("powers", crate::settings::cut());
    let unknown = admin(ForAdmin::AddStaffRole, named()).await;
    assert!(unknown.contains("Discord cannot be asked"), "{unknown}");
    let done = admin(ForAdmin::AddStaffRole, named()).await;
    assert!(done.contains("is staff now"), "{done}");
}
