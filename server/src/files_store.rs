//! The file store of an installation: a folder, or a bucket that speaks S3.
//!
//! It carries objects for the desk and knows nothing of what is in them. Bytes go through in
//! pieces; an object is there whole or not at all, and once it is, it stays through a power cut.

mod s3;

use crate::config::{Config, FilesAt};
use anyhow::Context;
use bytes::Bytes;
use desk::files::{FileBytes, FileStore, FileStoreError, FileWriter};
use domain::Timestamp;
use futures::StreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use tokio::runtime::Handle;

/// How much is gathered before it is written to a folder.
const FOLDER_PIECE: usize = 1 << 20;
/// S3 takes no smaller pieces.
const BUCKET_PIECE: usize = 5 << 20;

/// Objects in a folder or a bucket.
struct Objects {
    store: Arc<dyn ObjectStore>,
    piece: usize,
    /// Set for a folder.
    folder: Option<PathBuf>,
}

/// Opens the store that the settings name.
pub(crate) fn open(config: &Config) -> anyhow::Result<Arc<dyn FileStore>> {
    Ok(Arc::new(match &config.files_at {
        FilesAt::Folder(folder) => {
            std::fs::create_dir_all(folder).with_context(|| {
                format!(
                    "the folder {} cannot be made: check DATA_DIR",
                    folder.display()
                )
            })?;
            let store = LocalFileSystem::new_with_prefix(folder)
                .context("the folder for files cannot be opened")?
                .with_fsync(true);
            Objects {
                store: Arc::new(store),
                piece: FOLDER_PIECE,
                folder: Some(folder.clone()),
            }
        }
        FilesAt::Bucket(bucket) => Objects {
            store: Arc::new(PrefixStore::new(
                s3::open(bucket)?,
                Path::from(bucket.prefix.as_str()),
            )),
            piece: BUCKET_PIECE,
            folder: None,
        },
    }))
}

/// Writes an object and deletes it again.
pub(crate) async fn try_out(config: &Config) -> anyhow::Result<()> {
    let store = open(config)?;
    let key = "incoming/doctor";
    let mut writer = store.begin(key).await?;
    writer.write(Bytes::from_static(b"doctor")).await?;
    writer.finish().await?;
    store.delete(key).await?;
    Ok(())
}

#[async_trait::async_trait]
impl FileStore for Objects {
    async fn begin(&self, key: &str) -> Result<Box<dyn FileWriter>, FileStoreError> {
        let upload = self.store.put_multipart(&Path::from(key)).await;
        let upload = upload.map_err(failed)?;
        let upload = WriteMultipart::new_with_chunk_size(upload, self.piece);
        Ok(Box::new(Writing(Some(upload))))
    }

    async fn rename(&self, from: &str, to: &str) -> Result<(), FileStoreError> {
        let (from, to) = (Path::from(from), Path::from(to));
        self.store.rename(&from, &to).await.map_err(failed)
    }

