//! Says what every thread was doing when a test does not end, before the runner ends it.
//!
//! A test that waits in vain says so itself; this is for what hangs so hard that no clock of the
//! runtime ticks any more. It reads Linux's own account of the process, and knows no test.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::sync::Once;
use std::thread;
use std::time::Duration;

/// Later than any test ends, and before the runner's patience does (`.config/nextest.toml`).
const AFTER: Duration = Duration::from_secs(270);

/// Begins to watch, once per process.
pub fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // It ends with the process; where no thread can be had, nothing is lost but its words.
        let _ = thread::Builder::new().name("witness".to_owned()).spawn(|| {
            // house-rule: the whole of its work is to wait; no test waits for it.
            thread::sleep(AFTER);
            // Not by the macros: what they print is kept until a test ends.
            let _ = std::io::stderr().write_all(threads().as_bytes());
        });
    });
}

/// Each thread's name, whether it runs or waits, how long it ran, and in what it waits.
fn threads() -> String {
    let mut all = String::from("After 270 s this process is not done. Its threads:\n");
    for task in fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
        let status = read("status");
        let line = |key: &str| {
            let found = status.lines().find_map(|line| line.strip_prefix(key));
            found.unwrap_or("?").trim().to_owned()
        };
        let _ = writeln!(
            all,
            "{} {}: state {}, switches {}, ran {}, in {} ({})",
            line("Pid:"),
            line("Name:"),
            line("State:"),
            line("voluntary_ctxt_switches:"),
            read("schedstat").trim(),
            read("wchan"),
            read("syscall").split(' ').next().unwrap_or_default(),
        );
    }
    all
}

#[test]
fn every_thread_is_named_with_what_it_does() {
    let (tell, told) = std::sync::mpsc::channel::<()>();
    let (here, is_here) = std::sync::mpsc::channel();
    let waits = thread::Builder::new().name("waits".to_owned());
    let work = move || {
        here.send(()).unwrap();
        told.recv()
    };
    let waits = waits.spawn(work).unwrap();
    is_here.recv().unwrap();
    let all = threads();
    assert!(
        all.lines().any(|line| line.contains(" waits: state ")),
        "{all}"
    );
    drop(tell);
    assert!(waits.join().unwrap().is_err());
}
