//! Use cases on files: take one in, keep it with its message, hand it out to whoever may have it.
//!
//! Bytes pass through to the file store and are never held whole, but for pictures while their
//! small one is drawn. What a file is gets decided by its bytes. Where the bytes lie is
//! [`FileStore`]'s affair, and how they get here the doors'.

mod memory;
mod picture;
mod storage;

pub use memory::MemoryFiles;
pub(crate) use picture::known as known_picture;
pub(crate) use storage::whole;
pub use storage::{FileBytes, FileStore, FileStoreError, FileWriter};

use crate::bridge::{Command, plan_files};
use crate::inner::Shared;
use crate::store::entities::attachment::Model;
use crate::store::files;
use crate::work::Work;
use crate::{Desk, DeskError, Holder, Staff};
use bytes::Bytes;
use domain::file::clean_name;
use domain::text::Body;
use domain::{FileId, FileLimits, MessageId, TicketId};
use futures::{Stream, StreamExt};
use picture::Picture;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What a person wrote and attached.
#[derive(Clone, Debug)]
pub struct Said {
    /// The text; empty when the files say it all.
    pub body: Body,
    /// The files.
    pub files: Vec<NewFile>,
}

impl From<Body> for Said {
    fn from(body: Body) -> Self {
        Self {
            body,
            files: Vec::new(),
        }
    }
}

/// A file that was taken in and belongs to no message yet.
#[derive(Clone, Debug)]
pub struct NewFile {
    name: String,
    content: Content,
    picture: Option<Picture>,
}

/// Bytes in the store, and where they wait until they are kept.
#[derive(Clone, Debug)]
struct Content {
    hash: String,
    size: u64,
    waiting: String,
}

impl NewFile {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn hash(&self) -> &str {
        &self.content.hash
    }

    pub(crate) fn size(&self) -> u64 {
        self.content.size
    }

    pub(crate) fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }
}

/// Why a file was not taken in.
#[derive(Debug)]
pub enum NotTaken<E> {
    /// It has no bytes.
    Empty,
    /// It has more bytes than one may have. What follows was not read.
    TooLarge,
    /// It did not come through whole.
    Source(E),
    /// The file store does not work now.
    Store(FileStoreError),
}

/// Which of a file's two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it came.
    Whole,
    /// A picture's small one.
    Small,
}

/// A file on its way out.
pub struct OpenFile {
    /// Its name.
    pub name: String,
    /// Its content type, if it is a picture that a browser may show. All else is only saved.
    pub picture: Option<&'static str>,
    /// How many bytes follow, where that is known.
    pub size: Option<u64>,
    /// The bytes.
    pub bytes: FileBytes,
}

/// Where unfinished files wait.
const WAITING: &str = "incoming";
/// How long an unfinished file may wait before it is swept.
const WAITS_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How many of the first bytes tell what a file is.
const HEAD: usize = 32;

impl Shared {
    /// How much may be attached.
    pub fn file_limits(&self) -> FileLimits {
        self.limits
    }

    /// Takes a file in. It waits aside until its message is accepted, and is swept when nobody comes.
    pub async fn take_file<E>(
        &self,
        name: &str,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<NewFile, NotTaken<E>> {
        let limit = self.limits.max_bytes;
        let waiting = waiting();
        let mut writer = self.files.begin(&waiting).await.map_err(NotTaken::Store)?;
        let mut hash = Sha256::new();
        let mut head = Vec::with_capacity(HEAD);
        let mut size = 0_u64;
        let mut bytes = std::pin::pin!(bytes);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(NotTaken::Source)?;
            size += chunk.len() as u64;
            if size > limit {
                return Err(NotTaken::TooLarge);
            }
            let missing = HEAD - head.len();
            head.extend_from_slice(&chunk[..missing.min(chunk.len())]);
            hash.update(&chunk);
            writer.write(chunk).await.map_err(NotTaken::Store)?;
        }
        if size == 0 {
            return Err(NotTaken::Empty);
        }
        writer.finish().await.map_err(NotTaken::Store)?;
        let picture = if picture::looks_like_one(&head) {
            self.draw_small(&waiting).await.map_err(NotTaken::Store)?
        } else {
            None
        };
        Ok(NewFile {
            name: clean_name(name),
            content: Content {
                hash: hex(&hash.finalize()),
                size,
                waiting,
            },
            picture,
        })
    }

    /// Draws a picture's small one, or finds that it is none that a browser should be shown.
    async fn draw_small(&self, waiting: &str) -> Result<Option<Picture>, FileStoreError> {
        // One at a time: a picture takes much memory while it is open.
        let Ok(_one_at_a_time) = self.drawing.acquire().await else {
            return Ok(None);
        };
        let Some(bytes) = self.files.read(waiting).await? else {
            return Ok(None);
        };
        let bytes = whole(bytes).await?;
        let Ok(Some(drawn)) = tokio::task::spawn_blocking(move || picture::draw(&bytes)).await
        else {
            return Ok(None);
        };
        let waiting = self::waiting();
        let mut writer = self.files.begin(&waiting).await?;
        let hash = hex(&Sha256::digest(&drawn.bytes));
        writer.write(drawn.bytes.into()).await?;
        writer.finish().await?;
        Ok(Some(Picture {
            kind: drawn.kind,
            small: picture::Small {
                hash,
                waiting,
                kind: drawn.small_kind,
                width: drawn.width,
                height: drawn.height,
            },
        }))
    }

