//! Whom staff keep from filing tickets in Discord, and the list of them.
//!
//! What somebody has filed already goes on; the limit itself is held where tickets begin.

use super::answer::{Answer, Say};
use super::asked::Asked;
use super::{conflict, given, listing};
use crate::bridge::escape;
use crate::store::blocklist::{self, Blocked};
use crate::{Desk, DeskError, Staff};

impl Desk {
    pub(super) async fn block(&self, asked: &Asked, staff: &Staff) -> Result<Answer, DeskError> {
        let member = given(asked.act.values.user("user"))?;
        let name = escape(&member.name);
        if self.counts_as_staff(member.user, &member.roles).await? {
            return conflict(format!("{name} is staff. Only members can be blocked."));
        }
        let work = self.work().await?;
        let (guild, by) = (self.guild, staff.name.as_str());
        let words = match blocklist::block(&work.tx, guild, member.user, by, work.now).await? {
            true => format!(
                "{name} can file no more tickets from Discord. /ticket blocked lists everybody who \
                 cannot."
            ),
            false => format!("{name} is blocked already."),
        };
        work.commit().await?;
        Ok(words.into())
    }

    pub(super) async fn unblock(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let member = given(asked.act.values.user("user"))?;
        let name = escape(&member.name);
        let work = self.work().await?;
        let words = match blocklist::unblock(&work.tx, self.guild, member.user).await? {
            true => format!("{name} can file tickets again."),
            false => format!("{name} was not blocked."),
        };
        work.commit().await?;
        Ok(words.into())
    }

    pub(super) async fn list_blocked(&self, _staff: &Staff) -> Result<Answer, DeskError> {
        let all = blocklist::all(&self.db, self.guild).await?;
        if all.is_empty() {
            return Ok("Nobody is blocked.".into());
        }
        let lines: Vec<_> = all.iter().map(line).collect();
        Ok(Answer::Say(Say {
            words: "These can file no tickets from Discord:".to_owned(),
            detail: Some(listing::lines(&lines)),
            menu: None,
        }))
    }
}

fn line(blocked: &Blocked) -> String {
    let mut line = format!("<@{}>", blocked.discord_id);
    if let Some(by) = &blocked.blocked_by {
        line.push_str(&format!(" by {}", escape(by)));
    }
    if let Some(at) = blocked.blocked_at {
        line.push_str(&format!(" <t:{}:R>", at.0.div_euclid(1_000_000)));
    }
    line
}
