//! What staff do in Discord's threads: whatever Discord lets them.

use crate::model::{Told, Written, body, bytes_of};
use crate::town::Town;
use anyhow::{Result, bail};
use desk::DeskError;
use desk::bridge::{RemoteMember, ThreadReply};
use discord_stand_in::{File, Person};
use domain::{DiscordGuildId, DiscordUserId, RoleId, ThreadId};
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

impl Town {
    /// A request that a person makes.
    pub fn as_person(
        &self,
        person: &Person,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        self.discord
            .ask(&person.token, method, path, &[], body, Vec::new())
    }

    /// Somebody of the staff does something in a thread. `false`: the process died over it.
    pub async fn someone_acts_in_discord(&mut self) -> Result<bool> {
        // Nobody does two things in one moment; Discord tells edits apart by theirs.
        self.clock.advance(1);
        let threads = self.discord.threads();
        let people = self.staff_people();
        let (Some(thread), Some(person)) = (
            threads.choose(&mut self.rng).copied(),
            people.choose(&mut self.rng).cloned(),
        ) else {
            return Ok(true);
        };
        if self.place.only_notes() && self.chance(25) {
            return self.reply_by_command(thread, &person).await;
        }
        let dice = self.rng.random_range(0..100);
        let messages = format!("/channels/{thread}/messages");
        let name = person.name.split(' ').next().unwrap_or_default().to_owned();
        let line = match dice {
            0..=54 => {
                let tag = self.model.tag();
                let text = format!("d{}", &self.text(tag)[1..]);
                let text = match self.chance(20) {
                    true => format!("// {text}"),
                    false => text,
                };
                let text: String = text.chars().take(2_000).collect();
                let files = self.files(tag).into_iter().take(10).map(|name| File {
                    bytes: bytes_of(&name),
                    name,
                });
                let (files, said) = (files.collect(), json!({"content": text.trim()}));
                let (status, made) =
                    self.discord
                        .ask(&person.token, "POST", &messages, &[], &said, files);
                if let Some(id) = made["id"].as_str().and_then(|id| id.parse().ok()) {
                    self.model.worded(tag, id);
                }
                format!("{name} writes d{tag} in {thread}: {status}")
            }
            55..=89 => {
                let own = self.discord.messages_of(thread, person.id);
                // Mostly the latest: people correct what they just said.
                let latest = own.last().copied().filter(|_| self.chance(70));
                let Some(message) = latest.or_else(|| own.choose(&mut self.rng).copied()) else {
                    return Ok(true);
                };
                let path = format!("{messages}/{message}");
                if dice < 80 {
                    let tag = self.model.tag();
                    let text = format!("d{}", &self.text(tag)[1..]);
                    let text: String = text.chars().take(2_000).collect();
                    let text = json!({"content": text.trim()});
                    let (status, _) = self.as_person(&person, "PATCH", &path, &text);
                    if status == 200 {
                        self.model.worded(tag, message);
                    }
                    format!("{name} edits {message} to d{tag}: {status}")
                } else {
                    let (status, _) = self.as_person(&person, "DELETE", &path, &Value::Null);
                    format!("{name} deletes {message}: {status}")
                }
            }
            90..=95 => {
                let archived = self.chance(70);
                let path = format!("/channels/{thread}");
                let shape = json!({"archived": archived});
                let (status, _) = self.as_person(&person, "PATCH", &path, &shape);
                format!("{name} archives {thread} ({archived}): {status}")
            }
            96 if self.troubled && self.chance(50) => self.delete_thread(&person, thread),
            _ => {
                let locked = self.chance(60);
                let path = format!("/channels/{thread}");
                let shape = json!({"locked": locked});
                let (status, _) = self.as_person(&person, "PATCH", &path, &shape);
                format!("{name} locks {thread} ({locked}): {status}")
            }
        };
        self.note(line);
        Ok(true)
    }

    /// Somebody answers the customer by the command `/reply`, in a thread.
    async fn reply_by_command(&mut self, thread: u64, person: &Person) -> Result<bool> {
        let tag = self.model.tag();
        let text = self.text(tag);
        let Some(typed) = body(&text) else {
            bail!("a text that does not parse");
        };
        let seeded = self.discord.settings();
        let reply = ThreadReply {
            guild: DiscordGuildId::from(seeded.guild_id),
            thread: ThreadId::from(thread),
            member: RemoteMember {
                user: DiscordUserId::from(person.id),
                name: person.name.clone(),
                avatar: None,
                roles: vec![RoleId::from(seeded.staff_role_id)],
                bot: false,
            },
            body: typed,
            key: None,
        };
        self.perhaps_die();
        let desk = self.desk();
        let replying = async move { desk.reply_in_thread(reply).await };
        let (told, stored) = match self.whole(replying).await {
            // Nobody knows yet whose thread it is; whoever asked is told so.
            Some(Err(DeskError::NotFound)) => (true, Told::No),
            Some(Err(error)) => bail!("/reply was refused: {error}"),
            Some(Ok(_)) => (true, Told::Yes),
            None => (false, Told::Perhaps),
        };
        self.note(format!("/reply w{tag} in {thread}: {stored:?}"));
        if stored != Told::No {
            let written = Written {
                note: false,
                stored,
                texts: vec![text],
                deleted: Told::No,
                files: Vec::new(),
            };
            self.model.written.insert(tag, written);
        }
        Ok(told)
    }
}
