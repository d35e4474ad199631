//! The storm as a test: seeds that must hold, and mistakes that must be found.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::sync::atomic::{AtomicU64, Ordering};
use storm::{Sabotage, Source, storm};

/// Storms through seeds on every core and returns the first that differs.
fn first_difference(seeds: u64, sabotage: Option<Sabotage>) -> Option<String> {
    let next = AtomicU64::new(1);
    let found = std::sync::Mutex::new(None);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                let source = runtime.block_on(Source::new()).unwrap();
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed > seeds || found.lock().unwrap().is_some() {
                        return;
                    }
                    let outcome = runtime.block_on(storm(seed, &source, sabotage)).unwrap();
                    if !outcome.differences.is_empty() {
                        let told = format!(
                            "seed {seed}: {}\n{}",
                            outcome.differences.join("\n"),
                            outcome.trace.join("\n")
                        );
                        found.lock().unwrap().get_or_insert(told);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn the_bridge_holds_in_every_seed() {
    let on_postgres = std::env::var("TEST_DATABASE").as_deref() == Ok("postgres");
    let seeds = if on_postgres { 50 } else { 200 };
    if let Some(difference) = first_difference(seeds, None) {
        panic!("{difference}");
    }
}

#[test]
fn a_seed_repeats_exactly() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let once = || {
        runtime.block_on(async {
            let source = Source::new().await.unwrap();
            storm(7, &source, None).await.unwrap().trace
        })
    };
    assert_eq!(once(), once());
}

/// Files that were deleted before they were fetched were asked for without end.
#[test]
fn a_seed_that_once_differed_holds() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(async {
        let source = Source::new().await.unwrap();
        storm(30_050, &source, None).await.unwrap()
    });
    assert_eq!(outcome.differences, [""; 0]);
}

#[test]
fn mistakes_are_found() {
    // All of them: `cargo xtask storm --sabotage`.
    for way in [
        Sabotage::NoUniqueKey,
        Sabotage::LostIsDone,
        Sabotage::IgnoreEdits,
    ] {
        assert!(first_difference(100, Some(way)).is_some(), "{way:?}");
    }
}
