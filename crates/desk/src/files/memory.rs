//! A file store made of a map, for tests and simulations. It can be told to fail.

use super::{FileBytes, FileStore, FileStoreError, FileWriter};
use bytes::{Bytes, BytesMut};
use domain::Timestamp;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// Objects in memory.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    objects: Objects,
    is_away: AtomicBool,
}

impl MemoryFiles {
    /// From now on nothing works, or everything does.
    pub fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.objects).keys().cloned().collect()
    }

    fn check(&self) -> Result<(), FileStoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(FileStoreError("away".to_owned()));
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl FileStore for MemoryFiles {
    async fn begin(&self, key: &str) -> Result<Box<dyn FileWriter>, FileStoreError> {
        self.check()?;
        Ok(Box::new(Writing {
            objects: self.objects.clone(),
            key: key.to_owned(),
            bytes: BytesMut::new(),
        }))
    }

    async fn rename(&self, from: &str, to: &str) -> Result<(), FileStoreError> {
        self.check()?;
        let mut objects = lock(&self.objects);
        let object = objects
            .remove(from)
            .ok_or_else(|| FileStoreError(format!("there is no {from}")))?;
        objects.insert(to.to_owned(), object);
        Ok(())
    }

    async fn read(&self, key: &str) -> Result<Option<FileBytes>, FileStoreError> {
        self.check()?;
        let object = lock(&self.objects).get(key).cloned();
        Ok(object.map(|bytes| -> FileBytes {
            Box::pin(futures::stream::once(async move { Ok(bytes) }))
        }))
    }

    async fn delete(&self, key: &str) -> Result<(), FileStoreError> {
        self.check()?;
        lock(&self.objects).remove(key);
        Ok(())
    }

    /// Objects in memory have no age: all of the folder go.
    async fn sweep(&self, folder: &str, _before: Timestamp) -> Result<u64, FileStoreError> {
        self.check()?;
        let mut objects = lock(&self.objects);
        let count = objects.len();
        objects.retain(|key, _| !key.starts_with(&format!("{folder}/")));
        Ok((count - objects.len()) as u64)
    }
}

struct Writing {
    objects: Objects,
    key: String,
    bytes: BytesMut,
}

#[async_trait::async_trait]
impl FileWriter for Writing {
    async fn write(&mut self, bytes: Bytes) -> Result<(), FileStoreError> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<(), FileStoreError> {
        lock(&self.objects).insert(self.key, self.bytes.freeze());
        Ok(())
    }
}

fn lock(objects: &Objects) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
    objects
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
