//! Lists as people read them: what one may use, one's tickets, and the table in the documentation.

use super::answer::Control;
use super::command::{Command, Kind};
use super::deeds::Who;
use super::table::COMMANDS;
use crate::bridge::escape;
use crate::store::ticket_lines::Line;
use domain::card::{CardAnswer, CardField, CardLink};
use domain::text::{discord_len, excerpt};
use domain::{DiscordGuildId, ThreadId};

/// Discord takes 4,096; a last line has room beside.
const ROOM: usize = 3_900;

/// What somebody may use: what one does as everybody may, as staff and as an admin, a line each.
pub(super) fn help(is_staff: bool, manages_guild: bool) -> String {
    let of = |who: &[Who]| {
        let first = |at: usize, command: &Command| {
            let same = |earlier: &Command| earlier.does == command.does;
            who.contains(&command.does.who()) && !COMMANDS[..at].iter().any(same)
        };
        let all = COMMANDS.iter().enumerate();
        let lines = all.filter(|(at, command)| first(*at, command));
        let lines = lines.map(|(_, command)| help_line(command, is_staff));
        lines.collect::<Vec<_>>().join("\n")
    };
    let parts = [
        ("", true, of(&[Who::Everyone, Who::Owner])),
        ("**As one of the staff**\n", is_staff, of(&[Who::Staff])),
        ("**As an admin**\n", manages_guild, of(&[Who::Admin])),
    ];
    let shown = parts.into_iter().filter(|(_, may, _)| *may);
    let parts = shown.map(|(heading, _, lines)| format!("{heading}{lines}"));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// A command under all of its names.
fn help_line(command: &Command, is_staff: bool) -> String {
    let menu = match command.kind {
        Kind::Slash => None,
        Kind::OnUser => Some("a member's menu"),
        Kind::OnMessage => Some("a message's menu"),
    };
    let name = match menu {
        Some(menu) => format!("**{}** ({menu}, Apps)", command.name()),
        None => {
            let same = COMMANDS.iter().filter(|other| other.does == command.does);
            let names = same.map(|other| format!("`{}`", other.name()));
            names.collect::<Vec<_>>().join(" or ")
        }
    };
    let own = match command.does.who() {
        Who::Owner if !is_staff => " (your own)",
        _ => "",
    };
    format!("{name}: {}{own}", command.about)
}

/// As many whole lines as an answer has room for.
pub(super) fn lines(all: &[String]) -> String {
    lines_within(all, ROOM)
}

fn lines_within(all: &[String], room: usize) -> String {
    let mut text = String::new();
    let mut left = all.len();
    for line in all {
        if discord_len(&text) + discord_len(line) > room {
            text.push_str(&format!("-# and {left} more\n"));
            break;
        }
        text.push_str(line);
        text.push('\n');
        left -= 1;
    }
    text.trim_end().to_owned()
}

/// A guild's tickets as staff see them, a line each.
pub(super) fn tickets(guild: DiscordGuildId, all: &[Line]) -> String {
    lines(&tickets_lines(guild, all))
}

fn tickets_lines(guild: DiscordGuildId, all: &[Line]) -> Vec<String> {
    let state = |t: &Line| format!("{} · {}", t.status.words(), t.priority.words());
    all.iter().map(|t| ticket(guild, t, &state(t))).collect()
}

/// Tickets as those who filed them see them: nothing of what staff make of them, and no way to a
/// thread that they are not let into.
pub(super) fn own_tickets(guild: DiscordGuildId, all: &[Line]) -> String {
    let theirs = |t: &Line| t.thread_id.filter(|_| t.shared != 0);
    let line = |t: &Line| line(guild, t, theirs(t), t.status.customers_words());
    let mut text: Vec<_> = all.iter().map(line).collect();
    if all.iter().any(|t| theirs(t).is_none()) {
        text.push("-# A ticket without a link is read on the web, at its private address.".into());
    }
    lines(&text)
}

fn ticket(guild: DiscordGuildId, of: &Line, state: &str) -> String {
    line(guild, of, of.thread_id, state)
}

/// The number leads to the thread. A mention would say number and subject once more, and nothing to
/// those whose client does not know the thread.
fn line(guild: DiscordGuildId, line: &Line, thread: Option<ThreadId>, state: &str) -> String {
    let subject = escape(&excerpt(&line.subject, 80));
    let number = match thread {
        Some(thread) => format!(
            "[#{}](<https://discord.com/channels/{guild}/{thread}>)",
            line.number
        ),
        None => format!("#{}", line.number),
    };
    format!(
        "**{number}** {subject} · {state} · <t:{}:R>",
        line.created_at.0.div_euclid(1_000_000)
    )
}

/// Who may use what, as the documentation prints it.
pub fn matrix() -> String {
    let mut text = String::from(
        "# Commands\n\n\
         Printed from the table in `crates/desk/src/commands/table.rs`; a test keeps it so. Answers\n\
         are for the one who asked alone. *Admins* are those who may manage the server in Discord.\n\n\
         | command | what it does | who |\n|---|---|---|\n",
    );
    for command in COMMANDS {
        let options: String = command
            .options
            .iter()
            .map(|option| match option.required {
                true => format!(" `{}`", option.name),
                false => format!(" [`{}`]", option.name),
            })
            .collect();
        let name = match command.kind {
            Kind::Slash => format!("`{}`{options}", command.name()),
            Kind::OnUser => format!("{} (a member's menu)", command.name()),
            Kind::OnMessage => format!("{} (a message's menu)", command.name()),
        };
        let who = command.does.who().words();
        text.push_str(&format!("| {name} | {} | {who} |\n", command.about));
    }
    text.push_str(
        "\nButtons, menus and forms do what a command does. They hold no state: one on a message\n\
         from last year acts on the ticket as it is now, or says why it cannot.\n\n\
         | button, menu or form | who |\n|---|---|\n",
    );
    for control in Control::examples() {
        let who = control.does().who().words();
        text.push_str(&format!("| {} | {who} |\n", control.label()));
    }
    text
}

/// Of the room below a card and its tickets, what the card takes at most.
const CARD: usize = 1_800;
/// The longest address of a link in it, in bytes.
const LINK: usize = 250;

/// What the host product knows of a customer, if anyone is asked, and their tickets.
pub(super) fn customer(guild: DiscordGuildId, answer: &CardAnswer, all: &[Line]) -> Option<String> {
    let card = card(answer);
    let tickets = lines_within(&tickets_lines(guild, all), ROOM - discord_len(&card));
    let parts = [card, tickets].into_iter().filter(|part| !part.is_empty());
    Some(parts.collect::<Vec<_>>().join("\n\n")).filter(|text| !text.is_empty())
}

fn card(answer: &CardAnswer) -> String {
    let (card, proven) = match answer {
        CardAnswer::Off => return String::new(),
        CardAnswer::Unknown => return "-# The host product does not know them.".to_owned(),
        CardAnswer::Trouble(why) => return format!("-# {why}"),
        CardAnswer::Known { card, proven } => (card, *proven),
    };
    let mut all = Vec::new();
    all.extend(
        card.title
            .as_deref()
            .map(|title| format!("**{}**", escape(title))),
    );
    if !proven {
        all.push("-# By the address that they typed, which nobody proved.".to_owned());
    }
    let link = |link: &CardLink| format!("[{}](<{}>)", escape(&link.label), link.url);
    let field = |field: &CardField| format!("{}: {}", escape(&field.name), escape(&field.value));
    // A way that is cut leads nowhere: what is too long for this place is on the web alone.
    let short = |link: &&CardLink| link.url.len() <= LINK;
    all.extend(card.links.iter().filter(short).map(link));
    all.extend(card.fields.iter().map(field));
    lines_within(&all, CARD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::card::CustomerCard;

    #[test]
    fn the_documentation_says_who_may_do_what() {
        let printed = include_str!("../../../../docs/COMMANDS.md");
        assert_eq!(
            printed,
            matrix(),
            "run: cargo run -p desk --example commands > docs/COMMANDS.md"
        );
    }

    #[test]
    fn a_list_that_is_too_long_ends_with_a_whole_line_and_says_so() {
        let all: Vec<String> = (0..100)
            .map(|n| format!("{n} {}", "🧵".repeat(40)))
            .collect();
        let shown = lines(&all);
        assert!(discord_len(&shown) <= 4_096);
        let whole = shown.lines().count() - 1;
        assert!(shown.ends_with(&format!("-# and {} more", 100 - whole)));
        assert_eq!(lines(&all[..2]), format!("{}\n{}", all[0], all[1]));
    }

    #[test]
    fn the_largest_card_leaves_room_for_the_tickets_and_cuts_no_link() {
        let card = CustomerCard {
            title: Some("*".repeat(60)),
            fields: (0..20)
                .map(|n| CardField {
                    name: format!("{n} {}", "_".repeat(60)),
                    value: "~".repeat(300),
                })
                .collect(),
            links: (0..10)
                .map(|n| CardLink {
                    label: format!("{n} {}", "*".repeat(60)),
                    url: format!("https://shop.example/{}", "x".repeat(n * 60)),
                })
                .collect(),
        };
        let known = CardAnswer::Known {
            card: card.tidied(),
            proven: false,
        };
        let ticket = |number| Line {
            number,
            subject: "*".repeat(100),
            status: domain::Status::Open,
            priority: domain::Priority::Medium,
            thread_id: Some(domain::ThreadId(i64::MAX)),
            shared: 1,
            created_at: domain::Timestamp(0),
        };
        let tickets: Vec<_> = (1..=50).map(ticket).collect();
        let shown =
            customer(DiscordGuildId(i64::MAX), &known, &tickets).expect("something is shown");
        assert!(discord_len(&shown) <= 4_096, "{}", discord_len(&shown));
        assert!(
            shown.contains("**[#1](") && shown.contains(" more"),
            "{shown}"
        );
        assert_eq!(shown.matches("](<").count(), shown.matches(">)").count());
        assert!(shown.contains("https://shop.example/x"), "{shown}");
    }

    #[test]
    fn help_shows_what_one_may_use_and_fits() {
        let all = help(true, true);
        assert!(all.chars().count() <= 4_096, "{}", all.chars().count());
        let stranger = help(false, false);
        assert!(stranger.contains("/new") && stranger.contains("/closeticket"));
        assert!(!stranger.contains("/adduser") && !stranger.contains("/config"));
        let staff = help(true, false);
        assert!(staff.contains("/adduser") && !staff.contains("/config"));
        let admin = help(false, true);
        assert!(!admin.contains("/adduser") && admin.contains("/config"));
        assert!(
            stranger.contains("`/closeticket` or `/ticket close`: Close a ticket (your own)\n"),
            "{stranger}"
        );
        for command in COMMANDS.iter().filter(|c| c.kind == Kind::Slash) {
            let name = format!("`{}`", command.name());
            assert_eq!(all.matches(&name).count(), 1, "{name}");
        }
    }
}
