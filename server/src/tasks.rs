//! What runs beside requests: keeping promises to Discord, forgetting old sessions and files that
//! nobody sent, folding the database's log back into its file.
//!
//! It starts, watches and ends these tasks; what they do is the desk's.

use desk::House;
use futures::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often what expired is forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often SQLite's log is folded back: often enough that it stays small under load, and nothing
/// where nobody wrote.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// How long a task that panicked rests before it begins anew.
const REST: Duration = Duration::from_secs(1);

/// Starts them all; they end when `stop` is cancelled.
pub(crate) fn start(house: &House, stop: &CancellationToken, tracker: &TaskTracker) {
    let (outbox, sweeper, log) = (house.clone(), house.clone(), house.clone());
    let (a, b, c) = (stop.clone(), stop.clone(), stop.clone());
    tracker.spawn(keep_alive("outbox", stop.clone(), move || {
        let (house, stop) = (outbox.clone(), a.clone());
        async move { house.run_bridges(stop.cancelled_owned()).await }
    }));
    tracker.spawn(keep_alive("sweeper", stop.clone(), move || {
        sweep(sweeper.clone(), b.clone())
    }));
    tracker.spawn(keep_alive("checkpoint", stop.clone(), move || {
        checkpoint(log.clone(), c.clone())
    }));
}

/// Runs a task again after a panic: one bad row must not end all deliveries until a restart.
async fn keep_alive<F, Work>(name: &'static str, stop: CancellationToken, work: F)
where
    F: Fn() -> Work,
    Work: Future<Output = ()>,
{
    loop {
        let ended = AssertUnwindSafe(work()).catch_unwind().await;
        if stop.is_cancelled() {
            return;
        }
        match ended {
            Ok(()) => tracing::error!(task = name, "A task ended although nobody stopped it"),
            Err(_) => tracing::error!(task = name, "A task panicked and begins anew"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(REST) => {}
        }
    }
}

/// Otherwise whoever writes when the log is full waits for it, and everybody behind them.
async fn checkpoint(house: House, stop: CancellationToken) {
    let mut tick = tokio::time::interval(CHECKPOINT_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = house.checkpoint().await {
            tracing::warn!(%error, "The database's log could not be folded back yet");
        }
    }
}

async fn sweep(house: House, stop: CancellationToken) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        match house.sessions_sweep().await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "Expired sessions were forgotten"),
            Err(error) => tracing::warn!(%error, "Expired sessions could not be forgotten"),
        }
        match house.sweep_files().await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "Files that nobody sent were forgotten"),
            Err(error) => tracing::warn!(%error, "Files that nobody sent could not be forgotten"),
        }
    }
}
