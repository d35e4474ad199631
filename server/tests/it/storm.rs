//! A few seeds of the storm through serenity, TLS and sockets. Thousands without are
//! `cargo xtask storm`; what a seed is, is the affair of `crates/storm`.

use futures::StreamExt;
use storm::{Source, storm_over_sockets};

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_over_real_sockets_is_the_same_on_both_sides() {
    let source = Source::new().await.unwrap();
    let storms = (1..=4).map(|seed| storm_over_sockets(seed, &source));
    let outcomes: Vec<_> = futures::stream::iter(storms)
        .buffer_unordered(4)
        .collect()
        .await;
    for outcome in outcomes {
        let outcome = outcome.unwrap();
        let trace = outcome.trace.join("\n");
        assert_eq!(
            outcome.differences, [""; 0],
            "seed {}\n{trace}",
            outcome.seed
        );
    }
}
