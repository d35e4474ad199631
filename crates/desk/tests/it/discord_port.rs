//! What the Discord of a few maps answers the bridge. It enforces what the bridge leans on: nonces,
//! ids, one thread per message, what an archived thread takes, and how many may be active.

use crate::discord::*;
use desk::bridge::{
    ActiveThread, DeliveryError, DiscordPort, Hosts, NewChannel, Nonce, Post, PostTags, Powers,
    RemoteBytes, RemoteChannel, RemoteMember, RemoteMessage, ThreadShape, ThreadSpec, ThreadStart,
    ThreadState,
};
use domain::*;

#[async_trait::async_trait]
impl DiscordPort for FakeDiscord {
    async fn open_thread(&self, spec: &ThreadSpec) -> Result<ThreadId, DeliveryError> {
        self.act("open_thread", |state, now| {
            if state
                .blocked_names
                .iter()
                .any(|word| spec.name.contains(word))
            {
                return Err(DeliveryError::NameRefused {
                    reason: "The filter does not let it pass.".into(),
                });
            }
            if state.active() >= state.cap {
                return Err(refused(160_006));
            }
            let id = match &spec.start {
                ThreadStart::On(message) => {
                    let id = ThreadId(message.0);
                    if state.threads.iter().any(|t| t.id == id) {
                        return Ok(id);
                    }
                    let mut roots = state.channel.messages.iter();
                    if !roots.any(|p| p.message.id == *message) {
                        return Err(unknown_message());
                    }
                    id
                }
                _ => ThreadId(state.next_id(now)),
            };
            let mut thread = Thread::new(id, &spec.name);
            thread.parent = spec.parent;
            if let ThreadStart::Post { card, tags } = &spec.start {
                let post = Post::Card(card.clone());
                thread
                    .messages
                    .push(posted(DiscordMessageId(id.0), id, &post));
                thread.tags.clone_from(&tags.wanted);
            }
            state.threads.push(thread);
            Ok(id)
        })
        .await
    }

    async fn find_thread(
        &self,
        _spec: &ThreadSpec,
        mark: &str,
        since: Timestamp,
    ) -> Result<Option<ThreadId>, DeliveryError> {
        self.act("find_thread", |state, _| {
            Ok(state
                .threads
                .iter()
                .find(|t| text::bears_mark(&t.name, mark) && t.id.created_at() >= since)
                .map(|t| t.id))
        })
        .await
    }

    async fn post(
        &self,
        thread: ThreadId,
        nonce: &Nonce,
        post: &Post,
    ) -> Result<DiscordMessageId, DeliveryError> {
        assert!(nonce.0.len() <= 25, "Discord refuses longer nonces");
        self.act("post", |state, now| {
            if let Some((at, id)) = state.nonces.get(&nonce.0)
                && now.since(*at) < WINDOW
            {
                return Ok(*id);
            }
            let full = state.active() >= state.cap;
            let id = DiscordMessageId(state.next_id(now));
            let mut posted = posted(id, thread, post);
            posted.message.content = state.stripped(&posted.message.content);
            let place = state.reachable(thread)?;
            if place.archived && place.locked {
                return Err(refused(50083));
            }
            if place.archived && full {
                return Err(refused(160_006));
            }
            place.archived = false;
            place.messages.push(posted);
            state.nonces.insert(nonce.0.clone(), (now, id));
            state.last_nonce.clone_from(&nonce.0);
            Ok(id)
        })
        .await
    }

    async fn edit(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
        post: &Post,
    ) -> Result<(), DeliveryError> {
        self.act("edit", |state, _| {
            let kept = match post {
                Post::Words(words) => Some(state.stripped(words)),
                _ => None,
            };
            let thread = state.open(thread)?;
            let posted = thread.messages.iter_mut().find(|p| p.message.id == message);
            let posted = posted.ok_or_else(unknown_message)?;
            posted.post = Some(post.clone());
            if let Some(words) = kept {
                posted.message.content = words;
            }
            Ok(())
        })
        .await
    }

