//! The doctor's third door: the program itself, run as an operator runs it, with what it prints and
//! how it ends.

use super::*;
use server::config::{NO_DOTENV, Vars};
use std::process::{Command, Output};

/// What the program printed, and its exit code.
#[derive(Debug)]
struct Ran {
    printed: String,
    complained: String,
    code: Option<i32>,
}

impl Ran {
    fn last_line(&self) -> &str {
        self.printed.lines().last().unwrap_or_default()
    }
}

/// Runs it with these settings and nothing else of this process's surroundings.
async fn threadline(act: &'static str, vars: &Vars) -> Ran {
    let mut program = Command::new(env!("CARGO_BIN_EXE_threadline"));
    program.arg(act).env_clear().envs(vars).env(NO_DOTENV, "1");
    let ended = tokio::task::spawn_blocking(move || program.output());
    let Output {
        status,
        stdout,
        stderr,
    } = ended.await.unwrap().unwrap();
    Ran {
        printed: String::from_utf8(stdout).unwrap(),
        complained: String::from_utf8(stderr).unwrap(),
        code: status.code(),
    }
}

/// The settings of a house in which nothing is to be mended: with a front end, and a database whose
/// durability is ours to set.
async fn sound(world: &World) -> Vars {
    let folder = world.folder.path();
    std::fs::create_dir_all(folder.join("site/pkg")).unwrap();
    std::fs::write(folder.join("site/pkg/threadline.js"), "").unwrap();
    let mut vars = world.vars().clone();
    let database = format!("sqlite://{}/own.db?mode=rwc", folder.display());
    vars.insert("DATABASE_URL".to_owned(), database);
    let brought_up = threadline("migrate", &vars).await;
    assert_eq!(brought_up.code, Some(0), "{brought_up:?}");
    vars
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_house_is_said_line_by_line_and_ends_well() {
    let mut world = World::start().await;
    let vars = sound(&world).await;
    let ran = threadline("doctor", &vars).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for line in [
        "ok    Database: opened; it is of this version",
        "ok    Front end: found",
        "ok    Public address from here: Threadline answers there",
        "ok    Token: accepted; it is Threadline's",
        "ok    Server: Harbor Games",
    ] {
        assert!(ran.printed.lines().any(|l| l == line), "{line}: {ran:?}");
    }
    assert!(!ran.printed.contains("FAIL"), "{ran:?}");
    // What is only worth knowing says what to do, and fails nobody's script.
    world.stop_server().await;
    let ran = threadline("doctor", &vars).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let noted = "note  Public address from here: nothing answers there: ";
    assert!(ran.printed.contains(noted), "{ran:?}");
    assert!(
        ran.printed
            .contains("\n      Start `threadline serve`, then ask again"),
        "{ran:?}"
    );
    assert!(ran.last_line().starts_with("It works; "), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_is_printed_with_its_remedy_and_place_and_ends_ill() {
    let world = World::start().await;
    let vars = sound(&world).await;
    let support = world.channel("support");
    let order = json!({"do": "take_permission", "permission": "MANAGE_THREADS",
                       "channel": support});
    world.discord.order(&order).unwrap();
    let ran = threadline("doctor", &vars).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let guild = world.discord.settings().guild_id;
    let told = format!(
        "FAIL  Support channel: #support; the bot lacks Manage Threads\n      In that channel's \
         settings, Permissions, allow the bot's role Manage Threads.\n      The channel: \
         https://discord.com/channels/{guild}/{support}\n"
    );
    assert!(ran.printed.contains(&told), "{ran:?}");
    assert_eq!(ran.last_line(), "1 of these needs your attention.");
    let seeded = world.discord.settings();
    for secret in [&seeded.bot_token, &seeded.client_secret] {
        assert!(!format!("{ran:?}").contains(secret), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_read_are_named_before_anything_is_tried() {
    let world = World::start().await;
    let mut vars = world.vars().clone();
    vars.remove("GUILD_ID");
    vars.insert("LISTEN".to_owned(), "somewhere-or-other".to_owned());
    let ran = threadline("doctor", &vars).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for name in ["GUILD_ID", "LISTEN"] {
        assert!(ran.complained.contains(name), "{name}: {ran:?}");
    }
    assert!(!ran.complained.contains("somewhere-or-other"), "{ran:?}");
    assert_eq!(ran.printed, "", "nothing was tried");
}
