//! Where bytes are kept, as a trait: a folder, a bucket, or a map in a test.
//!
//! An object is there whole or not at all. It knows keys and bytes, nothing of messages.

use bytes::Bytes;
use domain::Timestamp;
use futures::StreamExt;
use futures::stream::BoxStream;

/// The file store did not do what was asked; later it may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file store: {0}")]
pub struct FileStoreError(pub String);

/// An object's bytes.
pub type FileBytes = BoxStream<'static, Result<Bytes, FileStoreError>>;

/// Keeps objects under keys, which are steps of plain letters divided by slashes.
#[async_trait::async_trait]
pub trait FileStore: Send + Sync + 'static {
    /// Begins an object, which is there once it is finished.
    async fn begin(&self, key: &str) -> Result<Box<dyn FileWriter>, FileStoreError>;

    /// Moves an object, over one that may be there.
    async fn rename(&self, from: &str, to: &str) -> Result<(), FileStoreError>;

    /// An object's bytes, or nothing when there is none.
    async fn read(&self, key: &str) -> Result<Option<FileBytes>, FileStoreError>;

    /// Deletes an object; there is none: fine.
    async fn delete(&self, key: &str) -> Result<(), FileStoreError>;

    /// Deletes the objects of a folder that were last changed before a moment, and counts them.
    async fn sweep(&self, folder: &str, before: Timestamp) -> Result<u64, FileStoreError>;
}

/// An object being written. Dropping it gives it up.
#[async_trait::async_trait]
pub trait FileWriter: Send {
    /// Adds bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), FileStoreError>;

    /// Makes the object be there, for good.
    async fn finish(self: Box<Self>) -> Result<(), FileStoreError>;
}

/// All of an object's bytes at once.
pub(crate) async fn whole(mut bytes: FileBytes) -> Result<Vec<u8>, FileStoreError> {
    let mut whole = Vec::new();
    while let Some(chunk) = bytes.next().await {
        whole.extend_from_slice(&chunk?);
    }
    Ok(whole)
}
