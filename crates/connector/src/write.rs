//! Ours to Discord's: the card and its buttons, and text, as the requests that carry them.
//!
//! Whatever a customer typed stays text: markdown is escaped where the card shows it, and no
//! mention fires but the one role that a card calls. It sends nothing itself.

use super::custom_id::name;
use desk::bridge::{Nonce, Post, TicketCard};
use desk::commands::Control;
use domain::text::{discord_len, head};
use domain::{Priority, RoleId};
use serde_json::Value;
use serenity::all::{
    ButtonStyle, CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed, CreateMessage,
    EditMessage, MessageFlags,
};
use serenity::model::channel::Nonce as DiscordNonce;

const TITLE_MAX: usize = 256;
const FIELD_MAX: usize = 1024;

/// What an empty field shows: Discord refuses empty ones.
const NOTHING: &str = "–";

/// Nobody is called, whatever the text says. Leaving this out would call everyone named, in a post
/// and in an edit alike.
pub(super) fn no_mentions() -> CreateAllowedMentions {
    CreateAllowedMentions::new()
}

/// A new message.
pub(super) fn post(nonce: &Nonce, post: &Post) -> CreateMessage {
    let message = CreateMessage::new()
        .nonce(DiscordNonce::String(nonce.0.clone()))
        .enforce_nonce(true)
        .allowed_mentions(no_mentions());
    match post {
        // Files are shown however that flag is set: only what links unfold into is left out.
        Post::Words(words) | Post::Files { words, .. } => {
            message.content(words).flags(MessageFlags::SUPPRESS_EMBEDS)
        }
        Post::Panel { title, words } => message
            .embed(panel(title, words))
            .components(vec![panel_buttons()]),
        Post::Card(card) => {
            let message = message.embed(embed(card)).components(vec![buttons(card)]);
            match card.ping {
                Some(role) => message
                    .content(format!("<@&{role}> A new ticket."))
                    .allowed_mentions(only(role)),
                None => message,
            }
        }
    }
}

/// What a forum's post begins with. It takes no nonce.
pub(super) fn starter(card: &TicketCard) -> Value {
    let post = Post::Card(Box::new(card.clone()));
    let mut starter = serde_json::to_value(self::post(&Nonce(String::new()), &post))
        .expect("a message has only strings, numbers and lists");
    if let Some(fields) = starter.as_object_mut() {
        fields.remove("nonce");
        fields.remove("enforce_nonce");
    }
    starter
}

/// What one of our messages is to say instead. A card keeps the line that called the role, which
/// calls nobody again.
pub(super) fn edit(post: &Post) -> EditMessage {
    let message = EditMessage::new().allowed_mentions(no_mentions());
    match post {
        Post::Words(words) | Post::Files { words, .. } => message.content(words),
        Post::Panel { title, words } => message
            .embed(panel(title, words))
            .components(vec![panel_buttons()]),
        Post::Card(card) => message.embed(embed(card)).components(vec![buttons(card)]),
    }
}

/// What members press to file a ticket. Whoever set it up may use markdown in it.
fn panel(title: &str, words: &str) -> CreateEmbed {
    CreateEmbed::new()
        .title(title)
        .description(words)
        .colour(colour(Priority::Medium))
}

fn panel_buttons() -> CreateActionRow {
    let button = |control: Control, style| {
        CreateButton::new(name(&control))
            .label(control.label())
            .style(style)
    };
    CreateActionRow::Buttons(vec![
        button(Control::AskNew, ButtonStyle::Primary),
        button(Control::Mine, ButtonStyle::Secondary),
    ])
}

fn only(role: RoleId) -> CreateAllowedMentions {
    no_mentions().roles([serenity::all::RoleId::new(role.get().max(1))])
}

fn embed(card: &TicketCard) -> CreateEmbed {
    let title = format!("#{} {}", card.number, plain(&card.subject, TITLE_MAX - 24));
    let assignee = card.assignee.as_deref().unwrap_or("Nobody yet");
    let embed = CreateEmbed::new()
        .title(title)
        .field("Customer", field(&card.customer), false)
        .field("Category", field(&card.category), true)
        .field("Priority", card.priority.words(), true)
        .field("Status", card.status.words(), true)
        .field("Assigned to", field(assignee), true)
        .colour(colour(card.priority));
    if card.shared {
        // A customer would follow the title, to where only staff may sign in.
        embed.description(format!("[For staff: the dashboard](<{}>)", card.link))
    } else if may_be_title_link(&card.link) {
        embed.url(&card.link)
    } else {
        // Discord refuses a whole card for a title that leads to a name without a dot.
        embed.description(format!("[Open on the dashboard](<{}>)", card.link))
    }
}

