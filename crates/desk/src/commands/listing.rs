//! Lists as people read them: what one may use, one's tickets, and the table in the documentation.

use super::answer::Control;
use super::command::Kind;
use super::deeds::Who;
use super::table::COMMANDS;
use crate::bridge::escape;
use crate::store::commands::Line;
use domain::text::excerpt;

/// What somebody may use, a line each.
pub(super) fn help(is_staff: bool, manages_guild: bool) -> String {
    let may = |who: Who| match who {
        Who::Everyone | Who::Owner => true,
        Who::Staff => is_staff,
        Who::Admin => manages_guild,
    };
    let lines = COMMANDS
        .iter()
        .filter(|c| may(c.does.who()))
        .map(|command| {
            let name = match command.kind {
                Kind::Slash => format!("`{}`", command.name()),
                Kind::OnUser => format!("**{}** (a member's menu, Apps)", command.name()),
                Kind::OnMessage => format!("**{}** (a message's menu, Apps)", command.name()),
            };
            let own = match command.does.who() {
                Who::Owner if !is_staff => " (your own)",
                _ => "",
            };
            format!("{name} {}{own}", command.about)
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Tickets, a line each.
pub(super) fn tickets(lines: &[Line]) -> String {
    let shown = lines.iter().map(|line| {
        let subject = escape(&excerpt(&line.subject, 80));
        let place = match line.thread_id {
            Some(thread) => format!(" <#{thread}>"),
            None => String::new(),
        };
        format!(
            "**#{}** {subject} · {} · {} · <t:{}:R>{place}",
            line.number,
            line.status.words(),
            line.priority.words(),
            line.created_at.0.div_euclid(1_000_000)
        )
    });
    shown.collect::<Vec<_>>().join("\n")
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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
