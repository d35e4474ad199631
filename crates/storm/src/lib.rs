//! The proof that the bridge loses nothing: seeds of acts, faults and crashes, and a comparison of
//! both sides at the end.
//!
//! It drives the desk by its steps, over a way to Discord that it holds in hand, in a time of its
//! own; the requests, readings and refusals are the connector's, and Discord is the stand-in's
//! world. No sockets, and nothing that a clock on the wall decides: a seed repeats exactly.

mod clock;
mod compare;
pub mod crashes;
mod database;
mod model;
mod people;
mod sabotage;
mod settle;
mod town;
mod troubles;
mod weather;
mod wire;

use anyhow::{Context, Result};
pub use database::Source;
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
    use rand::Rng;
    let database = source.fresh().await?;
    let mut town = Town::new(seed, database, sabotage).await?;
    let acts = town.rng.random_range(ACTS);
    let mut result = Ok(());
    for _ in 0..acts {
        result = town.happen().await;
        if result.is_err() {
            break;
        }
    }
    let compared = async {
        result?;
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