    /// Puts files where they stay: under the hash of what is in them. No transaction is open
    /// while this asks the store; a file whose message then fails is only disk space.
    pub(crate) async fn keep_files(&self, files: &[NewFile]) -> Result<(), FileStoreError> {
        for file in files {
            let small = file.picture().map(|p| (&p.small.waiting, &p.small.hash));
            let whole = (&file.content.waiting, &file.content.hash);
            for (waiting, hash) in [Some(whole), small].into_iter().flatten() {
                self.files.rename(waiting, &place(hash)).await?;
            }
        }
        Ok(())
    }

    /// Forgets files that will belong to no message.
    pub async fn discard_files(&self, files: &[NewFile]) {
        for file in files {
            let small = file.picture().map(|p| &p.small.waiting);
            for waiting in [Some(&file.content.waiting), small].into_iter().flatten() {
                if let Err(error) = self.files.delete(waiting).await {
                    // Swept later.
                    tracing::debug!(%error, "a refused file stays for a while");
                }
            }
        }
    }

    /// Forgets files that were begun long ago and never kept.
    pub async fn sweep_files(&self) -> Result<u64, FileStoreError> {
        let before = self.now().0 - i64::try_from(WAITS_FOR.as_micros()).unwrap_or(i64::MAX);
        self.files.sweep(WAITING, domain::Timestamp(before)).await
    }
}

impl Desk {
    /// A file that the holder of a private link may have.
    pub async fn file_for_holder(
        &self,
        holder: &Holder,
        id: FileId,
        form: Form,
    ) -> Result<OpenFile, DeskError> {
        self.lets_in(holder)?;
        let row = files::of_customer(&self.db, holder.ticket, id).await?;
        self.open_file(row, form).await
    }

    /// A file that staff may have.
    pub async fn file_for_staff(
        &self,
        staff: &Staff,
        id: FileId,
        form: Form,
    ) -> Result<OpenFile, DeskError> {
        self.knows(staff)?;
        let row = files::of_guild(&self.db, self.guild, id).await?;
        self.open_file(row, form).await
    }

    async fn open_file(&self, row: Option<Model>, form: Form) -> Result<OpenFile, DeskError> {
        let row = row.ok_or(DeskError::NotFound)?;
        let (hash, kind, size) = match form {
            Form::Whole => (row.hash, row.kind, Some(row.size.unsigned_abs())),
            Form::Small => (row.thumb_hash, row.thumb_kind, None),
        };
        let hash = hash.ok_or(DeskError::NotFound)?;
        let bytes = self.stored_bytes(&hash).await?.ok_or_else(|| {
            tracing::error!(file.id = row.id.0, "a stored file is not in the file store");
            DeskError::NotFound
        })?;
        Ok(OpenFile {
            name: row.name,
            picture: kind.as_deref().and_then(picture::known),
            size,
            bytes,
        })
    }

    pub(crate) async fn stored_bytes(
        &self,
        hash: &str,
    ) -> Result<Option<FileBytes>, FileStoreError> {
        self.files.read(&place(hash)).await
    }
}

impl Work<'_> {
    /// Gives a new message its files, and promises the posts that carry those which do not go with
    /// its words.
    pub(crate) async fn attach(
        &mut self,
        ticket: TicketId,
        message: MessageId,
        files: &[NewFile],
    ) -> Result<(), DeskError> {
        files::insert(&self.tx, message, files, self.now).await?;
        let plan = plan_files(files.iter().map(NewFile::size));
        for chunk in plan.further_chunks() {
            self.promise(ticket, Some(message), Command::PostMessage { chunk });
        }
        Ok(())
    }
}

/// What a list shows of a message: its words, or the names of its files.
pub(crate) fn shown(body: &str, names: impl Iterator<Item = impl AsRef<str>>) -> String {
    if !body.is_empty() {
        return body.to_owned();
    }
    let names: Vec<_> = names.collect();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names[..] {
        [] => String::new(),
        [one] => format!("File: {one}"),
        _ => format!("{} files: {}", names.len(), names.join(", ")),
    }
}

/// What a form's files are, for the form's key: other files are another wish.
pub(crate) fn fingerprints(files: &[NewFile]) -> Vec<String> {
    let print = |file: &NewFile| format!("{} {}", file.hash(), file.name);
    files.iter().map(print).collect()
}

fn waiting() -> String {
    format!("{WAITING}/{}", crate::token::nonce())
}

/// Where bytes of this hash lie.
fn place(hash: &str) -> String {
    format!("sha256/{}/{hash}", hash.get(..2).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}