    async fn read(&self, key: &str) -> Result<Option<FileBytes>, FileStoreError> {
        match self.store.get(&Path::from(key)).await {
            Ok(found) => Ok(Some(Box::pin(
                found.into_stream().map(|chunk| chunk.map_err(failed)),
            ))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), FileStoreError> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    async fn sweep(&self, folder: &str, before: Timestamp) -> Result<u64, FileStoreError> {
        if let Some(root) = &self.folder {
            // The library hides what a crash left half-written; the file system does not.
            return sweep_folder(root.join(folder), before)
                .await
                .map_err(|error| FileStoreError(error.to_string()));
        }
        let mut swept = 0;
        let mut listed = self.store.list(Some(&Path::from(folder)));
        while let Some(object) = listed.next().await {
            let object = object.map_err(failed)?;
            if object.last_modified.timestamp_micros() < before.0 {
                self.store.delete(&object.location).await.map_err(failed)?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

/// An object on its way; nothing, once it is finished.
struct Writing(Option<WriteMultipart>);

impl Drop for Writing {
    /// A bucket keeps the pieces of what nobody finished until it is told to forget them.
    fn drop(&mut self) {
        if let (Some(upload), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "What was not finished may be left in the file store");
                }
            });
        }
    }
}

#[async_trait::async_trait]
impl FileWriter for Writing {
    async fn write(&mut self, bytes: Bytes) -> Result<(), FileStoreError> {
        // One piece on its way while the next is gathered, and no more.
        if let Some(upload) = &mut self.0 {
            upload.wait_for_capacity(1).await.map_err(failed)?;
            upload.put(bytes);
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), FileStoreError> {
        if let Some(upload) = self.0.take() {
            upload.finish().await.map_err(failed)?;
        }
        Ok(())
    }
}

async fn sweep_folder(folder: PathBuf, before: Timestamp) -> std::io::Result<u64> {
    let mut entries = match tokio::fs::read_dir(&folder).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut swept = 0;
    while let Some(entry) = entries.next_entry().await? {
        let changed = entry.metadata().await?.modified()?;
        let micros = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
        if i64::try_from(micros.as_micros()).unwrap_or(i64::MAX) < before.0 {
            tokio::fs::remove_file(entry.path()).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// What is said of a failure: the library's words, which name keys and no content.
fn failed(error: object_store::Error) -> FileStoreError {
    FileStoreError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::{MultipartUpload, PutPayload, PutResult, UploadPart};
    use tokio::sync::oneshot;

    fn folder() -> (tempfile::TempDir, Objects) {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects {
            store: Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap()),
            piece: 4,
            folder: Some(folder.path().to_owned()),
        };
        (folder, objects)
    }

    /// A bucket's side of an upload: it tells when it is to forget it.
    #[derive(Debug)]
    struct Bucket(Option<oneshot::Sender<&'static str>>);

    impl Bucket {
        fn tell(&mut self, what: &'static str) {
            self.0.take().unwrap().send(what).unwrap();
        }
    }

    #[async_trait::async_trait]
    impl MultipartUpload for Bucket {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            Box::pin(async { Ok(()) })
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            self.tell("complete");
            Ok(PutResult {
                e_tag: None,
                version: None,
                extensions: Default::default(),
            })
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            self.tell("abort");
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_bucket_is_told_to_forget_what_nobody_finished_and_nothing_else() {
        let begun = || {
            let (told, heard) = oneshot::channel();
            let upload = Box::new(Bucket(Some(told)));
            let upload = WriteMultipart::new_with_chunk_size(upload, 4);
            (Box::new(Writing(Some(upload))), heard)
        };
        let (mut left, heard) = begun();
        left.write(Bytes::from_static(b"hello world"))
            .await
            .unwrap();
        drop(left);
        assert_eq!(heard.await.unwrap(), "abort");
        let (finished, heard) = begun();
        // What is told twice panics.
        finished.finish().await.unwrap();
        assert_eq!(heard.await.unwrap(), "complete");
    }

    async fn write(objects: &Objects, key: &str, chunks: &[&'static str]) {
        let mut writer = objects.begin(key).await.unwrap();
        for chunk in chunks {
            writer
                .write(Bytes::from_static(chunk.as_bytes()))
                .await
                .unwrap();
        }
        writer.finish().await.unwrap();
    }

    async fn read(objects: &Objects, key: &str) -> Option<String> {
        let bytes = objects.read(key).await.unwrap()?;
        let chunks: Vec<_> = bytes.map(|chunk| chunk.unwrap().to_vec()).collect().await;
        Some(String::from_utf8(chunks.concat()).unwrap())
    }

    #[tokio::test]
    async fn an_object_is_written_in_pieces_moved_and_read() {
        let (_folder, objects) = folder();
        write(
            &objects,
            "incoming/a",
            &["hello ", "w", "orld, how are you"],
        )
        .await;
        objects.rename("incoming/a", "sha256/ab/abc").await.unwrap();
        assert_eq!(read(&objects, "incoming/a").await, None);
        let there = read(&objects, "sha256/ab/abc").await;
        assert_eq!(there.as_deref(), Some("hello world, how are you"));
        write(&objects, "incoming/b", &["other"]).await;
        objects.rename("incoming/b", "sha256/ab/abc").await.unwrap();
        assert_eq!(
            read(&objects, "sha256/ab/abc").await.as_deref(),
            Some("other")
        );
        objects.delete("sha256/ab/abc").await.unwrap();
        objects.delete("sha256/ab/abc").await.unwrap();
        assert_eq!(read(&objects, "sha256/ab/abc").await, None);
    }

    #[tokio::test]
    async fn what_was_given_up_is_not_there_and_what_a_crash_left_is_swept() {
        let (folder, objects) = folder();
        let mut writer = objects.begin("incoming/a").await.unwrap();
        writer
            .write(Bytes::from_static(b"some of it"))
            .await
            .unwrap();
        drop(writer);
        assert_eq!(read(&objects, "incoming/a").await, None);
        write(&objects, "incoming/b", &["whole"]).await;
        std::fs::write(folder.path().join("incoming/c#1"), "left").unwrap();
        assert_eq!(objects.sweep("incoming", Timestamp(0)).await.unwrap(), 0);
        assert!(
            objects
                .sweep("incoming", Timestamp(i64::MAX))
                .await
                .unwrap()
                >= 2
        );
        assert_eq!(read(&objects, "incoming/b").await, None);
        assert_eq!(
            std::fs::read_dir(folder.path().join("incoming"))
                .unwrap()
                .count(),
            0
        );
    }
}
