//! How a process begins on the data of the one before it, and how it dies.

use crate::sabotage::Sabotage;
use crate::town::Town;
use crate::wire::End;
use anyhow::{Result, bail};
use connector::SerenityPort;
use desk::bridge::DiscordPort;
use desk::clock::SystemClock;
use desk::options::Setting;
use desk::{Desk, DiscordProfile, GuildSettings, House, Settings};
use domain::{
    ChannelId, DiscordGuildId, DiscordMessageId, DiscordUserId, FileLimits, RoleId, ThreadId,
};
use rand::Rng;
use std::sync::Arc;
use std::time::Duration;

/// How often staff try to sign in before they complain.
const SIGN_INS: u32 = 40;

impl Town {
    /// A process begins: the database is opened, the bot connects, staff sign in.
    pub async fn boot(&mut self) -> Result<()> {
        let db = self.database.open().await?;
        if self.crashes > 0
            && let Some(change) = self.sabotage.and_then(Sabotage::at_restart)
        {
            use sea_orm::ConnectionTrait;
            db.for_migrations().execute_unprepared(change).await?;
        }
        let seeded = self.discord.settings();
        let settings = Settings {
            public_url: "https://help.example.com".to_owned(),
            guild: GuildSettings {
                discord_id: DiscordGuildId::from(seeded.guild_id),
                support_channel: ChannelId::from(self.place.channel),
                staff_role: RoleId::from(seeded.staff_role_id),
                log_channel: None,
                note_prefix: "//".to_owned(),
                notes: self
                    .sabotage
                    .map_or(self.place.notes, |way| way.notes(self.place.notes)),
                thread_kind: self.place.kind,
                thread_budget: self.place.budget(),
            },
            given: Setting::variables().collect(),
            files: FileLimits::default(),
        };
        if let Some(sockets) = &self.sockets {
            let port = SerenityPort::new(&sockets.config()?)?;
            let files = self.files.clone();
            let clock = Arc::new(SystemClock);
            let house = House::open(db.clone(), clock, Arc::new(port), files, settings).await?;
            (self.db, self.desk) = (Some(db), Some(house.first()));
            self.sign_in().await?;
            if let Some(sockets) = &mut self.sockets {
                sockets.run(&house)?;
            }
            return Ok(());
        }
        let port = Arc::new(SerenityPort::carried(End(self.wire.clone())));
        // Who we are is asked once, and whoever needs it meanwhile waits: no two jobs may meet there.
        let asked = {
            let port = port.clone();
            async move {
                port.message(ThreadId(1), DiscordMessageId(1))
                    .await
                    .is_err()
            }
        };
        self.whole(asked).await;
        let desk = Desk::open(
            db.clone(),
            self.clock.clone(),
            port,
            self.files.clone(),
            settings,
        )
        .await?;
        (self.db, self.desk) = (Some(db), Some(desk));
        self.sign_in().await?;
        self.connect();
        Ok(())
    }

    /// Staff sign in, on the web.
    async fn sign_in(&mut self) -> Result<()> {
        self.staff.clear();
        let people = self.staff_people();
        for person in people {
            let profile = DiscordProfile {
                user: DiscordUserId::from(person.id),
                name: person.name.clone(),
                avatar: None,
            };
            let desk = self.desk();
            let signed_in = async move {
                let mut tries = 0;
                loop {
                    // Whether somebody is staff is asked of Discord, which may not answer at once.
                    let person = desk.sign_in(profile.clone()).await?;
                    tries += 1;
                    match desk.staff(person).await {
                        Err(_) if tries < SIGN_INS => {
                            tokio::time::sleep(Duration::from_millis(50)).await;
                        }
                        staff => return staff,
                    }
                }
            };
            match self.whole(signed_in).await {
                Some(staff) => self.staff.push(staff?),
                None => bail!("nobody crashes while staff sign in"),
            }
        }
        Ok(())
    }

    /// The process dies and another begins on the same data.
    pub async fn crash(&mut self) -> Result<()> {
        self.clock.live();
        self.crashes += 1;
        self.note("CRASH");
        // A dead process drops everything at once.
        if let Some(sockets) = &mut self.sockets {
            sockets.die().await;
        }
        self.jobs.clear();
        self.wire.forget_all();
        self.disconnect();
        self.staff.clear();
        self.desk = None;
        if let Some(db) = self.db.take() {
            db.close().await?;
        }
        // Leases of the dead run out on a server with several processes; a file's end at once.
        let down = if self.chance(20) { 150_000 } else { 31_000 };
        let down = self.rng.random_range(0..down);
        self.clock.advance(down);
        Ok(())
    }

    /// It is over: nothing is left open.
    pub async fn end(mut self) -> Result<()> {
        if let Some(sockets) = &mut self.sockets {
            sockets.die().await;
        }
        self.jobs.clear();
        self.desk = None;
        if let Some(db) = self.db.take() {
            db.close().await?;
        }
        Ok(())
    }

    /// And begins again.
    pub async fn restart(&mut self) -> Result<()> {
        self.boot().await?;
        self.note("restarted");
        Ok(())
    }
}
