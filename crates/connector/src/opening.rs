//! Threads as they begin and as they are listed: private ones, those that hang on a message, and a
//! forum's posts with their tags.
//!
//! One attempt each. Which of them a guild wants, and what an uncertain answer means, is the desk's.

use super::errors::name_refused;
use super::port::{channel, guild, message_id};
use super::rest::{Ask, Rest};
use super::write;
use desk::bridge::{ActiveThread, DeliveryError, PostTags, ThreadSpec, ThreadStart};
use domain::text::bears_mark;
use domain::{DiscordGuildId, DiscordMessageId, ThreadId, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use serenity::all::{ChannelId, ForumTagId, MessageId, UserId};
use serenity::http::Route;

/// How long a thread stays among the active ones when nobody speaks: a week, the longest there is.
const AUTO_ARCHIVE_MIN: u64 = 10_080;
/// How often a thread is looked for, among the active ones and the archived ones in turn, before
/// another is made in its place. It costs as many requests, each time an answer was lost.
const LOOKS: usize = 5;
/// Discord's numbers for channels of posts: a forum's, and one that is for pictures.
const FORUMS: [u8; 2] = [15, 16];
/// How many tags a post may have.
const TAGS_MAX: usize = 5;

/// Something that was made.
#[derive(Deserialize)]
struct Made {
    id: ChannelId,
}

#[derive(Deserialize)]
struct Listed {
    threads: Vec<ListedThread>,
}

#[derive(Deserialize)]
struct ListedThread {
    id: ChannelId,
    #[serde(default)]
    name: String,
    owner_id: Option<UserId>,
    parent_id: Option<ChannelId>,
    last_message_id: Option<MessageId>,
}

/// The channel of posts, as far as its tags go.
#[derive(Deserialize)]
struct Forum {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    available_tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    id: ForumTagId,
    name: String,
}

#[derive(Deserialize)]
struct Tagged {
    #[serde(default)]
    applied_tags: Vec<ForumTagId>,
}

impl Forum {
    /// The tag of that name, however it is written.
    fn named(&self, name: &str) -> Option<ForumTagId> {
        let name = name.to_lowercase();
        let mut tags = self.available_tags.iter();
        tags.find(|tag| tag.name.trim().to_lowercase() == name)
            .map(|tag| tag.id)
    }

    /// What a post with these tags is to have: ours as they are wanted, and those of people.
    fn tagged(&self, tags: &PostTags, before: &[ForumTagId]) -> Vec<ForumTagId> {
        let ours: Vec<_> = tags.ours.iter().filter_map(|t| self.named(t)).collect();
        let wanted = tags.wanted.iter().filter_map(|t| self.named(t));
        let theirs = before.iter().copied().filter(|tag| !ours.contains(tag));
        let mut all: Vec<ForumTagId> = Vec::new();
        for tag in wanted.chain(theirs) {
            if !all.contains(&tag) {
                all.push(tag);
            }
        }
        all.truncate(TAGS_MAX);
        all
    }
}

async fn forum(rest: &Rest, parent: ChannelId) -> Result<Forum, DeliveryError> {
    let route = Route::Channel { channel_id: parent };
    let found: Result<Forum, _> = rest.ask(Ask::get(route)).await;
    let forum = found.map_err(parent_gone)?;
    if !FORUMS.contains(&forum.kind) {
        // In any other channel the same request would make a private thread without a card.
        return Err(DeliveryError::Permanent {
            code: Some(50_024),
            reason:
                "The support channel is no forum, which the setting `thread_kind` asks for. Run \
                     /doctor, mend the setting, then try again."
                    .to_owned(),
        });
    }
    Ok(forum)
}

/// Makes a thread.
pub(super) async fn open(rest: &Rest, spec: &ThreadSpec) -> Result<ThreadId, DeliveryError> {
    let parent = channel(spec.parent.get());
    let threads = Route::ChannelThreads { channel_id: parent };
    let body = body(rest, spec).await?;
    let ask = match spec.start {
        ThreadStart::Empty | ThreadStart::Post { .. } => Ask::post(threads, &body),
        // A message has one thread: making it again makes nothing.
        ThreadStart::On(message) => Ask::post_again(
            Route::ChannelMessageThreads {
                channel_id: parent,
                message_id: message_id(message),
            },
            &body,
        ),
    };
    match (rest.ask::<Made>(ask).await, &spec.start) {
        (Ok(made), _) => Ok(ThreadId::from(made.id.get())),
        (
            Err(DeliveryError::Permanent {
                code: Some(160_004),
                ..
            }),
            ThreadStart::On(message),
        ) => Ok(ThreadId(message.0)),
        // Discord judges the name with the same filters as texts.
        (
            Err(DeliveryError::Permanent {
                code: Some(200_000 | 240_000),
                ..
            }),
            _,
        ) => Err(name_refused()),
        (Err(error), _) => Err(parent_gone(error)),
    }
}

async fn body(rest: &Rest, spec: &ThreadSpec) -> Result<Value, DeliveryError> {
    let mut body = json!({"name": spec.name, "auto_archive_duration": AUTO_ARCHIVE_MIN});
    match &spec.start {
        ThreadStart::Empty => {
            body["type"] = json!(12);
            body["invitable"] = json!(false);
        }
        ThreadStart::On(_) => {}
        ThreadStart::Post { card, tags } => {
            let forum = forum(rest, channel(spec.parent.get())).await?;
            body["applied_tags"] = json!(forum.tagged(tags, &[]));
            body["message"] = write::starter(card);
        }
    }
    Ok(body)
}

/// What is not there is the channel, when a thread is to be made in it.
fn parent_gone(error: DeliveryError) -> DeliveryError {
    match error {
        DeliveryError::Gone {
            code: code @ Some(10_008),
            reason,
        } => DeliveryError::Gone { code, reason },
        DeliveryError::Gone { code, .. } => DeliveryError::Gone {
            code,
            reason: "The support channel was deleted in Discord.".to_owned(),
        },
        error => error,
    }
}

/// Looks for a thread of ours by its mark.
pub(super) async fn find(
    rest: &Rest,
    us: UserId,
    spec: &ThreadSpec,
    mark: &str,
    since: Timestamp,
) -> Result<Option<ThreadId>, DeliveryError> {
    let parent = channel(spec.parent.get());
    let find = |listed: Listed| {
        listed
            .threads
            .into_iter()
            .filter(|t| t.owner_id == Some(us) && t.parent_id == Some(parent))
            .filter(|t| bears_mark(&t.name, mark))
            .map(|t| ThreadId::from(t.id.get()))
            .filter(|id| id.created_at() >= since)
            .min()
    };
    let active = Route::GuildThreadsActive {
        guild_id: guild(spec.guild),
    };
    let archived = match spec.start {
        ThreadStart::Empty => Route::ChannelArchivedPrivateThreads { channel_id: parent },
        ThreadStart::On(_) | ThreadStart::Post { .. } => {
            Route::ChannelArchivedPublicThreads { channel_id: parent }
        }
    };
    // No one look shows both lists: a thread that was archived at the first and brought back before
    // the second (a message does that) stood in neither. Whoever would hide it has to change it
    // between each look and the next.
    for look in 0..LOOKS {
        let list = match look % 2 {
            0 => Ask::get(active),
            _ => Ask::get(archived).params(vec![("limit", "100".to_owned())]),
        };
        if let Some(found) = find(rest.ask(list).await?) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Every active thread of the guild that the bot sees.
pub(super) async fn active(
    rest: &Rest,
    id: DiscordGuildId,
) -> Result<Vec<ActiveThread>, DeliveryError> {
    let route = Route::GuildThreadsActive {
        guild_id: guild(id),
    };
    let listed: Listed = rest.ask(Ask::get(route)).await?;
    let threads = listed.threads.into_iter().map(|thread| ActiveThread {
        thread: ThreadId::from(thread.id.get()),
        last_message: thread
            .last_message_id
            .map(|id| DiscordMessageId::from(id.get())),
    });
    Ok(threads.collect())
}

/// Brings a post's tags up to date, if anything about them changed.
pub(super) async fn retag(
    rest: &Rest,
    parent: domain::ChannelId,
    thread: ThreadId,
    tags: &PostTags,
) -> Result<(), DeliveryError> {
    let forum = forum(rest, channel(parent.get())).await?;
    let route = Route::Channel {
        channel_id: channel(thread.get()),
    };
    let before: Tagged = rest.ask(Ask::get(route)).await?;
    let after = forum.tagged(tags, &before.applied_tags);
    if after == before.applied_tags {
        return Ok(());
    }
    let body = json!({"applied_tags": after});
    let _: IgnoredAny = rest.ask(Ask::patch(route, &body)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forum(names: &[&str]) -> Forum {
        let tags = names.iter().enumerate().map(|(at, name)| Tag {
            id: ForumTagId::new(at as u64 + 1),
            name: (*name).to_owned(),
        });
        Forum {
            kind: 15,
            available_tags: tags.collect(),
        }
    }

    fn tags(wanted: &[&str]) -> PostTags {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        PostTags {
            wanted: owned(wanted),
            ours: owned(&["Open", "Closed", "High", "Billing"]),
        }
    }

    fn ids(ids: &[u64]) -> Vec<ForumTagId> {
        ids.iter().map(|id| ForumTagId::new(*id)).collect()
    }

    #[test]
    fn a_post_gets_the_tags_that_the_forum_has_and_keeps_those_of_people() {
        let forum = forum(&["open", "closed", "bug", " High "]);
        let tagged = |wanted: &[&str], before: &[u64]| forum.tagged(&tags(wanted), &ids(before));
        assert_eq!(tagged(&["Open", "High", "Billing"], &[]), ids(&[1, 4]));
        assert_eq!(tagged(&["Closed", "High"], &[1, 3, 4]), ids(&[2, 4, 3]));
        assert_eq!(tagged(&["Billing"], &[1]), ids(&[]));
    }

    #[test]
    fn no_post_has_more_than_five() {
        let forum = forum(&["open", "a", "b", "c", "d", "e"]);
        let tagged = forum.tagged(&tags(&["Open"]), &ids(&[2, 3, 4, 5, 6]));
        assert_eq!(tagged, ids(&[1, 2, 3, 4, 5]));
    }
}
