//! Where a seed's tickets live in Discord: in what kind of thread, under which channel, how many of
//! them may be active, and what makes a note of what staff write there.
//!
//! It sets the place up as an admin would, before the first process begins.

use anyhow::{Context, Result, bail};
use discord_stand_in::InProcess;
use domain::{NotesInDiscord, Priority, Status, ThreadKind};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

/// What one seed's guild is like.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// What a ticket becomes.
    pub kind: ThreadKind,
    /// What makes a note of a message in a thread.
    pub notes: NotesInDiscord,
    /// The channel that has the threads.
    pub channel: u64,
    /// There is not room for every ticket's thread.
    pub crowd: Option<Crowd>,
}

/// How many threads may be active.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// More than these the desk archives.
    pub budget: usize,
    /// More than these Discord does not take.
    pub most: usize,
}

/// So many threads may be active where nobody counts them.
const ROOMY: usize = 950;

impl Place {
    /// Sets one up.
    pub fn found(rng: &mut StdRng, discord: &InProcess) -> Result<Self> {
        let kind = ThreadKind::ALL[rng.random_range(0..ThreadKind::ALL.len())];
        let notes = match rng.random_ratio(1, 4) {
            true => NotesInDiscord::ReplyCommand,
            false => NotesInDiscord::Prefix,
        };
        let crowd = rng.random_ratio(1, 3).then(|| {
            let budget = rng.random_range(1..4);
            // Discord may count threads that the desk does not know of.
            let most = rng.random_range(budget..budget + 3).max(2);
            Crowd { budget, most }
        });
        if let Some(crowd) = crowd {
            let order = json!({"do": "switches", "set": {"active_threads": crowd.most}});
            if let Err(why) = discord.order(&order) {
                bail!("no crowd: {why}");
            }
        }
        let channel = match kind {
            ThreadKind::Private | ThreadKind::Public => discord.settings().support_channel_id,
            ThreadKind::Forum => forum(discord)?,
        };
        Ok(Self {
            kind,
            notes,
            channel,
            crowd,
        })
    }

    /// How many active threads the desk is told to leave.
    pub fn budget(&self) -> usize {
        self.crowd.map_or(ROOMY, |crowd| crowd.budget)
    }

    /// Whether what staff write in a thread is a note without saying so.
    pub fn only_notes(&self) -> bool {
        self.notes == NotesInDiscord::ReplyCommand
    }
}

/// An admin makes a forum with a tag for every state and every priority, and one of their own.
fn forum(discord: &InProcess) -> Result<u64> {
    let seeded = discord.settings();
    let admin = seeded.people.iter().find(|person| person.staff);
    let admin = admin.context("a guild without staff")?;
    let states = Status::ALL.map(Status::words);
    let priorities = Priority::ALL.map(Priority::words);
    let names = states.into_iter().chain(priorities).chain(["bug"]);
    let tags: Vec<Value> = names.map(|name| json!({ "name": name })).collect();
    let body = json!({"name": "tickets", "type": 15, "available_tags": tags});
    let path = format!("/guilds/{}/channels", seeded.guild_id);
    let (status, made) = discord.ask(&admin.token, "POST", &path, &[], &body, Vec::new());
    let id = made["id"].as_str().and_then(|id| id.parse().ok());
    id.with_context(|| format!("no forum was made: {status}"))
}
