//! The world on disk, so that a stand-in that is stopped and started again keeps its threads, as Discord would.
//! Written shortly after each change, always whole, always by renaming.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::clock::Clock;
use crate::hub::Hub;
use crate::world::World;

/// Changes that come this close together are written once.
const GATHER: Duration = Duration::from_millis(200);

/// Reads the world back; none if there is no file yet.
pub(crate) fn load(path: &Path, clock: Clock) -> anyhow::Result<Option<World>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(why).with_context(|| format!("cannot read {}", path.display())),
    };
    let mut world: World = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a state of this stand-in", path.display()))?;
    world.clock = clock;
    Ok(Some(world))
}

/// Writes a file whole or not at all.
///
/// # Errors
/// If the folder does not take it.
pub fn write_whole(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    std::fs::write(&draft, text).with_context(|| format!("cannot write {}", draft.display()))?;
    std::fs::rename(&draft, path).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes the world down as it is.
pub(crate) fn save(hub: &Hub, path: &Path) -> anyhow::Result<()> {
    let text = hub.with(|inner| serde_json::to_vec(&inner.world))?;
    write_whole(path, &text)
}

/// Writes after every change, until the stand-in ends.
pub(crate) async fn keep(hub: Arc<Hub>, path: PathBuf) {
    loop {
        tokio::select! {
            () = hub.unsaved.notified() => {}
            () = hub.ended.cancelled() => return,
        }
        tokio::time::sleep(GATHER).await;
        if let Err(why) = save(&hub, &path) {
            tracing::error!(?why, "the state could not be written");
        }
    }
}
