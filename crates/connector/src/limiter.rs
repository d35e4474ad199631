//! Waiting for Discord's rate limits without losing track of what was sent.
//!
//! serenity's limiter sleeps inside a call for as long as Discord asks, which can be minutes. A
//! sleeping call was surely not made, so it need not be waited for: it is ended, the pause is
//! handed on whole, and until it is over calls for the same bucket are not even begun. Short
//! sleeps are left alone. It knows no request, only how calls end.

use serenity::http::{HttpBuilder, RatelimitInfo, Ratelimiter, RatelimitingBucket};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::{Duration, Instant};

/// A pause no longer than this is slept through where it arises.
const SHORT: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// What the limiter said about the call that is being polled.
    static CALL: Arc<Told>;
}

/// The limiter's last word about one call.
#[derive(Default)]
struct Told(Mutex<Option<Pause>>);

#[derive(Clone, Copy)]
struct Pause {
    until: Instant,
    whole: Duration,
    global: bool,
}

impl Told {
    fn pause(&self) -> MutexGuard<'_, Option<Pause>> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The pause that is too long to be slept through.
    fn too_long(&self) -> Option<Pause> {
        self.pause().filter(|pause| pause.whole > SHORT)
    }

    /// The pause that is being slept through.
    fn asleep(&self) -> Option<Pause> {
        self.pause().filter(|pause| pause.until > Instant::now())
    }
}

/// How a call ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended<T> {
    /// With an answer, good or bad.
    Answered(T),
    /// It was not made, and must not be before this long from now.
    Held {
        /// How long.
        after: Duration,
        /// Every call must wait, not only those of its bucket.
        global: bool,
    },
    /// Nobody knows whether it was made.
    Unanswered,
}

/// With a limiter that tells [`within`] when it sleeps.
pub(super) fn observed(builder: HttpBuilder, client: reqwest::Client, token: &str) -> HttpBuilder {
    let token = token.trim();
    let mut limiter = Ratelimiter::new(client, format!("Bot {}", token.trim_start_matches("Bot ")));
    limiter.set_ratelimit_callback(Box::new(|info| sleeps(&info)));
    builder.ratelimiter(limiter)
}

fn sleeps(info: &RatelimitInfo) {
    // Called by the limiter in the task of the call, just before it sleeps.
    let _ = CALL.try_with(|told| {
        *told.pause() = Some(Pause {
            until: Instant::now() + info.timeout,
            whole: info.timeout,
            global: info.global,
        });
    });
}

/// Makes a call, for at most `limit`.
pub(super) async fn within<F: Future>(limit: Duration, call: F) -> Ended<F::Output> {
    let told = Arc::new(Told::default());
    let call = CALL.scope(told.clone(), call);
    tokio::pin!(call);
    tokio::select! {
        biased;
        answer = &mut call => Ended::Answered(answer),
        // Looked at each time after the call was polled, which is when this can change.
        pause = poll_fn(|_| told.too_long().map_or(Poll::Pending, Poll::Ready)) => held(pause),
        () = tokio::time::sleep(limit) => match told.asleep() {
            Some(pause) => held(pause),
            None => Ended::Unanswered,
        },
    }
}

fn held<T>(pause: Pause) -> Ended<T> {
    Ended::Held {
        after: pause.until.saturating_duration_since(Instant::now()),
        global: pause.global,
    }
}

/// Remembers which buckets must rest, so that calls for them are not begun in vain.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Closed>);

#[derive(Debug, Default)]
struct Closed {
    all: Option<Instant>,
    buckets: HashMap<RatelimitingBucket, Instant>,
}

impl Gate {
    /// How long calls for `bucket` must still wait, and whether all others must too.
    pub(super) fn closed(&self, bucket: &RatelimitingBucket) -> Option<(Duration, bool)> {
        let closed = self.lock();
        let now = Instant::now();
        let left =
            |until: &Instant| Some(until.saturating_duration_since(now)).filter(|d| !d.is_zero());
        let all = closed.all.as_ref().and_then(left).map(|left| (left, true));
        all.or_else(|| {
            closed
                .buckets
                .get(bucket)
                .and_then(left)
                .map(|left| (left, false))
        })
    }

    /// Keeps calls for `bucket`, or all calls, waiting for `pause`.
    pub(super) fn close(&self, bucket: RatelimitingBucket, pause: Duration, global: bool) {
        let mut closed = self.lock();
        let now = Instant::now();
        closed.buckets.retain(|_, until| *until > now);
        if global {
            closed.all = Some(now + pause);
        } else {
            closed.buckets.insert(bucket, now + pause);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Closed> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serenity::all::ChannelId;
    use serenity::http::Route;

    fn pause(whole: Duration) {
        let _ = CALL.try_with(|told| {
            *told.pause() = Some(Pause {
                until: Instant::now() + whole,
                whole,
                global: false,
            });
        });
    }

    async fn sleeping(whole: Duration) {
        pause(whole);
        // house-rule: this is the limiter that sleeps, not the test.
        tokio::time::sleep(whole).await;
    }

    #[tokio::test]
    async fn a_long_pause_ends_the_call_at_once_and_is_handed_on_whole() {
        let asked = Duration::from_secs(219);
        let began = tokio::time::Instant::now();
        let ended = within(Duration::from_secs(20), sleeping(asked)).await;
        let Ended::Held {
            after,
            global: false,
        } = ended
        else {
            panic!("{ended:?}");
        };
        assert!(after > asked - Duration::from_secs(1));
        assert!(began.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_short_pause_is_slept_through() {
        let ended = within(Duration::from_secs(20), sleeping(Duration::from_millis(30))).await;
        assert_eq!(ended, Ended::Answered(()));
    }

    #[tokio::test]
    async fn silence_leaves_doubt() {
        let ended = within(Duration::from_millis(20), std::future::pending::<()>()).await;
        assert_eq!(ended, Ended::Unanswered);
    }

    #[tokio::test]
    async fn a_call_cut_off_while_it_sleeps_was_not_made() {
        let ended = within(Duration::from_millis(20), sleeping(Duration::from_secs(3))).await;
        assert!(
            matches!(ended, Ended::Held { global: false, .. }),
            "{ended:?}"
        );
    }

    #[test]
    fn the_gate_closes_for_one_bucket_or_for_all() {
        let bucket = |id| {
            Route::Channel {
                channel_id: ChannelId::new(id),
            }
            .ratelimiting_bucket()
        };
        let gate = Gate::default();
        assert_eq!(gate.closed(&bucket(1)), None);
        gate.close(bucket(1), Duration::from_secs(60), false);
        assert!(matches!(gate.closed(&bucket(1)), Some((_, false))));
        assert_eq!(gate.closed(&bucket(2)), None);
        gate.close(bucket(3), Duration::from_secs(60), true);
        assert!(matches!(gate.closed(&bucket(2)), Some((_, true))));
        gate.close(bucket(4), Duration::ZERO, true);
        assert_eq!(gate.closed(&bucket(4)), None);
    }
}
