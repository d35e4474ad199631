//! What staff and admins do from the web, where a command does the same.

use crate::discord::*;
use crate::street::*;
use crate::world::*;
use desk::bridge::{DeliveryError, RemoteEvent, RemoteRole};
use desk::commands::{Does, ForAdmin, Value};
use desk::live::{Audience, Signal};
use desk::options::Setting;
use desk::{DeskError, Grantee, Keep, Question, Reply, RequestKey, Tagging};
use domain::view::InboxFilter;
use domain::*;
use std::time::Duration;

/// No answer came.
pub fn cut() -> Fault {
    Fault::Before(DeliveryError::Uncertain {
        reason: "cut".into(),
    })
}

#[tokio::test]
async fn who_manages_the_guild_is_discords_word_and_noticed_soon() {
    let world = World::new().await;
    let mira = world.mira().await;
    let refused = world.desk.admin_of(&mira).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed)));
    assert!(!world.desk.seems_admin(&mira).await);
    world.discord.state().hosts.owner = Some(MIRA);
    world.clock.advance(Duration::from_secs(20));
    assert!(world.desk.admin_of(&mira).await.is_ok());
    world.discord.state().hosts.owner = None;
    world.clock.advance(Duration::from_secs(20));
    assert!(world.desk.seems_admin(&mira).await, "a way, no right");
    let refused = world.desk.admin_of(&mira).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed)));
}

#[tokio::test]
async fn without_an_answer_of_discords_nobody_becomes_an_admin() {
    let world = World::new().await;
    let mira = world.mira().await;
    world.discord.state().hosts.owner = Some(MIRA);
    world.discord.fail("powers", cut());
    let busy = world.desk.admin_of(&mira).await;
    assert!(matches!(busy, Err(DeskError::Busy(_))));
    assert!(!world.desk.seems_admin(&mira).await);
    let asked = |calls: &[String]| calls.iter().filter(|call| *call == "powers").count();
    assert_eq!(
        asked(&world.discord.state().calls),
        1,
        "a way is not worth a wait"
    );
    assert!(world.desk.admin_of(&mira).await.is_ok());
    // What was learned lately serves while Discord is away.
    world.clock.advance(Duration::from_secs(60));
    world.discord.fail("powers", cut());
    assert!(world.desk.admin_of(&mira).await.is_ok());
}

#[tokio::test]
async fn settings_are_adopted_all_or_none_and_say_what_changed() {
    let world = World::new().await;
    let admin = world.manager().await;
    let desk = &world.desk;
    let decide = async |setting, typed| desk.decide(&admin, setting, typed).await;
    let both = vec![
        decide(Setting::MaxOpenTickets, Some("5")).await.unwrap(),
        decide(Setting::CoolDown, Some("30")).await.unwrap(),
    ];
    let changed = desk.adopt(&admin, both).await.unwrap();
    assert_eq!(changed, [Setting::MaxOpenTickets], "30 held before");
    let wrong = decide(Setting::MaxOpenTickets, Some("eleven")).await;
    assert!(matches!(wrong, Err(DeskError::Invalid(_))));
    world
        .discord
        .state()
        .homes
        .push((ChannelId(9), DiscordGuildId(8)));
    let elsewhere = decide(Setting::PanelChannel, Some("9")).await;
    assert!(matches!(elsewhere, Err(DeskError::Invalid(_))));
    // The environment decides that one.
    let given = decide(Setting::StaffRole, Some("5")).await;
    assert!(matches!(given, Err(DeskError::Conflict { .. })));
    let back = decide(Setting::MaxOpenTickets, None).await.unwrap();
    assert_eq!(desk.adopt(&admin, vec![back]).await.unwrap().len(), 1);
    assert!(!desk.options().is_set(Setting::MaxOpenTickets));
}

#[tokio::test]
async fn channels_and_roles_are_suggested_by_their_names() {
    let street = Street::of(2).await;
    let plot = Plot(1);
    street.discord.state().roles = [(plot.guild().0, "@everyone"), (77, "Night Watch")]
        .map(|(id, name)| RemoteRole {
            id: RoleId(id),
            name: name.to_owned(),
            manages: false,
        })
        .to_vec();
    // What was learned of its roles before is old.
    street.clock.advance(Duration::from_secs(60));
    let suggest = async |who, setting: &str, typed: &str| {
        let config = Does::Admin(ForAdmin::Config);
        let values = vec![("setting".to_owned(), Value::Text(setting.to_owned()))];
        let asked = street.asked(plot, who, config, None, values);
        street.house.suggest(&asked, "value", typed).await.unwrap()
    };
    let channel = (
        format!("#channel-{}", plot.channel()),
        plot.channel().to_string(),
    );
    assert_eq!(suggest(As::Admin, "log_channel", "#CHAN").await, [channel]);
    let role = ("@Night Watch".to_owned(), "77".to_owned());
    assert_eq!(suggest(As::Admin, "staff_role", "night").await, [role]);
    assert!(
        suggest(As::Admin, "staff_role", "everyone")
            .await
            .is_empty()
    );
    let now = suggest(As::Admin, "support_channel", "(now)").await;
    assert_eq!(now[0].0, format!("#channel-{} (now)", plot.channel()));
    assert!(suggest(As::Staff, "staff_role", "").await.is_empty());
    // With Discord silent an id can still be typed.
    street.clock.advance(Duration::from_secs(60));
    street.discord.fail("channels", cut());
    assert_eq!(suggest(As::Admin, "log_channel", "").await.len(), 1);
}

