//! A private PostgreSQL for one test run: own folder, own socket, a free port on 127.0.0.1.
//!
//! It never touches a server that runs already, keeps nothing, and is quick rather than durable.
//! PostgreSQL refuses root, so under root it runs as the user `postgres`.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use nix::unistd::{Uid, User};

use crate::processes::{self, Group, Output};
use crate::{http, workspace};

const OWNER: &str = "postgres";
const PREFIX: &str = "threadline-postgres-";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; dropping it stops it and removes its folder.
pub struct Postgres {
    // Stopped before the folder is removed.
    server: Option<Group>,
    folder: Folder,
    port: u16,
}

impl Postgres {
    /// Makes a database cluster and starts a server over it.
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL's programs are not to be found")?;
        remove_leftovers();
        let folder = Folder::make()?;
        let data = folder.0.join("data");

        let mut init = Command::new(programs.join("initdb"));
        init.arg("--pgdata")
            .arg(&data)
            .args(["--username", "threadline", "--auth", "trust"]);
        init.args(["--encoding", "UTF8", "--locale", "C", "--no-sync"]);
        let log = folder.log()?;
        let init = as_owner(init, "TERM")?;
        let mut init = Group::start("initdb", init, Signal::SIGTERM, Output::File(log))?;
        if !init.wait()?.success() {
            bail!("initdb failed:\n{}", folder.said());
        }

        let port = http::free_port(0, "a port")?;
        let mut server = Command::new(programs.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(&folder.0);
        for setting in [
            &format!("port={port}"),
            "listen_addresses=127.0.0.1",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=64MB",
            "log_min_messages=warning",
        ] {
            server.args(["-c", setting]);
        }
        let log = folder.log()?;
        // SIGINT is PostgreSQL's "fast": it does not wait for clients to leave.
        let server = Group::start(
            "postgres",
            as_owner(server, "INT")?,
            Signal::SIGINT,
            Output::File(log),
        )?;
        let mut postgres = Self {
            server: Some(server),
            folder,
            port,
        };
        postgres.wait_until_ready(&programs.join("pg_isready"))?;
        Ok(postgres)
    }

    /// Where tests connect: a database that exists, as a user who may make others.
    pub fn url(&self) -> String {
        format!("postgres://threadline@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self, pg_isready: &Path) -> Result<()> {
        let began = Instant::now();
        loop {
            let mut ask = Command::new(pg_isready);
            ask.args([
                "--quiet",
                "--host",
                "127.0.0.1",
                "--port",
                &self.port.to_string(),
            ])
            .stdout(Stdio::null());
            if ask.status().context("cannot run pg_isready")?.success() {
                return Ok(());
            }
            let ended = self
                .server
                .as_mut()
                .map(Group::ended)
                .transpose()?
                .flatten();
            if processes::stop_asked() || ended.is_some() || began.elapsed() > PATIENCE {
                bail!("PostgreSQL did not start:\n{}", self.folder.said());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.server.take());
    }
}

/// The folder with PostgreSQL's programs.
pub fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    let on_path = workspace::find_program(&["initdb"]);
    let on_path = on_path.and_then(|file| Some(file.parent()?.to_path_buf()));
    let asked = Command::new("pg_config")
        .arg("--bindir")
        .stderr(Stdio::null())
        .output()
        .ok();
    let asked = asked.map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()));
    // Debian keeps one folder per major version; the newest is the last by name.
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    on_path
        .into_iter()
        .chain(asked)
        .chain(versions.into_iter().rev())
        .find(complete)
}

/// Under root, the same command as the user `postgres`, stopped by the kernel if we are.
fn as_owner(mut command: Command, gentle: &str) -> Result<Command> {
    command.current_dir("/");
    if !Uid::effective().is_root() {
        return Ok(command);
    }
    let setpriv = workspace::find_program(&["setpriv"])
        .context("setpriv (util-linux) is needed to run PostgreSQL under root")?;
    let (user, group) = (format!("--reuid={OWNER}"), format!("--regid={OWNER}"));
    Ok(processes::wrapped(
        command,
        setpriv,
        &[&user, &group, "--init-groups", "--pdeathsig", gentle, "--"],
    ))
}

/// A temporary folder that only the server's user may enter. Dropping it removes it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self> {
        // Not under `target`: the user `postgres` must get there, and a socket's path is short.
        let path = parent().join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let folder = Self(path);
        fs::set_permissions(&folder.0, Permissions::from_mode(0o700))
            .context("cannot close the folder to others")?;
        if Uid::effective().is_root() {
            let owner = User::from_name(OWNER).context("cannot look users up")?;
            let owner =
                owner.with_context(|| format!("there is no user {OWNER} to run PostgreSQL as"))?;
            chown(
                &folder.0,
                Some(owner.uid.as_raw()),
                Some(owner.gid.as_raw()),
            )
            .context("cannot hand the folder over")?;
        }
        Ok(folder)
    }

    fn log(&self) -> Result<File> {
        let options = File::options()
            .create(true)
            .append(true)
            .open(self.0.join("log"));
        options.context("cannot write PostgreSQL's log")
    }

    fn said(&self) -> String {
        fs::read_to_string(self.0.join("log")).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn parent() -> PathBuf {
    if Uid::effective().is_root() {
        PathBuf::from("/tmp")
    } else {
        env::temp_dir()
    }
}

/// Removes folders of runs that were killed outright.
fn remove_leftovers() {
    for entry in fs::read_dir(parent()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_string_lossy()
            .strip_prefix(PREFIX)
            .and_then(|id| id.parse::<u32>().ok());
        let gone =
            |id: &u32| cfg!(target_os = "linux") && !Path::new(&format!("/proc/{id}")).exists();
        if owner.is_some_and(|id| gone(&id)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_server_answers_and_leaves_nothing_behind() {
        // Where PostgreSQL is not installed, `--only unit` has no use for it.
        let Some(programs) = programs() else { return };
        let postgres = Postgres::start().unwrap();
        let folder = postgres.folder.0.clone();
        let mut ask = Command::new(programs.join("psql"));
        ask.args([&postgres.url(), "-Atc", "select 41 + 1"]);
        assert_eq!(ask.output().unwrap().stdout, b"42\n");
        drop(postgres);
        assert!(!folder.exists());
    }
}