fn may_be_title_link(link: &str) -> bool {
    url::Url::parse(link).is_ok_and(|link| {
        matches!(link.scheme(), "http" | "https")
            && link
                .host_str()
                .is_some_and(|host| host.contains(['.', ':']))
    })
}

fn buttons(card: &TicketCard) -> CreateActionRow {
    let ticket = card.ticket;
    let button = |control: Control, style| {
        CreateButton::new(name(&control))
            .label(control.label())
            .style(style)
    };
    let mut buttons = vec![button(Control::Assign(ticket), ButtonStyle::Primary)];
    if card.assignee.is_some() {
        buttons.push(button(Control::Release(ticket), ButtonStyle::Secondary));
    }
    let priority = format!("Priority: {}", card.priority.words());
    buttons.push(button(Control::AskPriority(ticket), ButtonStyle::Secondary).label(priority));
    buttons.push(if card.status.is_closed() {
        button(Control::Reopen(ticket), ButtonStyle::Success)
    } else {
        button(Control::AskClose(ticket), ButtonStyle::Danger)
    });
    CreateActionRow::Buttons(buttons)
}

fn colour(priority: Priority) -> u32 {
    match priority {
        Priority::Low => 0x64_74_8b,
        Priority::Medium => 0x25_63_eb,
        Priority::High => 0xd9_77_06,
        Priority::Urgent => 0xdc_26_26,
    }
}

fn field(text: &str) -> String {
    plain(text, FIELD_MAX)
}

/// A text on one line that looks as it was typed, at most `max` long.
fn plain(text: &str, max: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = escape(&line);
    if whole.is_empty() {
        return NOTHING.to_owned();
    }
    if discord_len(&whole) <= max {
        return whole;
    }
    let mut room = max;
    loop {
        // Cut before escaping, so that no backslash loses what it escapes.
        let head = head(&line, room);
        let cut = format!("{}…", escape(head.trim_end()));
        if discord_len(&cut) <= max || room <= 1 {
            return cut;
        }
        room = room.saturating_sub(discord_len(&cut) - max).max(1);
    }
}

