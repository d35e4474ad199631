//! A Discord of a few maps, for tests that need no wire. It enforces nonces and ids, remembers
//! everything, and fails on demand: before acting, or after.

use desk::bridge::{
    DeliveryError, DiscordPort, Nonce, Post, RemoteAuthor, RemoteBytes, RemoteFile, RemoteMember,
    RemoteMessage, ThreadShape, ThreadSpec, ThreadState,
};
use desk::clock::{Clock, ManualClock};
use domain::*;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const GUILD: DiscordGuildId = DiscordGuildId(1_000);
pub const SUPPORT: ChannelId = ChannelId(2_000);
pub const STAFF_ROLE: RoleId = RoleId(3_000);
pub const BOT: DiscordUserId = DiscordUserId(4_000);
pub const MIRA: DiscordUserId = DiscordUserId(4_001);
pub const PAT: DiscordUserId = DiscordUserId(4_002);

/// How long the nonce protects, as Discord might choose.
const WINDOW: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing is done.
    Before(DeliveryError),
    /// It is done, and the answer is lost.
    After,
    /// It is done, and no answer ever comes.
    Hang,
}

#[derive(Clone, Debug)]
pub struct Posted {
    pub message: RemoteMessage,
    pub post: Option<Post>,
    pub reactions: Vec<String>,
}

#[derive(Debug)]
pub struct Thread {
    pub id: ThreadId,
    pub name: String,
    pub messages: Vec<Posted>,
    pub shape: ThreadShape,
    pub parent: ChannelId,
    pub members: BTreeSet<DiscordUserId>,
}

#[derive(Debug, Default)]
pub struct State {
    pub threads: Vec<Thread>,
    pub calls: Vec<String>,
    /// What lies behind each link that holds.
    pub cdn: HashMap<String, Vec<u8>>,
    nonces: HashMap<String, (Timestamp, DiscordMessageId)>,
    faults: VecDeque<(&'static str, Fault)>,
    staff: Vec<DiscordUserId>,
    last_id: i64,
    last_nonce: String,
}

#[derive(Debug)]
pub struct FakeDiscord {
    state: Mutex<State>,
    clock: Arc<ManualClock>,
}

impl FakeDiscord {
    pub fn new(clock: Arc<ManualClock>) -> Arc<Self> {
        let state = State {
            staff: vec![MIRA],
            ..State::default()
        };
        Arc::new(Self {
            state: Mutex::new(state),
            clock,
        })
    }

    pub fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next call of this name fails so.
    pub fn fail(&self, call: &'static str, fault: Fault) {
        self.state().faults.push_back((call, fault));
    }

    pub fn last_nonce(&self) -> String {
        self.state().last_nonce.clone()
    }

    pub fn contents(&self) -> Vec<String> {
        let state = self.state();
        let posts = state.threads.iter().flat_map(|t| &t.messages);
        posts.map(|p| p.message.content.clone()).collect()
    }

    /// A person writes in a thread; the fact is returned for whoever tells the desk.
    pub fn write(&self, thread: ThreadId, who: DiscordUserId, content: &str) -> RemoteMessage {
        let mut state = self.state();
        let id = state.next_id(self.clock.now());
        let message = RemoteMessage {
            id: DiscordMessageId(id),
            channel: thread,
            author: author(who),
            content: content.to_owned(),
            files: vec![],
            edited_at: None,
            nonce: None,
            replies_to: None,
            is_speech: true,
            card: None,
        };
        state.thread(thread).messages.push(Posted {
            message: message.clone(),
            post: None,
            reactions: vec![],
        });
        message
    }

    /// A person, or a moderator, deletes a message.
    pub fn erase(&self, thread: ThreadId, id: DiscordMessageId) {
        let mut state = self.state();
        state.thread(thread).messages.retain(|p| p.message.id != id);
    }

    /// The same with files, each a name and what is in it.
    pub fn write_files(
        &self,
        thread: ThreadId,
        who: DiscordUserId,
        content: &str,
        files: &[(&str, &[u8])],
    ) -> RemoteMessage {
        let written = self.write(thread, who, content);
        let mut state = self.state();
        let mut told = Vec::new();
        for (name, bytes) in files {
            let id = AttachmentId(state.next_id(self.clock.now()));
            let url = format!("https://cdn/{id}/first");
            state.cdn.insert(url.clone(), bytes.to_vec());
            told.push(RemoteFile {
                id,
                name: (*name).to_owned(),
                size: bytes.len() as u64,
                url,
            });
        }
        let posted = state.thread(thread).messages.iter_mut();
        let posted = posted.last().unwrap();
        posted.message.files = told;
        assert_eq!(posted.message.id, written.id);
        posted.message.clone()
    }

    /// The links of a message stop to hold, and others take their place.
    pub fn expire_links(&self, message: &RemoteMessage) {
        let mut state = self.state();
        for file in &message.files {
            let fresh = format!("{} again", file.url);
            let bytes = state.cdn.remove(&file.url).unwrap();
            state.cdn.insert(fresh.clone(), bytes);
            let thread = state.thread(message.channel);
            let posted = thread.messages.iter_mut();
            let mut files = posted.flat_map(|p| &mut p.message.files);
            files.find(|f| f.id == file.id).unwrap().url = fresh;
        }
    }