#[tokio::test]
async fn an_admin_of_one_guild_is_nobody_in_another() {
    let street = Street::of(2).await;
    let staff = street.staff(Plot(1)).await;
    street.discord.state().hosts.owner = Some(Plot(1).staff());
    street.clock.advance(Duration::from_secs(60));
    let admin = street.desk(Plot(1)).admin_of(&staff).await.unwrap();
    let there = street.desk(Plot(0));
    let asked = Question::read("Mine?", Reply::Line, None, None).unwrap();
    let member = there.member_of_id(&admin, PAT).await;
    let decided = there.decide(&admin, Setting::CoolDown, Some("1")).await;
    let own = street.desk(Plot(1));
    let everyone = Plot(1).guild().to_string();
    let everyone = own
        .decide(&admin, Setting::StaffRole, Some(&everyone))
        .await;
    assert!(matches!(everyone, Err(DeskError::Invalid(_))));
    let carried = own.decide(&admin, Setting::CoolDown, Some("1")).await;
    let doors = [
        ("member", member.err()),
        ("decide", decided.err()),
        (
            "adopt",
            there.adopt(&admin, vec![carried.unwrap()]).await.err(),
        ),
        ("roles", there.roles(&admin).await.err()),
        ("channels", there.channels(&admin).await.err()),
        ("staffing", there.staffing(&admin).await.err()),
        ("role", there.add_staff_role(&admin, RoleId(5)).await.err()),
        (
            "person",
            there
                .remove_staff(&admin, Grantee::User(Plot(0).staff()))
                .await
                .err(),
        ),
        (
            "keep",
            there
                .keep_quick_reply(&admin, "a", "b", Keep::Over)
                .await
                .err(),
        ),
        ("forget", there.remove_quick_reply(&admin, "a").await.err()),
        ("replies", there.quick_replies(&admin).await.err()),
        (
            "category",
            there.add_category(&admin, "Mine", "").await.err(),
        ),
        (
            "retire",
            there.retire_category(&admin, "question").await.err(),
        ),
        (
            "ask",
            there.add_question(&admin, "question", &asked).await.err(),
        ),
        (
            "drop",
            there
                .remove_question(&admin, "question", "Mine?")
                .await
                .err(),
        ),
        (
            "move",
            street.house.move_to(&there, &admin, "mine").await.err(),
        ),
    ];
    for (door, refused) in doors {
        assert!(
            matches!(refused, Some(DeskError::NotFound)),
            "{door}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_post_is_known_as_ours_whatever_the_guilds_address_was_when_it_was_written() {
    let street = Street::of(2).await;
    let plot = Plot(1);
    let desk = street.desk(plot);
    let staff = street.staff(plot).await;
    street.discord.state().hosts.owner = Some(plot.staff());
    street.clock.advance(Duration::from_secs(60));
    let key = RequestKey::parse(&RequestKey::fresh());
    let new = new_ticket("Late parcel", "Where is it?");
    let opened = desk.open_ticket(new, key).await.unwrap();
    street.settle(plot).await;
    let admin = desk.admin_of(&staff).await.unwrap();
    let moved = street.house.move_to(&desk, &admin, "elsewhere").await;
    assert!(moved.unwrap());
    let calls = || street.discord.state().calls.len();
    // Everything is read again: what stands there is what should.
    let before = calls();
    for fact in [RemoteEvent::Disconnected, RemoteEvent::Connected] {
        street.fact(fact).await;
    }
    street.arrive(plot).await;
    street.settle(plot).await;
    let since = street.discord.state().calls[before..].to_vec();
    assert!(
        since
            .iter()
            .any(|call| call == "newest" || call == "page_after"),
        "{since:?}"
    );
    let touched = since
        .iter()
        .any(|call| call == "edit" || call == "delete" || call == "post");
    assert!(!touched, "{since:?}");
    let seen = desk.conversation(&staff, opened.number).await.unwrap();
    assert_eq!(seen.messages.len(), 1);
    assert_eq!(seen.messages[0].delivery, Delivery::Delivered);
}

#[tokio::test]
async fn a_quick_reply_gets_another_name_and_takes_no_others() {
    let world = World::new().await;
    let admin = world.manager().await;
    let keep = async |name, text, keep| world.desk.keep_quick_reply(&admin, name, text, keep).await;
    keep("Hours", "Nine to five.", Keep::New).await.unwrap();
    keep("refund", "On its way.", Keep::New).await.unwrap();
    let taken = keep("HOURS", "Ten to four.", Keep::InsteadOf("refund")).await;
    assert!(matches!(taken, Err(DeskError::Conflict { .. })));
    let gone = keep("new", "text", Keep::InsteadOf("nothing")).await;
    assert!(matches!(gone, Err(DeskError::NotFound)));
    let name = keep(" Open ", "Ten to four.", Keep::InsteadOf("hours")).await;
    assert_eq!(name.unwrap(), "open");
    let same = keep("open", "Eight to four.", Keep::InsteadOf("open")).await;
    assert_eq!(same.unwrap(), "open");
    let all = world.desk.quick_replies(&admin).await.unwrap();
    let all: Vec<_> = all
        .iter()
        .map(|r| (r.name.as_str(), r.body.as_str()))
        .collect();
    assert_eq!(all, [("open", "Eight to four."), ("refund", "On its way.")]);
}

#[tokio::test]
async fn tags_find_tickets_for_staff_and_are_told_to_staff_alone() {
    let world = World::new().await;
    let opened = world.file("Late parcel", "Where is it?").await;
    world.file("Another", "Where is it?").await;
    world.settle().await;
    let mira = world.mira().await;
    let desk = &world.desk;
    let set = async |tag, tagging| desk.set_tag(&mira, opened.number, tag, tagging).await;
    let holder = desk.holder(&opened.token).await.unwrap();
    let mut staff = desk
        .live()
        .subscribe(Audience::Staff(vec![mira.clone()]), None);
    let mut customer = desk
        .live()
        .subscribe(Audience::Customer(vec![holder]), None);
    let rev = desk
        .conversation(&mira, opened.number)
        .await
        .unwrap()
        .ticket
        .rev;
    set(" Late Parcel", Tagging::On).await.unwrap();
    set("late parcel", Tagging::On).await.unwrap();
    set("vip", Tagging::On).await.unwrap();
    let hint = staff.next().await;
    assert!(matches!(hint, Signal::Hint { ticket, .. } if ticket == opened.number));
    let seen = desk.conversation(&mira, opened.number).await.unwrap();
    assert_eq!(seen.tags, ["late parcel", "vip"]);
    assert_eq!(seen.ticket.rev, rev + 2, "twice the same is one change");
    let (_, _, theirs) = desk.held_ticket(&opened.token).await.unwrap();
    assert!(theirs.tags.is_empty() && theirs.history.is_empty());
    let of = async |filter, tag| {
        let inbox = desk.inbox_tagged(&mira, filter, tag, None).await.unwrap();
        let rows = inbox.rows.into_iter().map(|row| (row.number, row.tags));
        rows.collect::<Vec<_>>()
    };
    let tagged = of(InboxFilter::Active, Some("vip")).await;
    assert_eq!(
        tagged,
        [(
            opened.number,
            vec!["late parcel".to_owned(), "vip".to_owned()]
        )]
    );
    assert_eq!(of(InboxFilter::Mine, Some("vip")).await, []);
    assert_eq!(of(InboxFilter::Active, Some("' OR 1=1 --")).await, []);
    assert_eq!(of(InboxFilter::Active, None).await.len(), 2);
    assert_eq!(
        desk.known_tags(&mira).await.unwrap(),
        ["late parcel", "vip"]
    );
    let long = "x".repeat(31);
    for wrong in ["", "  ", "a\nb", long.as_str()] {
        let refused = set(wrong, Tagging::On).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{wrong:?}");
    }
    set("VIP", Tagging::Off).await.unwrap();
    assert_eq!(of(InboxFilter::Active, Some("vip")).await, []);
    // The customer hears of what they may see, and of nothing before it.
    desk.set_priority(&mira, opened.number, Priority::High)
        .await
        .unwrap();
    let now = desk
        .conversation(&mira, opened.number)
        .await
        .unwrap()
        .ticket
        .rev;
    let hint = customer.next().await;
    assert!(
        matches!(hint, Signal::Hint { rev, .. } if rev == now),
        "{hint:?}"
    );
}
