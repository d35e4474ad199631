//! What all benchmarks share: threads to run on, a folder on a real disk, the built front end.
//!
//! The product and the bare handler run on one runtime, as wide as the product's own; the stand-in
//! on another, with one thread; the load on the caller's thread.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::{Builder, Handle, Runtime};

/// How long what still runs may take to end.
const END_WITHIN: Duration = Duration::from_secs(2);

/// See the module.
pub struct House {
    product: Option<Runtime>,
    discord: Option<Runtime>,
    /// The built front end.
    pub site: PathBuf,
    /// The program `threadline`.
    pub threadline: PathBuf,
    /// Where databases and logs are made. They are synced, so that memory would flatter them.
    pub folder: PathBuf,
    /// How long one round of measuring takes.
    pub round: Duration,
}

impl House {
    /// Makes the runtimes. Not to be called, or dropped, on one.
    pub fn new(
        site: PathBuf,
        threadline: PathBuf,
        folder: PathBuf,
        round: Duration,
    ) -> Result<Self> {
        let mut product = Builder::new_multi_thread();
        if cfg!(debug_assertions) {
            // Unoptimised pages nest deeper than the usual stack.
            product.thread_stack_size(8 << 20);
        }
        let product = product.thread_name("product").enable_all().build()?;
        let discord = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("discord")
            .enable_all()
            .build()?;
        Ok(Self {
            product: Some(product),
            discord: Some(discord),
            site,
            threadline,
            folder,
            round,
        })
    }

    /// Where the product and the bare handler run.
    pub fn product(&self) -> &Handle {
        handle(&self.product)
    }

    /// Where the stand-in runs.
    pub fn discord(&self) -> &Handle {
        handle(&self.discord)
    }

    /// A new folder, gone when it is dropped.
    pub fn empty_folder(&self) -> Result<TempDir> {
        tempfile::Builder::new()
            .prefix("bench-")
            .tempdir_in(&self.folder)
            .with_context(|| format!("cannot make a folder in {}", self.folder.display()))
    }
}

fn handle(runtime: &Option<Runtime>) -> &Handle {
    let runtime = runtime.as_ref();
    runtime
        .expect("a runtime is taken only when all is dropped")
        .handle()
}

impl Drop for House {
    fn drop(&mut self) {
        let runtimes = [self.product.take(), self.discord.take()];
        for runtime in runtimes.into_iter().flatten() {
            runtime.shutdown_timeout(END_WITHIN);
        }
    }
}
