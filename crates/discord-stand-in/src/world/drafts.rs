//! What somebody wants a message to hold: reading it from a request, checking it, putting it into the message.
//! Mentions take effect here too: people join the thread and are called. Whether one may speak at all is `posting`.

use serde_json::Value;

use super::attachments::{Attachment, Upload, link};
use super::components::{
    COMPONENTS_V2, check_components, check_embeds, tidy_components, tidy_embeds,
};
use super::mentions::{Allowed, Fired};
use super::messages::Message;
use super::{Notification, World};
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// Bytes that one file may have.
const FILE_LIMIT: usize = 10 * 1024 * 1024;
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub(crate) const EPHEMERAL: u64 = 1 << 6;
pub(crate) const LOADING: u64 = 1 << 7;
const TOO_MANY_FOR_THREAD: u64 = 1 << 8;
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// Whether a mention rings or only adds people to a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ring {
    Loud,
    Silent,
}

/// What a checked request wants a message to hold. `None` leaves a part as it is.
pub(crate) struct Draft {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) flags: u64,
    pub(crate) allowed: Allowed,
    pub(crate) files: Vec<Upload>,
    /// `attachments`, in Discord's shape.
    about_files: Option<Vec<Value>>,
}

/// What a message may say, unless its writer has Nitro.
pub(crate) const CONTENT_MAX: usize = 2000;

impl Draft {
    /// Checks everything that can be checked without knowing where the message goes.
    pub(crate) fn read(body: &Value, files: Vec<Upload>, otherwise: Allowed) -> Answer<Self> {
        Self::read_up_to(CONTENT_MAX, body, files, otherwise)
    }

    /// The same from somebody who may write this much.
    pub(crate) fn read_up_to(
        most: usize,
        body: &Value,
        files: Vec<Upload>,
        otherwise: Allowed,
    ) -> Answer<Self> {
        let mut form = FormErrors::default();
        let list = |key: &str| {
            body.get(key)
                .map(|v| v.as_array().cloned().unwrap_or_default())
        };
        let content = body.get("content").map(|value| match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        });
        if let Some(text) = &content {
            form.length("content", text, 0, most);
        }
        let embeds = list("embeds").or_else(|| {
            let single = body.get("embed").filter(|embed| embed.is_object())?;
            Some(vec![single.clone()])
        });
        check_embeds(embeds.as_deref().unwrap_or_default(), &mut form);
        let flags = body["flags"].as_u64().unwrap_or(0) & !LOADING;
        let components = list("components");
        check_components(components.as_deref().unwrap_or_default(), flags, &mut form);
        let spoken = content.as_ref().is_some_and(|text| !text.is_empty());
        if flags & COMPONENTS_V2 != 0 && (spoken || embeds.as_ref().is_some_and(|e| !e.is_empty()))
        {
            let words = "The 'content' and 'embeds' fields cannot be used with components v2";
            form.add(
                "",
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                words,
            );
        }
        let allowed = Allowed::read(&body["allowed_mentions"], otherwise, &mut form);
        let about_files = list("attachments");
        for (index, about) in about_files.iter().flatten().enumerate() {
            let words = about["description"].as_str().unwrap_or_default();
            form.length(&format!("attachments.{index}.description"), words, 0, 1024);
        }
        if files.len() > 10 {
            form.add(
                "attachments",
                "BASE_TYPE_MAX_LENGTH",
                "Must be 10 or fewer in length.",
            );
        }
        form.finish()?;
        if files.iter().any(|file| file.bytes.len() > FILE_LIMIT) {
            return Err(Refusal::of(40005));
        }
        Ok(Self {
            content,
            embeds,
            components,
            flags,
            allowed,
            files,
            about_files,
        })
    }

    /// Whether it would make an empty message.
    pub(crate) fn is_blank(&self) -> bool {
        let none = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
        let silent = self.content.as_ref().is_none_or(String::is_empty);
        silent && none(&self.embeds) && none(&self.components) && self.files.is_empty()
    }
}

