//! A Discord of a few maps, for tests that need no wire: what is in it, and what people do there.
//! It remembers everything, and fails on demand: before acting, or after. What it answers the bridge
//! is in `discord_port`.

use desk::bridge::{
    DeliveryError, Hosts, Post, RemoteAuthor, RemoteFile, RemoteMessage, RemoteRole, ThreadShape,
};
use desk::clock::{Clock, ManualClock};
use domain::*;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const GUILD: DiscordGuildId = DiscordGuildId(1_000);
pub const SUPPORT: ChannelId = ChannelId(2_000);
pub const LOG: ChannelId = ChannelId(2_001);
pub const STAFF_ROLE: RoleId = RoleId(3_000);
pub const BOT: DiscordUserId = DiscordUserId(4_000);
pub const MIRA: DiscordUserId = DiscordUserId(4_001);
pub const PAT: DiscordUserId = DiscordUserId(4_002);

/// How long the nonce protects, as Discord might choose.
pub const WINDOW: Duration = Duration::from_secs(120);

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
    pub archived: bool,
    pub locked: bool,
    pub tags: Vec<String>,
    pub parent: ChannelId,
    pub members: BTreeSet<DiscordUserId>,
}

impl Thread {
    pub fn new(id: ThreadId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            messages: vec![],
            archived: false,
            locked: false,
            tags: vec![],
            parent: SUPPORT,
            members: BTreeSet::new(),
        }
    }

    /// Archived and locked, or neither.
    pub fn shape(&self) -> ThreadShape {
        match (self.archived, self.locked) {
            (true, true) => ThreadShape::Closed,
            (true, false) => ThreadShape::Resting,
            (false, true) => ThreadShape::Awake,
            (false, false) => ThreadShape::Open,
        }
    }
}

#[derive(Debug)]
pub struct State {
    pub threads: Vec<Thread>,
    /// What is in the support channel itself.
    pub channel: Thread,
    /// How many threads may be active.
    pub cap: usize,
    /// Words that no thread may have in its name.
    pub blocked_names: Vec<&'static str>,
    /// A character that is taken out of whatever is posted.
    pub strips: Option<char>,
    /// The bot was thrown out of the guild.
    pub removed: bool,
    pub calls: Vec<String>,
    /// What lies behind each link that holds.
    pub cdn: HashMap<String, Vec<u8>>,
    /// The bot may not read history: pages are empty, and one message is refused.
    pub reads_no_history: bool,
    pub nonces: HashMap<String, (Timestamp, DiscordMessageId)>,
    faults: VecDeque<(&'static str, Fault)>,
    pub staff: Vec<DiscordUserId>,
    /// In which guild a channel is, where that is not the usual one.
    pub homes: Vec<(ChannelId, DiscordGuildId)>,
    /// The roles that every guild has.
    pub roles: Vec<RemoteRole>,
    /// Those that one guild has beside them.
    pub own_roles: Vec<(DiscordGuildId, RemoteRole)>,
    /// Who can say how the bot is to serve any guild, and who takes no messages from it.
    pub hosts: Hosts,
    pub shut: Vec<DiscordUserId>,
    /// Who has which role in other guilds than the usual one.
    pub elsewhere: Vec<(DiscordGuildId, DiscordUserId, RoleId)>,
    last_id: i64,
    pub last_nonce: String,
}

#[derive(Debug)]
pub struct FakeDiscord {
    state: Mutex<State>,
    clock: Arc<ManualClock>,
}

impl FakeDiscord {
    pub fn new(clock: Arc<ManualClock>) -> Arc<Self> {
        let state = State {
            threads: vec![],
            channel: Thread::new(ThreadId(SUPPORT.0), "support"),
            cap: usize::MAX,
            blocked_names: vec![],
            strips: None,
            removed: false,
            calls: vec![],
            cdn: HashMap::new(),
            reads_no_history: false,
            nonces: HashMap::new(),
            faults: VecDeque::new(),
            staff: vec![MIRA],
            homes: vec![],
            roles: vec![],
            own_roles: vec![],
            hosts: Hosts::default(),
            shut: vec![],
            elsewhere: vec![],
            last_id: 0,
            last_nonce: String::new(),
        };
        Arc::new(Self {
            state: Mutex::new(state),
            clock,
        })
    }

    pub fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A channel beside the threads. Discord addresses both alike, and so does this.
    pub fn add_channel(&self, channel: ChannelId) {
        let channel = Thread::new(ThreadId(channel.0), "");
        self.state().threads.push(channel);
    }

    /// A channel is deleted, with all that is in it.
    pub fn remove_channel(&self, channel: ChannelId) {
        let mut state = self.state();
        state.threads.retain(|t| t.id != ThreadId(channel.0));
    }

    /// What stands in a channel, oldest first.
    pub fn posts_in(&self, channel: ChannelId) -> Vec<Posted> {
        self.state().thread(ThreadId(channel.0)).messages.clone()
    }

    /// The next call of this name fails so.
    pub fn fail(&self, call: &'static str, fault: Fault) {
        self.state().faults.push_back((call, fault));
    }

    /// Nothing fails any more.
    pub fn forgive(&self) {
        self.state().faults.clear();
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

    pub async fn act<T: Send>(
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
            if state.removed && call != "is_in" {
                return Err(refused(50001));
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
    /// What of a text is kept.
    pub fn stripped(&self, text: &str) -> String {
        match self.strips {
            Some(gone) => text.replace(gone, ""),
            None => text.to_owned(),
        }
    }

    pub fn next_id(&mut self, now: Timestamp) -> i64 {
        let by_time = (now.millis() - 1_420_070_400_000) << 22;
        self.last_id = by_time.max(self.last_id + 1);
        self.last_id
    }

    pub fn thread(&mut self, id: ThreadId) -> &mut Thread {
        self.threads.iter_mut().find(|t| t.id == id).unwrap()
    }

    pub fn active(&self) -> usize {
        self.threads.iter().filter(|t| !t.archived).count()
    }

    /// The same for what an archived thread does not take.
    pub fn open(&mut self, id: ThreadId) -> Result<&mut Thread, DeliveryError> {
        let thread = self.reachable(id)?;
        match thread.archived {
            true => Err(refused(50083)),
            false => Ok(thread),
        }
    }

    pub fn reachable(&mut self, id: ThreadId) -> Result<&mut Thread, DeliveryError> {
        if id.0 == SUPPORT.0 {
            return Ok(&mut self.channel);
        }
        self.threads
            .iter_mut()
            .find(|t| t.id == id)
            .ok_or(DeliveryError::Gone {
                code: Some(10003),
                reason: "The thread was deleted in Discord.".into(),
            })
    }
}

pub fn refused(code: u32) -> DeliveryError {
    DeliveryError::Permanent {
        code: Some(code),
        reason: format!("Discord refused it ({code})."),
    }
}

pub fn posted(id: DiscordMessageId, channel: ThreadId, post: &Post) -> Posted {
    let content = match post {
        Post::Card(card) => format!("card {}", card.number),
        Post::Words(words) | Post::Files { words, .. } => words.clone(),
        Post::Panel { title, .. } => format!("panel {title}"),
    };
    Posted {
        message: RemoteMessage {
            id,
            channel,
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
    }
}

pub fn unknown_message() -> DeliveryError {
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
