//! What takes more than a retry to mend: permissions taken from the bot, threads deleted by people.
//!
//! Only some seeds have them. When the weather clears the permissions are given back, and staff ask
//! for a new thread where there is none.

use crate::town::Town;
use anyhow::{Result, bail};
use desk::DeskError;
use discord_stand_in::Person;
use rand::seq::IndexedRandom;
use serde_json::Value;

/// What the bot may lose in its channel.
const PERMISSIONS: [&str; 9] = [
    "VIEW_CHANNEL",
    "READ_MESSAGE_HISTORY",
    "SEND_MESSAGES",
    "SEND_MESSAGES_IN_THREADS",
    "CREATE_PRIVATE_THREADS",
    "CREATE_PUBLIC_THREADS",
    "MANAGE_THREADS",
    "ADD_REACTIONS",
    "ATTACH_FILES",
];

impl Town {
    /// A permission is taken, or the one that was taken is given back.
    pub fn permission_changes(&mut self) {
        if !self.troubled {
            return;
        }
        if self.give_back() {
            return;
        }
        let Some(name) = PERMISSIONS.choose(&mut self.rng).copied() else {
            return;
        };
        let channel = self.place.channel;
        let taken = self.discord.take_permission(name, Some(channel));
        self.note(format!("the bot loses {name}: {taken:?}"));
        self.lost = Some(name);
        // What happens unseen is told by no event, and no new session says that it was missed.
        self.gaps = true;
    }

    /// Gives back what was taken, if something was.
    pub fn give_back(&mut self) -> bool {
        let Some(name) = self.lost.take() else {
            return false;
        };
        let channel = self.place.channel;
        let given = self.discord.give_permission(name, Some(channel));
        self.note(format!("the bot has {name} again: {given:?}"));
        true
    }

    /// Somebody deletes a thread, and all that was said in it.
    pub fn delete_thread(&mut self, person: &Person, thread: u64) -> String {
        let path = format!("/channels/{thread}");
        let (status, gone) = self.as_person(person, "DELETE", &path, &Value::Null);
        if status == 200 {
            let name = gone["name"].as_str().unwrap_or_default();
            self.wire.thread_deleted(name);
        }
        format!("{} deletes {thread}: {status}", person.name)
    }

    /// Staff ask for a new thread wherever the dashboard says that one is lost.
    pub async fn replace_lost_threads(&mut self) -> Result<()> {
        let numbers: Vec<i64> = self.model.tickets.iter().map(|t| t.number).collect();
        for number in numbers {
            let staff = self.a_staff();
            let desk = self.desk();
            let replacing = async move {
                let seen = desk.conversation(&staff, number).await?;
                if seen.thread_trouble.is_some() {
                    desk.new_thread(&staff, number).await?;
                }
                Ok::<bool, DeskError>(seen.thread_trouble.is_some())
            };
            match self.whole(replacing).await {
                Some(Ok(true)) => self.note(format!("#{number} is to have a new thread")),
                Some(done) => {
                    done?;
                }
                None => bail!("nobody crashes in fair weather"),
            }
        }
        Ok(())
    }
}
