//! Children and signals: starts programs, waits for them, and sees that none outlives xtask.
//!
//! Each child leads a process group of its own, so that stopping it stops its helpers too, and
//! Ctrl-C reaches xtask alone, which passes it on in its own words. On Linux the kernel also stops
//! the child when xtask is killed outright. It refuses to know what the programs do.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::workspace;

/// How long a child may take to stop before it is killed.
const GRACE: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(50);

static STOP: AtomicBool = AtomicBool::new(false);
/// The groups that live now, each with the signal that asks it to stop.
static LIVE: Mutex<Vec<(Pid, Signal)>> = Mutex::new(Vec::new());

/// Whether somebody asked xtask to stop.
pub fn stop_asked() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// Makes Ctrl-C, SIGTERM and SIGHUP stop every child; asked twice, kills them.
pub fn listen_for_signals() -> Result<()> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            signal_all(Some(Signal::SIGKILL));
            return;
        }
        signal_all(None);
        thread::spawn(|| {
            thread::sleep(GRACE);
            signal_all(Some(Signal::SIGKILL));
        });
    })
    .context("cannot listen for signals")
}

fn signal_all(other: Option<Signal>) {
    for (group, gentle) in LIVE.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        // A group that is gone already needs no signal.
        let _ = killpg(*group, other.unwrap_or(*gentle));
    }
}

/// Where a child's words go.
pub enum Output {
    /// To xtask's own output.
    Ours,
    /// To this file.
    File(File),
    /// To whoever reads the pipes.
    Piped,
}

/// A running child with all that it starts; dropping it stops it.
pub struct Group {
    name: String,
    child: Child,
    id: Pid,
    gentle: Signal,
}

impl Group {
    /// Starts a program in a group of its own. `gentle` is the signal that asks it to stop.
    pub fn start(name: &str, command: Command, gentle: Signal, output: Output) -> Result<Self> {
        if stop_asked() {
            bail!("stopped");
        }
        let mut command = tied_to_us(command, gentle);
        command.stdin(Stdio::null());
        match output {
            Output::Ours => {}
            Output::Piped => {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
            }
            Output::File(file) => {
                command
                    .stdout(file.try_clone().context("cannot share a log file")?)
                    .stderr(file);
            }
        }
        let child = command.process_group(0).spawn();
        let child =
            child.with_context(|| format!("cannot start {name} ({:?})", command.get_program()))?;
        let id = Pid::from_raw(
            i32::try_from(child.id()).context("a process id beyond the system's own limit")?,
        );
        LIVE.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((id, gentle));
        // A signal that came between the two steps above has missed this child.
        if stop_asked() {
            let _ = killpg(id, gentle);
        }
        Ok(Self {
            name: name.to_owned(),
            child,
            id,
            gentle,
        })
    }

    /// What the child is called in words for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the child ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .with_context(|| format!("cannot ask after {}", self.name))
    }

    /// Waits for the end, however long it takes.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.child
            .wait()
            .with_context(|| format!("cannot wait for {}", self.name))
    }

    fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Whoever asked us to stop has asked the child too; a second time means: at once.
            if !stop_asked() {
                let _ = killpg(self.id, self.gentle);
            }
            let began = Instant::now();
            while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < GRACE {
                thread::sleep(LOOK_EVERY);
            }
        }
        // Whatever the child left behind in its group goes too.
        let _ = killpg(self.id, Signal::SIGKILL);
        let _ = self.child.wait();
        LIVE.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(id, _)| *id != self.id);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Lets the kernel stop the child should xtask die without a chance to do so itself.
fn tied_to_us(command: Command, signal: Signal) -> Command {
    static SETPRIV: OnceLock<Option<std::path::PathBuf>> = OnceLock::new();
    let Some(setpriv) = SETPRIV.get_or_init(|| workspace::find_program(&["setpriv"])) else {
        return command;
    };
    if !cfg!(target_os = "linux") || command.get_program() == setpriv.as_os_str() {
        return command;
    }
    let name = signal.as_str().trim_start_matches("SIG");
    wrapped(command, setpriv.as_os_str(), &["--pdeathsig", name, "--"])
}

/// The same command, started through another program. Redirections do not come along.
pub fn wrapped(
    command: Command,
    program: impl AsRef<std::ffi::OsStr>,
    arguments: &[&str],
) -> Command {
    let mut outer = Command::new(program);
    outer
        .args(arguments)
        .arg(command.get_program())
        .args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(key, value),
            None => outer.env_remove(key),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    outer
}

/// Runs a program to its end with our own output; its failure is an answer, not an error.
pub fn run(name: &str, command: Command) -> Result<ExitStatus> {
    let status = Group::start(name, command, Signal::SIGTERM, Output::Ours)?.wait()?;
    if stop_asked() {
        bail!("stopped");
    }
    Ok(status)
}

/// Runs a program that must succeed.
pub fn must(name: &str, command: Command) -> Result<()> {
    let status = run(name, command)?;
    if !status.success() {
        bail!("{name} failed ({status}); what it said stands above");
    }
    Ok(())
}

/// Runs a program, shows what it says and keeps the lines for reading.
pub fn run_and_read(name: &str, command: Command) -> Result<(ExitStatus, Vec<String>)> {
    let mut lines = Vec::new();
    let mut group = Group::start(name, command, Signal::SIGTERM, Output::Piped)?;
    let out = group
        .child
        .stdout
        .take()
        .context("a child without output")?;
    let err = group
        .child
        .stderr
        .take()
        .context("a child without error output")?;
    thread::scope(|scope| {
        let errors = scope.spawn(|| echo(err, |line| eprintln!("{line}")));
        lines = echo(out, |line| println!("{line}"));
        lines.extend(errors.join().unwrap_or_default());
    });
    let status = group.wait()?;
    if stop_asked() {
        bail!("stopped");
    }
    Ok((status, lines))
}

fn echo(from: impl Read, show: impl Fn(&str)) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        show(&line);
        lines.push(line);
    }
    lines
}