    async fn delete(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
    ) -> Result<(), DeliveryError> {
        self.act("delete", |state, _| {
            let messages = &mut state.reachable(thread)?.messages;
            let at = messages.iter().position(|p| p.message.id == message);
            messages.remove(at.ok_or_else(unknown_message)?);
            Ok(())
        })
        .await
    }

    async fn message(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
    ) -> Result<RemoteMessage, DeliveryError> {
        self.act("message", |state, _| {
            if state.reads_no_history {
                return Err(DeliveryError::Permanent {
                    code: Some(50_001),
                    reason: "The bot lacks a permission.".into(),
                });
            }
            let messages = &state.reachable(thread)?.messages;
            let posted = messages.iter().find(|p| p.message.id == message);
            posted
                .map(|p| p.message.clone())
                .ok_or_else(unknown_message)
        })
        .await
    }

    async fn shape(&self, thread: ThreadId, shape: ThreadShape) -> Result<(), DeliveryError> {
        self.act("shape", |state, _| {
            let full = state.active() >= state.cap;
            let thread = state.reachable(thread)?;
            let wakes = matches!(shape, ThreadShape::Open | ThreadShape::Awake);
            if thread.archived && !wakes {
                return Err(refused(50083));
            }
            if thread.archived && full {
                return Err(refused(160_006));
            }
            thread.archived = !wakes;
            match shape {
                ThreadShape::Open => thread.locked = false,
                ThreadShape::Closed => thread.locked = true,
                ThreadShape::Awake | ThreadShape::Resting => {}
            }
            Ok(())
        })
        .await
    }

    async fn add_member(&self, thread: ThreadId, user: DiscordUserId) -> Result<(), DeliveryError> {
        self.act("add_member", |state, _| {
            state.open(thread)?.members.insert(user);
            Ok(())
        })
        .await
    }

    async fn remove_member(
        &self,
        thread: ThreadId,
        user: DiscordUserId,
    ) -> Result<(), DeliveryError> {
        self.act("remove_member", |state, _| {
            state.open(thread)?.members.remove(&user);
            Ok(())
        })
        .await
    }

    async fn react(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
        emoji: &str,
    ) -> Result<(), DeliveryError> {
        self.act("react", |state, _| {
            let thread = state.open(thread)?;
            let posted = thread.messages.iter_mut().find(|p| p.message.id == message);
            posted.unwrap().reactions.push(emoji.to_owned());
            Ok(())
        })
        .await
    }

    async fn page_after(
        &self,
        thread: ThreadId,
        after: DiscordMessageId,
        limit: u8,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        self.act("page_after", |state, _| {
            let readable = !state.reads_no_history;
            let messages = &state.reachable(thread)?.messages;
            let later = messages.iter().filter(|p| readable && p.message.id > after);
            Ok(later
                .take(limit.into())
                .map(|p| p.message.clone())
                .collect())
        })
        .await
    }

    async fn newest(
        &self,
        thread: ThreadId,
        limit: u8,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        self.act("newest", |state, _| {
            let blind = state.reads_no_history;
            let messages = &state.reachable(thread)?.messages;
            let skipped = match blind {
                true => messages.len(),
                false => messages.len().saturating_sub(limit.into()),
            };
            Ok(messages[skipped..]
                .iter()
                .map(|p| p.message.clone())
                .collect())
        })
        .await
    }

    async fn fetch(&self, url: &str) -> Result<RemoteBytes, DeliveryError> {
        let url = url.to_owned();
        let bytes = self.act("fetch", |state, _| {
            state.cdn.get(&url).cloned().ok_or(DeliveryError::Gone {
                code: None,
                reason: "The link does not hold any more.".into(),
            })
        });
        let bytes = bytes.await?;
        // In pieces, as from a network.
        let pieces: Vec<_> = bytes.chunks(1_000).map(|p| Ok(p.to_vec().into())).collect();
        Ok(Box::pin(futures::stream::iter(pieces)))
    }

    async fn thread_state(&self, thread: ThreadId) -> Result<ThreadState, DeliveryError> {
        self.act("thread_state", |state, _| {
            let thread = state.reachable(thread)?;
            Ok(ThreadState {
                name: thread.name.clone(),
                archived: thread.archived,
                locked: thread.locked,
                last_message: thread.messages.last().map(|p| p.message.id),
            })
        })
        .await
    }