impl World {
    /// Moves a draft into a message, and lets its mentions fire.
    pub(crate) fn fill(
        &mut self,
        message: &mut Message,
        draft: Draft,
        ring: Ring,
        replied: Option<u64>,
    ) -> Answer<()> {
        let channel = message.channel_id;
        let kept: Option<Vec<Attachment>> = draft.about_files.as_ref().map(|list| {
            let keeps = |file: &Attachment| {
                list.iter()
                    .any(|about| snowflake::read(&about["id"]) == Some(file.id))
            };
            message
                .attachments
                .iter()
                .filter(|file| keeps(file))
                .cloned()
                .collect()
        });
        if let Some(kept) = kept {
            message.attachments = kept;
        }
        let about = draft.about_files.unwrap_or_default();
        if let Some(content) = draft.content {
            message.content = content;
        }
        let unsent = message.attachments.len() + draft.files.len();
        let shows_embeds = draft.embeds.as_ref().is_some_and(|list| !list.is_empty());
        let shows_parts = draft
            .components
            .as_ref()
            .is_some_and(|list| !list.is_empty());
        let keeps_embeds = draft.embeds.is_none() && !message.embeds.is_empty();
        let keeps_parts = draft.components.is_none() && !message.components.is_empty();
        let loading = draft.flags & LOADING != 0;
        let shows = shows_embeds || shows_parts || keeps_embeds || keeps_parts;
        let silent = message.content.is_empty() && !message.encloses();
        if silent && unsent == 0 && !shows && !loading {
            return Err(Refusal::of(50006));
        }
        for upload in draft.files {
            let index = upload.index;
            let none = Value::Null;
            let about = about
                .iter()
                .find(|about| snowflake::read(&about["id"]) == Some(index));
            let stored = self.store(channel, upload, about.unwrap_or(&none));
            message.attachments.push(stored);
        }
        if let Some(embeds) = draft.embeds {
            let now = self.now_ms();
            let files = &message.attachments;
            message.embeds = tidy_embeds(&embeds, |name| {
                let file = files.iter().find(|file| file.filename == name)?;
                Some(link(channel, file.id, &file.filename, now))
            });
        }
        if let Some(parts) = draft.components {
            message.components = tidy_components(&parts);
        }
        let settable = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | LOADING;
        let private = if message.only_for.is_some() {
            EPHEMERAL
        } else {
            0
        };
        message.flags |= (draft.flags & settable) | private;
        if !loading {
            message.flags &= !LOADING;
        }
        let mut fired = self.fired(message.author_id, channel, &message.content, &draft.allowed);
        if let Some(replied) = replied.filter(|id| !fired.users.contains(id)) {
            fired.users.push(replied);
        }
        message.mentions.clone_from(&fired.users);
        message.mention_roles.clone_from(&fired.roles);
        message.mention_everyone = fired.everyone;
        if message.only_for.is_none() {
            self.follow_mentions(message, fired, ring);
        }
        Ok(())
    }

    /// What fired mentions bring about: people join the thread, and are called.
    fn follow_mentions(&mut self, message: &mut Message, fired: Fired, ring: Ring) {
        let channel = message.channel_id;
        let Some(found) = self.channels.get(&channel) else {
            return;
        };
        if let Some(thread) = &found.thread {
            let parent = found.parent_id.unwrap_or_default();
            let closed = thread.invitable == Some(false);
            let may_add = !closed || self.moderates(message.author_id, channel);
            let mut wanted = fired.users.clone();
            if !self.is_bot(message.author_id) || self.switches.bot_role_mention_adds {
                for role in &fired.roles {
                    let members = self.role_members(*role);
                    if members.len() < self.switches.role_mention_threshold {
                        wanted.extend(members);
                    } else {
                        message.flags |= TOO_MANY_FOR_THREAD;
                    }
                }
            }
            wanted.retain(|user| self.can_view(*user, parent));
            if may_add {
                for user in wanted {
                    self.join(channel, user);
                }
            }
        }
        let anything = !fired.users.is_empty() || !fired.roles.is_empty() || fired.everyone;
        if ring == Ring::Loud && anything {
            let user_ids = fired
                .users
                .into_iter()
                .filter(|user| self.can_view(*user, channel));
            self.notifications.push(Notification {
                message_id: message.id,
                channel_id: channel,
                user_ids: user_ids.collect(),
                roles: fired.roles,
                everyone: fired.everyone,
            });
        }
    }
}
