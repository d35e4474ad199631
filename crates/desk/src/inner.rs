//! What all clones of a [`crate::Desk`] share. Only the crate reads it.

use crate::bridge::{self, DiscordPort};
use crate::clock::Clock;
use crate::examination::Practice;
use crate::files::FileStore;
use crate::forms::Categories;
use crate::live::Hub;
use crate::options::Options;
use crate::roster::Roster;
use crate::{Db, Settings};
use domain::GuildId;
use domain::view::GuildView;
use std::sync::{Arc, RwLock};
use tokio::sync::Semaphore;

pub struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) port: Arc<dyn DiscordPort>,
    pub(crate) files: Arc<dyn FileStore>,
    /// Pictures are drawn one at a time.
    pub(crate) drawing: Semaphore,
    /// Transcripts hold their pictures whole: two at a time.
    pub(crate) transcribing: Arc<Semaphore>,
    pub(crate) settings: Settings,
    pub(crate) guild: GuildId,
    /// Shown on every page, so not asked of the database for each.
    pub(crate) guild_view: RwLock<GuildView>,
    /// As well; replaced as a whole when an admin changes one.
    pub(crate) options: RwLock<Arc<Options>>,
    /// As well; replaced as a whole when an admin changes them.
    pub(crate) categories: RwLock<Arc<Categories>>,
    pub(crate) hub: Hub,
    pub(crate) roster: Roster,
    pub(crate) bridge: bridge::State,
    pub(crate) practice: Practice,
}