    async fn retag(
        &self,
        _parent: ChannelId,
        thread: ThreadId,
        tags: &PostTags,
    ) -> Result<(), DeliveryError> {
        self.act("retag", |state, _| {
            state.open(thread)?.tags.clone_from(&tags.wanted);
            Ok(())
        })
        .await
    }

    async fn active_threads(
        &self,
        _guild: DiscordGuildId,
    ) -> Result<Vec<ActiveThread>, DeliveryError> {
        self.act("active_threads", |state, _| {
            let active = state.threads.iter().filter(|t| !t.archived);
            Ok(active
                .map(|t| ActiveThread {
                    thread: t.id,
                    last_message: t.messages.last().map(|p| p.message.id),
                })
                .collect())
        })
        .await
    }

    async fn hosts(&self, _guild: DiscordGuildId) -> Result<Hosts, DeliveryError> {
        self.act("hosts", |state, _| Ok(state.hosts)).await
    }

    async fn powers(&self, guild: DiscordGuildId) -> Result<Powers, DeliveryError> {
        self.act("powers", |state, _| {
            let own = state.own_roles.iter().filter(|(of, _)| *of == guild);
            let own = own.map(|(_, role)| role.clone());
            Ok(Powers {
                guild,
                owner: state.hosts.owner,
                roles: state.roles.iter().cloned().chain(own).collect(),
            })
        })
        .await
    }

    async fn channels(&self, guild: DiscordGuildId) -> Result<Vec<RemoteChannel>, DeliveryError> {
        self.act("channels", |state, _| {
            let here = state.homes.iter().filter(|(_, home)| *home == guild);
            Ok(here
                .map(|(id, _)| RemoteChannel {
                    id: *id,
                    name: format!("channel-{id}"),
                    is_forum: false,
                })
                .collect())
        })
        .await
    }

    async fn guild_of(&self, channel: ChannelId) -> Result<Option<DiscordGuildId>, DeliveryError> {
        self.act("guild_of", |state, _| {
            let known = state.homes.iter().find(|(c, _)| *c == channel);
            Ok(Some(known.map_or(GUILD, |(_, guild)| *guild)))
        })
        .await
    }

    async fn make_channel(&self, spec: &NewChannel) -> Result<ChannelId, DeliveryError> {
        self.act("make_channel", |state, now| {
            let id = ChannelId(state.next_id(now));
            state.homes.push((id, spec.guild));
            state.threads.push(Thread::new(ThreadId(id.0), &spec.name));
            Ok(id)
        })
        .await
    }

    async fn make_role(
        &self,
        _guild: DiscordGuildId,
        _name: &str,
    ) -> Result<RoleId, DeliveryError> {
        self.act("make_role", |state, now| Ok(RoleId(state.next_id(now))))
            .await
    }

    async fn direct(&self, user: DiscordUserId) -> Result<ThreadId, DeliveryError> {
        self.act("direct", |state, _| {
            if state.shut.contains(&user) {
                return Err(refused(50_007));
            }
            let id = ThreadId(-user.0);
            if !state.threads.iter().any(|t| t.id == id) {
                state.threads.push(Thread::new(id, ""));
            }
            Ok(id)
        })
        .await
    }

    async fn is_in(&self, _guild: DiscordGuildId) -> Result<bool, DeliveryError> {
        self.act("is_in", |state, _| Ok(!state.removed)).await
    }

    async fn member(
        &self,
        guild: DiscordGuildId,
        user: DiscordUserId,
    ) -> Result<Option<RemoteMember>, DeliveryError> {
        self.act("member", |state, _| {
            let elsewhere = state.elsewhere.iter();
            let roles = match state.staff.contains(&user) {
                true if guild == GUILD => vec![STAFF_ROLE],
                _ => elsewhere
                    .filter(|(there, who, _)| (*there, *who) == (guild, user))
                    .map(|(_, _, role)| *role)
                    .collect(),
            };
            Ok(Some(RemoteMember {
                user,
                name: author(user).name,
                avatar: None,
                roles,
                bot: false,
            }))
        })
        .await
    }
}
