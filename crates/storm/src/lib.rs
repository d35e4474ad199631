//! The proof that the bridge loses nothing: seeds of acts, faults and crashes, and a comparison of
//! both sides at the end.
//!
//! It drives the desk by its steps, over a way to Discord that it holds in hand, in a time of its
//! own; the requests, readings and refusals are the connector's, and Discord is the stand-in's
//! world. No sockets, and nothing that a clock on the wall decides: a seed repeats exactly. A few
//! seeds go over real sockets as well, where they do not.

mod clock;
mod compare;
pub mod crashes;
mod database;
mod in_discord;
mod jobs;
mod ledger;
mod life;
mod model;
mod people;
mod place;
mod sabotage;
mod settle;
mod sockets;
mod town;
mod troubles;
mod weather;
mod wire;

use anyhow::{Context, Result};
pub use database::Source;
use rand::Rng;
pub use sabotage::Sabotage;
use town::Town;

/// How much happens in a seed.
const ACTS: std::ops::Range<u32> = 80..260;

/// What came of a seed.
#[derive(Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What differs between what should be and what is; nothing, if the bridge held.
    pub differences: Vec<String>,
    /// What happened, in order.
    pub trace: Vec<String>,
    /// How often the process died.
    pub crashes: u32,
    /// How many messages people wrote.
    pub messages: usize,
}

/// Storms through one seed.
///
/// # Errors
/// When the storm itself fails: a database that cannot be made, or the desk refusing what it must
/// not refuse.
pub async fn storm(seed: u64, source: &Source, sabotage: Option<Sabotage>) -> Result<Outcome> {
    let mut town = Town::new(seed, source.fresh().await?, sabotage).await?;
    let acts = town.rng.random_range(ACTS);
    let mut happened = Ok(());
    for _ in 0..acts {
        happened = town.happen().await;
        if happened.is_err() {
            break;
        }
    }
    ended(seed, town, happened).await
}

/// Storms through one seed over real sockets, in real time.
///
/// # Errors
/// As [`storm`].
pub async fn storm_over_sockets(seed: u64, source: &Source) -> Result<Outcome> {
    let mut town = Town::over_sockets(seed, source.fresh().await?).await?;
    let acts = town.rng.random_range(ACTS);
    let mut happened = Ok(());
    for _ in 0..acts {
        happened = town.happen_meanwhile().await;
        if happened.is_err() {
            break;
        }
    }
    ended(seed, town, happened).await
}

/// The weather clears, and both sides are compared.
async fn ended(seed: u64, mut town: Town, happened: Result<()>) -> Result<Outcome> {
    let compared = async {
        happened?;
        town.settle().await?;
        compare::differences(&mut town).await
    };
    let differences = match compared.await.context("the storm could not go on") {
        Ok(differences) => differences,
        Err(error) => vec![format!("{error:#}")],
    };
    let outcome = Outcome {
        seed,
        differences,
        trace: town.trace().to_vec(),
        crashes: town.crashes,
        messages: town.model.written.len(),
    };
    town.end().await?;
    Ok(outcome)
}