/// Puts a backslash before everything that Discord would read as a sign.
fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let is_sign = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' => true,
            // Only as the first on a line.
            '#' | '>' | '-' => escaped.is_empty(),
            // Only in an address, which would become a link.
            ':' => chars.peek() == Some(&'/'),
            _ => false,
        };
        if is_sign {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Status, TicketId};
    use serde_json::json;

    fn card() -> TicketCard {
        TicketCard {
            ticket: TicketId(41),
            number: 12,
            subject: "Cannot log in".to_owned(),
            customer: "ada@example.com".to_owned(),
            category: "Account".to_owned(),
            priority: Priority::Medium,
            status: Status::Open,
            assignee: None,
            link: "https://help.example.com/staff/tickets/12".to_owned(),
            shared: false,
            ping: Some(RoleId(77)),
        }
    }

    fn posted(p: Post) -> Value {
        serde_json::to_value(post(&Nonce("n-1".to_owned()), &p)).unwrap()
    }

    fn edited(p: Post) -> Value {
        serde_json::to_value(edit(&p)).unwrap()
    }

    #[test]
    fn a_first_card_says_everything_and_calls_one_role() {
        let sent = posted(Post::Card(Box::new(card())));
        assert_eq!(
            sent["allowed_mentions"],
            json!({"parse": [], "users": [], "roles": ["77"]})
        );
        assert_eq!(sent["content"], "<@&77> A new ticket.");
        assert_eq!(sent["nonce"], "n-1");
        assert_eq!(sent["enforce_nonce"], true);
        assert_eq!(
            sent["embeds"],
            json!([{
                "type": "rich",
                "title": "#12 Cannot log in",
                "url": "https://help.example.com/staff/tickets/12",
                "color": 0x25_63_eb,
                "fields": [
                    {"name": "Customer", "value": "ada@example.com", "inline": false},
                    {"name": "Category", "value": "Account", "inline": true},
                    {"name": "Priority", "value": "Medium", "inline": true},
                    {"name": "Status", "value": "Open", "inline": true},
                    {"name": "Assigned to", "value": "Nobody yet", "inline": true},
                ],
            }])
        );
    }

    #[test]
    fn a_forums_post_begins_with_the_same_card_and_no_nonce() {
        let mut sent = posted(Post::Card(Box::new(card())));
        let fields = sent.as_object_mut().unwrap();
        assert!(fields.remove("nonce").is_some() && fields.remove("enforce_nonce").is_some());
        assert_eq!(starter(&card()), sent);
    }

    #[test]
    fn its_buttons_name_the_ticket() {
        let ids = |card: TicketCard| -> Vec<(String, String)> {
            let sent = posted(Post::Card(Box::new(card)));
            assert_eq!(sent["components"].as_array().unwrap().len(), 1);
            sent["components"][0]["components"]
                .as_array()
                .unwrap()
                .iter()
                .map(|b| {
                    let text = |key: &str| b[key].as_str().unwrap().to_owned();
                    (text("custom_id"), text("label"))
                })
                .collect()
        };
        let open = ids(card());
        let pair = |id: &str, label: &str| (id.to_owned(), label.to_owned());
        assert_eq!(
            open,
            [
                pair("v1:assign:41", "Assign"),
                pair("v1:priority:41", "Priority: Medium"),
                pair("v1:close:41", "Close"),
            ]
        );
        let closed = ids(TicketCard {
            status: Status::Closed,
            ..card()
        });
        assert_eq!(closed[2], pair("v1:reopen:41", "Reopen"));
        let taken = ids(TicketCard {
            assignee: Some("Mira".to_owned()),
            ..card()
        });
        assert_eq!(taken[1], pair("v1:release:41", "Release"));
    }

    #[test]
    fn nothing_else_ever_calls_anyone() {
        let nobody = json!({"parse": [], "users": [], "roles": []});
        let quiet = TicketCard {
            ping: None,
            ..card()
        };
        let loud = Post::Words("@everyone <@&77> <@1>".to_owned());
        assert_eq!(posted(loud.clone())["allowed_mentions"], nobody);
        assert_eq!(edited(loud)["allowed_mentions"], nobody);
        assert_eq!(
            posted(Post::Card(Box::new(quiet)))["allowed_mentions"],
            nobody
        );
        // Even if somebody left the ping in.
        let again = edited(Post::Card(Box::new(card())));
        assert_eq!(again["allowed_mentions"], nobody);
        assert_eq!(again.get("content"), None);
        assert_eq!(
            again["components"][0]["components"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
    }

    #[test]
    fn words_go_as_they_are_and_unfold_no_links() {
        let sent = posted(Post::Words("see https://example.com **now**".to_owned()));
        assert_eq!(sent["content"], "see https://example.com **now**");
        assert_eq!(sent["flags"], 4);
        assert_eq!(sent["embeds"], json!([]));
    }

    #[test]
    fn what_a_customer_typed_stays_text() {
        let typed = "**x** _y_ ~~z~~ `c` ||s|| [a](http://b.c) <@&77> @everyone";
        assert_eq!(
            plain(typed, 1_000),
            "\\*\\*x\\*\\* \\_y\\_ \\~\\~z\\~\\~ \\`c\\` \\|\\|s\\|\\| \\[a\\](http\\://b.c) \\<@&77> @everyone"
        );
        assert_eq!(plain("# big\n> said", 1_000), "\\# big > said");
        assert_eq!(plain(" \n ", 1_000), NOTHING);
    }

    #[test]
    fn a_card_is_within_the_limits_whatever_was_typed() {
        for piece in ["*", "a", "👩‍👩‍👧‍👦", "\\", "é ", "שלום "] {
            let long = piece.repeat(3_000);
            let sent = posted(Post::Card(Box::new(TicketCard {
                number: i64::MAX,
                subject: long.clone(),
                customer: long.clone(),
                category: long.clone(),
                assignee: Some(long),
                ..card()
            })));
            let embed = &sent["embeds"][0];
            assert!(discord_len(embed["title"].as_str().unwrap()) <= TITLE_MAX);
            let mut sum = discord_len(embed["title"].as_str().unwrap());
            for field in embed["fields"].as_array().unwrap() {
                let length = discord_len(field["value"].as_str().unwrap());
                assert!(length > 0 && length <= FIELD_MAX, "{length}");
                sum += length + discord_len(field["name"].as_str().unwrap());
            }
            assert!(sum <= 6_000);
        }
    }

    #[test]
    fn where_the_customer_reads_along_the_title_does_not_lead_to_where_staff_sign_in() {
        let shared = TicketCard {
            shared: true,
            ..card()
        };
        let sent = posted(Post::Card(Box::new(shared)));
        assert_eq!(sent["embeds"][0].get("url"), None);
        assert_eq!(
            sent["embeds"][0]["description"],
            "[For staff: the dashboard](<https://help.example.com/staff/tickets/12>)"
        );
    }

    #[test]
    fn a_local_dashboard_is_linked_in_a_way_that_discord_takes() {
        let local = TicketCard {
            link: "http://localhost:3000/staff/tickets/12".to_owned(),
            ..card()
        };
        let sent = posted(Post::Card(Box::new(local)));
        assert_eq!(sent["embeds"][0].get("url"), None);
        assert_eq!(
            sent["embeds"][0]["description"],
            "[Open on the dashboard](<http://localhost:3000/staff/tickets/12>)"
        );
        assert!(may_be_title_link("http://127.0.0.1:3000/staff/tickets/12"));
        assert!(!may_be_title_link("javascript:alert.1"));
    }
}
