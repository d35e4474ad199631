//! What these pages say, and that nothing on them is markup of somebody else's.

use super::*;
use crate::assets::Assets;
use crate::public::Frame;
use domain::Timestamp;
use domain::examination::{Examination, Finding};
use domain::records::{CategoryFigures, Hours, PersonHours, StaffFigures, Statistics};
use domain::view::{GuildView, InboxView, PersonView};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_millis(1_795_265_280_000);
const NASTY: &str = "<img src=x onerror=alert(1)>";

fn person(name: &str) -> PersonView {
    PersonView {
        name: name.to_owned(),
        avatar: None,
    }
}

fn inbox(name: &str) -> InboxView {
    InboxView {
        others: Vec::new(),
        guild: GuildView {
            name: name.to_owned(),
            slug: None,
        },
        me: person(name),
        manages: false,
        rows: vec![],
        counts: [4, 3, 2, 1],
        stuck: 0,
        trouble: None,
        next: None,
        now: NOW,
    }
}

fn drawn(draw: impl FnOnce(&Frame<'_>) -> String) -> String {
    let assets = Assets {
        css: "/c.css".into(),
        js: "/j.js".into(),
        wasm: "/w.wasm".into(),
        live_js: "/l.js".into(),
        favicon: "/f.svg".into(),
    };
    draw(&Frame {
        assets: &assets,
        guild: Some("Harbor Games"),
    })
}

fn page(name: &str, total: u64) -> StatsPage {
    let hours = PersonHours {
        person: person(name),
        since: (total > 0).then_some(NOW.before(Duration::from_secs(720))),
        days: vec![Duration::from_secs(27_900)],
        this_week: Duration::from_secs(27_900),
        last_week: Duration::ZERO,
    };
    let people = if total > 0 {
        vec![hours.clone()]
    } else {
        vec![]
    };
    StatsPage {
        inbox: inbox(name),
        statistics: Statistics {
            total,
            open: total,
            in_progress: 0,
            paused: 0,
            closed: 0,
            claimed: 0,
            reopened: 0,
            filed_today: total,
            closed_today: 0,
            first_response: Some(Duration::from_secs(720)),
            resolution: None,
            categories: vec![CategoryFigures {
                name: name.to_owned(),
                total,
                active: total,
            }],
            staff: vec![StaffFigures {
                person: person(name),
                active: 1,
                closed: 2,
                replies: 3,
            }],
            now: NOW,
        },
        hours: Hours {
            mine: hours,
            people,
            days: vec![NOW],
            now: NOW,
        },
        dashboard: None,
    }
}

#[test]
fn figures_are_in_peoples_words() {
    let html = drawn(|f| stats(f, &page("Mira", 12)));
    for words in ["12 min", "7:45", "Sat 21", "Clock out", "Unclaimed"] {
        assert!(html.contains(words), "{words} is not in {html}");
    }
    assert!(!html.contains("No tickets yet"));
    assert!(!html.contains("wasm"), "nothing of the browser's half");
}

#[test]
fn an_empty_helpdesk_says_what_to_do() {
    let html = drawn(|f| stats(f, &page("Mira", 0)));
    assert!(html.contains("No tickets yet.") && html.contains("href=\"/new\""));
    assert!(html.contains("Nobody is at work.") && html.contains("Clock in"));
}

#[test]
fn names_stay_names() {
    let findings = vec![
        Finding::ill(NASTY, NASTY, NASTY).at(NASTY, "https://discord.com/developers"),
        Finding::well("Token", "accepted"),
    ];
    let examination = Examination { findings, at: NOW };
    let pages = [
        drawn(|f| stats(f, &page(NASTY, 3))),
        drawn(|f| doctor(f, &inbox(NASTY), &examination)),
    ];
    for html in pages {
        assert!(!html.contains("<img src=x"), "{html}");
        assert!(html.contains("&lt;img src=x"), "{html}");
    }
}

#[test]
fn each_finding_says_what_to_do_and_where() {
    let finding = Finding::ill("Intents", "not granted", "Switch it on.")
        .at("Developer Portal, Bot", "https://discord.com/developers/1");
    let full = Finding::odd("Disk", "1 GB free", "Make room.").at("DATA_DIR", "/srv/desk");
    let examination = Examination {
        findings: vec![finding, full],
        at: NOW,
    };
    let html = drawn(|f| doctor(f, &inbox("Mira"), &examination));
    for words in [
        "<code dir=\"auto\">/srv/desk</code>",
        "1 of these needs your attention.",
        "not granted",
        "Switch it on.",
        "href=\"https://discord.com/developers/1\"",
        "To mend",
    ] {
        assert!(html.contains(words), "{words} is not in {html}");
    }
}

fn section(part: Part, refused: Option<RefusedForm>) -> String {
    let page = SettingsPage {
        inbox: inbox("Mira"),
        said: Some(NASTY.to_owned()),
        refused,
        part,
    };
    drawn(|f| settings(f, &page))
}

fn nasty_parts() -> Vec<Part> {
    let category = domain::view::CategoryView {
        key: "lost".to_owned(),
        name: NASTY.to_owned(),
        help: NASTY.to_owned(),
    };
    let question = desk::Question::read("<img src=x>", desk::Reply::Line, None, None);
    let role = desk::bridge::RemoteRole {
        id: domain::RoleId(7),
        name: NASTY.to_owned(),
        manages: false,
    };
    let channel = desk::bridge::RemoteChannel {
        id: domain::ChannelId(8),
        name: NASTY.to_owned(),
        is_forum: false,
    };
    vec![
        Part::General(Choices {
            options: Default::default(),
            channels: Some(vec![channel]),
            roles: vec![role.clone()],
        }),
        Part::Categories(vec![CategoryPart {
            category,
            questions: question.into_iter().collect(),
        }]),
        Part::Replies(vec![domain::view::QuickReply {
            name: NASTY.to_owned(),
            body: format!("</textarea>{NASTY}"),
        }]),
        Part::People(People {
            staffing: desk::Staffing {
                staff_role: Some(domain::RoleId(7)),
                people: vec![(domain::DiscordUserId(9), Some(NASTY.to_owned()))],
                roles: vec![],
            },
            roles: vec![role],
        }),
        Part::Address(Address {
            public_url: "https://help.example.com".to_owned(),
            slug: Some("harbor-games".to_owned()),
        }),
    ]
}

#[test]
fn what_admins_and_others_typed_stays_text_in_the_settings() {
    for part in nasty_parts() {
        let html = section(part, None);
        assert!(!html.contains("<img src=x"), "{html}");
        assert!(html.contains("&lt;img src=x"), "{html}");
    }
}

#[test]
fn a_refused_form_comes_back_with_its_words_and_the_reason_beside_its_field_alone() {
    let fields = [("name", NASTY), ("body", "All of </textarea> it")];
    let refused = RefusedForm {
        act: "change".to_owned(),
        of: "hours".to_owned(),
        fields: fields
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into(),
        errors: vec![("name".to_owned(), "Too long.".to_owned())],
        notice: None,
    };
    let reply = |name: &str| domain::view::QuickReply {
        name: name.to_owned(),
        body: "As it is.".to_owned(),
    };
    let replies = vec![reply("hours"), reply("open")];
    let html = section(Part::Replies(replies), Some(refused));
    assert_eq!(html.matches("aria-invalid").count(), 1, "{html}");
    assert_eq!(html.matches("Too long.").count(), 1, "{html}");
    assert!(html.contains("All of &lt;/textarea&gt; it"), "{html}");
    let names = html.matches("value=\"open\"").count();
    assert!(names >= 1, "the others are as they are: {html}");
    let described = html.split("aria-describedby=\"").nth(1).unwrap_or_default();
    let ids = described.split('"').next().unwrap_or_default();
    for id in ids.split(' ') {
        assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn a_form_says_whose_it_is_and_no_two_share_an_id() {
    for part in nasty_parts() {
        let mut page = SettingsPage {
            inbox: inbox("Mira"),
            said: None,
            refused: None,
            part,
        };
        page.inbox.guild.slug = Some("harbor-games".to_owned());
        let html = drawn(|f| settings(f, &page));
        for form in html.split("<form ").skip(1) {
            let form = form.split('>').next().unwrap_or_default();
            let ours = form.contains("/auth/sign-out") || form.contains("?guild=harbor-games\"");
            assert!(ours, "{form}");
        }
        let mut ids: Vec<_> = html
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next())
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "{html}");
    }
}
