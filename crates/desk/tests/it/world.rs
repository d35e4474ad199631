//! A desk to test: fresh database, clock, Discord, and the few things that every test does.

use crate::discord::*;
use desk::bridge::{RemoteEvent, RemoteMessage, Step};
use desk::clock::ManualClock;
use desk::files::MemoryFiles;
use desk::options::Setting;
use desk::{
    Admin, Db, Desk, DeskError, DiscordProfile, GuildSettings, NewTicket, Opened, RequestKey,
    Settings, Staff,
};
use domain::text::{Body, Email, Subject};
use domain::view::ConversationView;
use domain::*;
use std::sync::Arc;
use std::time::Duration;
use test_database::TestDatabase;

pub struct World {
    pub desk: Desk,
    pub discord: Arc<FakeDiscord>,
    pub clock: Arc<ManualClock>,
    pub files: Arc<MemoryFiles>,
    database: TestDatabase,
    home: GuildSettings,
}

impl World {
    pub async fn new() -> Self {
        Self::of(|_| ()).await
    }

    /// With a log channel.
    pub async fn with_log() -> Self {
        Self::of(|home| home.log_channel = Some(LOG)).await
    }

    /// With a guild that wants something else than most.
    pub async fn of(wish: impl FnOnce(&mut GuildSettings)) -> Self {
        let mut home = usual();
        wish(&mut home);
        let database = TestDatabase::fresh().await;
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_265_280_000)));
        let discord = FakeDiscord::new(clock.clone());
        let files = Arc::new(MemoryFiles::default());
        if let Some(channel) = home.log_channel {
            discord.add_channel(channel);
        }
        let desk = open(&database, &discord, &clock, &files, &home).await;
        connect(&desk).await;
        Self {
            desk,
            discord,
            clock,
            files,
            database,
            home,
        }
    }

    /// The process dies and another opens the same data. Leases of the dead end by themselves.
    pub async fn restart(&mut self) {
        self.clock.advance(Duration::from_secs(96));
        self.desk = self.opened().await;
    }

    /// The same, with other settings than before.
    pub async fn restart_as(&mut self, wish: impl FnOnce(&mut GuildSettings)) {
        wish(&mut self.home);
        self.restart().await;
    }

    async fn opened(&self) -> Desk {
        open(
            &self.database,
            &self.discord,
            &self.clock,
            &self.files,
            &self.home,
        )
        .await
    }

    /// Another process opens the same data over these connections.
    pub async fn open_over(&self, db: Db) -> Result<Desk, DeskError> {
        let home = settings(&self.home);
        open_over(db, &self.discord, &self.clock, &self.files, home).await
    }

    /// The database's address.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// A session with Discord begins, and what was missed is read.
    pub async fn reconnect(&self) {
        connect(&self.desk).await;
    }

    /// Keeps promises until none is due, however long they were put off, and reads new threads.
    pub async fn settle(&self) {
        for _ in 0..200 {
            if self.desk.outbox_step().await.unwrap() != Step::Idle {
                continue;
            }
            if self.desk.health().await.unwrap().outbox_waiting == 0 {
                self.desk.catch_up_step().await;
                if self.desk.outbox_step().await.unwrap() == Step::Idle {
                    return;
                }
                continue;
            }
            self.clock.advance(Duration::from_millis(250));
        }
        panic!("the outbox does not run dry");
    }

    pub async fn file(&self, subject: &str, body: &str) -> Opened {
        let key = RequestKey::parse(&RequestKey::fresh());
        self.desk
            .open_ticket(new_ticket(subject, body), key)
            .await
            .unwrap()
    }

    /// A ticket whose thread, card and first message are in Discord.
    pub async fn filed(&self) -> (Opened, ThreadId) {
        let opened = self.file("Late parcel", "Where is it?").await;
        self.settle().await;
        let thread = self.discord.state().threads.last().unwrap().id;
        (opened, thread)
    }

    pub async fn mira(&self) -> Staff {
        let profile = DiscordProfile {
            user: MIRA,
            name: "Mira Okafor".into(),
            avatar: None,
        };
        let person = self.desk.sign_in(profile).await.unwrap();
        self.desk.staff(person).await.unwrap()
    }

    /// Staff write a note on the first ticket, on the web.
    pub async fn note(&self, text: &str) {
        let mira = self.mira().await;
        let noted = self.desk.add_note(&mira, 1, body(text), None);
        noted.await.unwrap();
    }

    /// Mira, as whose the guild is.
    pub async fn manager(&self) -> Admin {
        self.discord.state().hosts.owner = Some(MIRA);
        self.desk.admin_of(&self.mira().await).await.unwrap()
    }

    pub async fn seen_by_customer(&self, opened: &Opened) -> ConversationView {
        self.desk.held_ticket(&opened.token).await.unwrap().2
    }

    pub async fn bodies(&self, opened: &Opened) -> Vec<String> {
        let seen = self.seen_by_customer(opened).await;
        seen.messages.into_iter().map(|m| m.body).collect()
    }

    pub async fn hear(&self, message: &RemoteMessage) -> desk::bridge::Ingested {
        self.desk
            .ingest(RemoteEvent::Posted(message.clone()))
            .await
            .unwrap()
    }
}

async fn connect(desk: &Desk) {
    desk.ingest(RemoteEvent::Connected).await.unwrap();
    desk.ingest(RemoteEvent::GuildReady {
        guild: GUILD,
        name: "Harbor Games".into(),
        threads: vec![],
    })
    .await
    .unwrap();
    assert!(desk.catch_up_step().await);
}

fn usual() -> GuildSettings {
    GuildSettings {
        discord_id: GUILD,
        support_channel: SUPPORT,
        staff_role: STAFF_ROLE,
        note_prefix: "//".into(),
        notes: NotesInDiscord::Prefix,
        thread_kind: ThreadKind::Private,
        thread_budget: 950,
        log_channel: None,
    }
}

async fn open(
    database: &TestDatabase,
    discord: &Arc<FakeDiscord>,
    clock: &Arc<ManualClock>,
    files: &Arc<MemoryFiles>,
    home: &GuildSettings,
) -> Desk {
    let db = Db::connect(database.url()).await.unwrap();
    open_over(db, discord, clock, files, settings(home))
        .await
        .unwrap()
}

fn settings(home: &GuildSettings) -> Settings {
    Settings {
        public_url: "https://help.example.com".into(),
        guild: home.clone(),
        given: Setting::variables().collect(),
        files: FileLimits {
            max_bytes: 12 << 20,
            ..FileLimits::default()
        },
    }
}

async fn open_over(
    db: Db,
    discord: &Arc<FakeDiscord>,
    clock: &Arc<ManualClock>,
    files: &Arc<MemoryFiles>,
    settings: Settings,
) -> Result<Desk, DeskError> {
    let (clock, discord, files) = (clock.clone(), discord.clone(), files.clone());
    Desk::open(db, clock, discord, files, settings).await
}

pub fn new_ticket(subject: &str, body: &str) -> NewTicket {
    NewTicket {
        email: Email::parse("jane@example.com").unwrap(),
        subject: Subject::parse(subject).unwrap(),
        category: "question".into(),
        body: Body::parse(body).unwrap(),
        files: vec![],
    }
}

pub fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}
