//! Several guilds in one house: each with its own staff, customers and secrets, and the few things
//! that tests of more than one guild do.

use crate::discord::*;
use desk::bridge::{RemoteEvent, RemoteMember, RemoteRole};
use desk::clock::ManualClock;
use desk::commands::{Act, Answer, Asked, Does, ForAdmin, ForEveryone, Say, Value, Values};
use desk::files::MemoryFiles;
use desk::options::Setting;
use desk::{
    Db, Desk, DeskError, DiscordProfile, GuildSettings, House, NewTicket, Opened, RequestKey,
    Settings, Staff,
};
use domain::text::{Body, Email, Subject};
use domain::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use test_database::TestDatabase;

/// One guild of the street, by its place in it. The first is the environment's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plot(pub i64);

impl Plot {
    pub fn guild(self) -> DiscordGuildId {
        DiscordGuildId(GUILD.0 + self.0)
    }

    pub fn channel(self) -> ChannelId {
        ChannelId(SUPPORT.0 + 10 * self.0)
    }

    pub fn role(self) -> RoleId {
        RoleId(STAFF_ROLE.0 + self.0)
    }

    /// A role that makes nobody staff yet.
    pub fn helpers(self) -> RoleId {
        RoleId(70 + self.0)
    }

    /// Somebody of the staff here, and nobody elsewhere.
    pub fn staff(self) -> DiscordUserId {
        match self.0 {
            0 => MIRA,
            n => DiscordUserId(5_000 + n),
        }
    }

    /// A customer, from Discord.
    pub fn customer(self) -> DiscordUserId {
        DiscordUserId(6_000 + self.0)
    }