    pub fn edit_text(&self, message: &RemoteMessage, content: &str) -> RemoteMessage {
        let now = self.clock.now();
        let mut state = self.state();
        let thread = state.thread(message.channel);
        let posted = thread
            .messages
            .iter_mut()
            .find(|p| p.message.id == message.id)
            .unwrap();
        posted.message.content = content.to_owned();
        posted.message.edited_at = Some(now);
        posted.message.clone()
    }

    async fn act<T: Send>(
        &self,
        call: &'static str,
        work: impl FnOnce(&mut State, Timestamp) -> Result<T, DeliveryError> + Send,
    ) -> Result<T, DeliveryError> {
        let (fault, result) = {
            let mut state = self.state();
            state.calls.push(call.to_owned());
            let fault = match state.faults.iter().position(|(name, _)| *name == call) {
                Some(at) => state.faults.remove(at).map(|(_, fault)| fault),
                None => None,
            };
            if let Some(Fault::Before(error)) = fault {
                return Err(error);
            }
            let result = work(&mut state, self.clock.now());
            (fault, result)
        };
        match fault {
            Some(Fault::After) => Err(DeliveryError::Uncertain {
                reason: "the answer was lost".into(),
            }),
            Some(Fault::Hang) => std::future::pending().await,
            _ => result,
        }
    }
}

impl State {
    fn next_id(&mut self, now: Timestamp) -> i64 {
        let by_time = (now.millis() - 1_420_070_400_000) << 22;
        self.last_id = by_time.max(self.last_id + 1);
        self.last_id
    }

    pub fn thread(&mut self, id: ThreadId) -> &mut Thread {
        self.threads.iter_mut().find(|t| t.id == id).unwrap()
    }

    fn reachable(&mut self, id: ThreadId) -> Result<&mut Thread, DeliveryError> {
        self.threads
            .iter_mut()
            .find(|t| t.id == id)
            .ok_or(DeliveryError::Gone {
                code: Some(10003),
                reason: "The thread was deleted in Discord.".into(),
            })
    }
}

fn unknown_message() -> DeliveryError {
    DeliveryError::Gone {
        code: Some(10008),
        reason: "The message was deleted in Discord.".into(),
    }
}

pub fn author(who: DiscordUserId) -> RemoteAuthor {
    RemoteAuthor {
        user: who,
        name: match who {
            BOT => "Threadline".into(),
            MIRA => "Mira Okafor".into(),
            _ => "Pat Rivera".into(),
        },
        avatar: None,
        is_us: who == BOT,
        is_bot: who == BOT,
        roles: None,
    }
}

#[async_trait::async_trait]
impl DiscordPort for FakeDiscord {
    async fn open_thread(&self, spec: &ThreadSpec) -> Result<ThreadId, DeliveryError> {
        let (name, parent) = (spec.name.clone(), spec.parent);
        self.act("open_thread", |state, now| {
            let id = ThreadId(state.next_id(now));
            state.threads.push(Thread {
                id,
                name,
                messages: vec![],
                shape: ThreadShape::Open,
                parent,
                members: BTreeSet::new(),
            });
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
                .find(|t| t.name.starts_with(mark) && t.id.created_at() >= since)
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
            let id = DiscordMessageId(state.next_id(now));
            let content = match post {
                Post::Card(card) => format!("card {}", card.number),
                Post::Words(words) | Post::Files { words, .. } => words.clone(),
                Post::Panel { title, .. } => format!("panel {title}"),
            };
            state.reachable(thread)?.messages.push(Posted {
                message: RemoteMessage {
                    id,
                    channel: thread,
                    author: author(BOT),
                    content,
                    files: vec![],
                    edited_at: None,
                    nonce: None,
                    replies_to: None,
                    is_speech: true,
                    card: match post {
                        Post::Card(card) => Some(card.ticket),
                        Post::Words(_) | Post::Files { .. } | Post::Panel { .. } => None,
                    },
                },
                post: Some(post.clone()),
                reactions: vec![],
            });
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
            let thread = state.reachable(thread)?;
            let posted = thread.messages.iter_mut().find(|p| p.message.id == message);
            let posted = posted.ok_or_else(unknown_message)?;
            posted.post = Some(post.clone());
            if let Post::Words(words) = post {
                posted.message.content.clone_from(words);
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
            state.reachable(thread)?.shape = shape;
            Ok(())
        })
        .await
    }

    async fn add_member(&self, thread: ThreadId, user: DiscordUserId) -> Result<(), DeliveryError> {
        self.act("add_member", |state, _| {
            state.reachable(thread)?.members.insert(user);
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
            state.reachable(thread)?.members.remove(&user);
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
            let thread = state.reachable(thread)?;
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
            let messages = &state.reachable(thread)?.messages;
            let later = messages.iter().filter(|p| p.message.id > after);
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
            let messages = &state.reachable(thread)?.messages;
            let skipped = messages.len().saturating_sub(limit.into());
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
                archived: thread.shape == ThreadShape::Closed,
                locked: thread.shape == ThreadShape::Closed,
                last_message: thread.messages.last().map(|p| p.message.id),
            })
        })
        .await
    }

    async fn member(
        &self,
        _guild: DiscordGuildId,
        user: DiscordUserId,
    ) -> Result<Option<RemoteMember>, DeliveryError> {
        self.act("member", |state, _| {
            let roles = match state.staff.contains(&user) {
                true => vec![STAFF_ROLE],
                false => vec![],
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