    /// A word that is in everything that is said here, and nowhere else.
    pub fn secret(self) -> String {
        format!("secret{}of{}", 7_000 + self.0, self.0)
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum As {
    Admin,
    Staff,
    Customer,
    Stranger,
}

pub struct Street {
    pub house: House,
    pub discord: Arc<FakeDiscord>,
    pub clock: Arc<ManualClock>,
    pub database: TestDatabase,
    files: Arc<MemoryFiles>,
}

impl Street {
    /// So many guilds, all set up.
    pub async fn of(guilds: i64) -> Self {
        let database = TestDatabase::fresh().await;
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_265_280_000)));
        let discord = FakeDiscord::new(clock.clone());
        let files = Arc::new(MemoryFiles::default());
        let house = open(&database, &discord, &clock, &files).await;
        let street = Self {
            house,
            discord,
            clock,
            database,
            files,
        };
        street.fact(RemoteEvent::Connected).await;
        for plot in (0..guilds).map(Plot) {
            street.arrive(plot).await;
            if plot.0 > 0 {
                street.set_up(plot).await;
            }
        }
        street
    }

    /// The process dies and another opens the same data.
    pub async fn restart(&mut self) {
        self.clock.advance(std::time::Duration::from_secs(96));
        self.house = open(&self.database, &self.discord, &self.clock, &self.files).await;
    }

    pub async fn fact(&self, fact: RemoteEvent) -> desk::bridge::Ingested {
        self.house.ingest(fact).await.unwrap()
    }

    /// Discord says that the guild is there.
    pub async fn arrive(&self, plot: Plot) {
        let own = [(plot.role(), "Staff"), (plot.helpers(), "Helpers")];
        let own = own.map(|(id, name)| {
            let name = format!("{name} of {}", plot.0);
            let manages = false;
            (plot.guild(), RemoteRole { id, name, manages })
        });
        self.discord.state().own_roles.extend(own);
        self.fact(RemoteEvent::GuildReady {
            guild: plot.guild(),
            name: format!("Guild {}", plot.0),
            threads: vec![],
        })
        .await;
    }

    /// An admin decides where tickets go and who answers them.
    pub async fn set_up(&self, plot: Plot) {
        {
            let mut state = self.discord.state();
            state.homes.push((plot.channel(), plot.guild()));
            let role = (plot.guild(), plot.staff(), plot.role());
            state.elsewhere.push(role);
        }
        let channel = format!("<#{}>", plot.channel());
        let role = format!("<@&{}>", plot.role());
        for (setting, value) in [("support_channel", channel), ("staff_role", role)] {
            let values = vec![text("setting", setting), text("value", &value)];
            let config = Does::Admin(ForAdmin::Config);
            let asked = self.asked(plot, As::Admin, config, None, values);
            self.house.interact(&asked).await.unwrap();
        }
    }

    pub fn desk(&self, plot: Plot) -> Desk {
        self.house.of_guild(plot.guild()).unwrap()
    }

    pub async fn staff(&self, plot: Plot) -> Staff {
        let profile = DiscordProfile {
            user: plot.staff(),
            name: format!("Staff of {}", plot.0),
            avatar: None,
        };
        let person = self.house.sign_in(profile).await.unwrap();
        self.desk(plot).staff(person).await.unwrap()
    }

    /// A ticket from the web, with this guild's secret in it.
    pub async fn file(&self, plot: Plot) -> Opened {
        let secret = plot.secret();
        let new = NewTicket {
            email: Email::parse(&format!("{secret}@example.com")).unwrap(),
            subject: Subject::parse(&format!("Late {secret}")).unwrap(),
            category: "question".into(),
            body: Body::parse(&format!("Where is {secret}?")).unwrap(),
            files: vec![],
        };
        let key = RequestKey::parse(&RequestKey::fresh());
        self.desk(plot).open_ticket(new, key).await.unwrap()
    }

    /// A ticket of the guild's customer, filed in Discord.
    pub async fn file_in_discord(&self, plot: Plot) {
        let values = vec![
            text("category", "question"),
            text(
                "text",
                &format!("In Discord, too, it is {}.", plot.secret()),
            ),
        ];
        let panel = format!("<#{}>", plot.channel());
        let panel = vec![text("setting", "panel_channel"), text("value", &panel)];
        let config = Does::Admin(ForAdmin::Config);
        let panel = self.asked(plot, As::Admin, config, None, panel);
        self.says(&panel).await.unwrap();
        let form = Does::Everyone(ForEveryone::File);
        let asked = self.asked(plot, As::Customer, form, None, values);
        self.house.interact(&asked).await.unwrap();
    }

    pub fn asked(
        &self,
        plot: Plot,
        who: As,
        does: Does,
        ticket: Option<TicketId>,
        values: Vec<(String, Value)>,
    ) -> Asked {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let user = match who {
            As::Admin => DiscordUserId(8_000 + plot.0),
            As::Staff => plot.staff(),
            As::Customer => plot.customer(),
            As::Stranger => DiscordUserId(9_000 + plot.0),
        };
        Asked {
            secret: format!("street {}", NEXT.fetch_add(1, Ordering::Relaxed)),
            guild: plot.guild(),
            channel: ThreadId(1),
            in_thread: false,
            member: RemoteMember {
                user,
                name: format!("{who:?} of {}", plot.0),
                avatar: None,
                roles: match who {
                    As::Staff => vec![plot.role()],
                    _ => vec![],
                },
                bot: false,
            },
            manages_guild: who == As::Admin,
            act: Act {
                does,
                ticket,
                values: values.into_iter().collect::<Values>(),
                takes: &[],
            },
        }
    }

    pub async fn says(&self, asked: &Asked) -> Result<Say, DeskError> {
        match self.house.interact(asked).await? {
            Answer::Say(say) => Ok(say),
            other => panic!("no words: {other:?}"),
        }
    }

    /// Keeps the promises of one guild until none is due.
    pub async fn settle(&self, plot: Plot) {
        let desk = self.desk(plot);
        for _ in 0..100 {
            while desk.outbox_step().await.unwrap() != desk::bridge::Step::Idle {}
            if desk.health().await.unwrap().outbox_waiting == 0 {
                desk.catch_up_step().await;
                return;
            }
            self.clock.advance(std::time::Duration::from_millis(250));
        }
        panic!("the outbox of {plot:?} does not run dry");
    }
}

pub fn text(name: &str, value: &str) -> (String, Value) {
    (name.into(), Value::Text(value.into()))
}

async fn open(
    database: &TestDatabase,
    discord: &Arc<FakeDiscord>,
    clock: &Arc<ManualClock>,
    files: &Arc<MemoryFiles>,
) -> House {
    let db = Db::connect(database.url()).await.unwrap();
    let first = Plot(0);
    let settings = Settings {
        public_url: "https://help.example.com".into(),
        guild: GuildSettings {
            discord_id: first.guild(),
            support_channel: first.channel(),
            staff_role: first.role(),
            note_prefix: "//".into(),
            notes: NotesInDiscord::Prefix,
            thread_kind: ThreadKind::Private,
            thread_budget: 950,
            log_channel: None,
        },
        given: vec![Setting::SupportChannel, Setting::StaffRole],
        files: FileLimits::default(),
    };
    let (clock, discord, files) = (clock.clone(), discord.clone(), files.clone());
    House::open(db, clock, discord, files, settings)
        .await
        .unwrap()
}
