//! What the product is measured against: an axum handler that does one indexed query, one insert
//! through the same driver, or one check of a signature, and answers with as many bytes.
//!
//! It has no layers, no log and no rendering.

use crate::house::House;
use crate::sqlite::{For, options};
use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use ed25519_dalek::{Signature, VerifyingKey};
// house-rule: the yardstick needs the driver itself
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, FromQueryResult, Statement};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path as FilePath;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The row that is asked for.
pub const KEY: &str = "row-0500";

/// Where it takes what is signed.
pub const SIGNED: &str = "/signed/body";

/// A running bare handler.
pub struct Bare {
    /// Where it listens.
    pub address: SocketAddr,
    parts: Arc<Parts>,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

struct Parts {
    read: DatabaseConnection,
    write: DatabaseConnection,
    key: OnceLock<VerifyingKey>,
    answer: RwLock<Bytes>,
    written: AtomicU64,
}

#[derive(FromQueryResult)]
struct Row {
    words: String,
}

impl Bare {
    /// Starts one, with a table of a thousand rows.
    pub async fn start(house: &House) -> Result<Self> {
        let folder = house.empty_folder()?;
        let file = folder.path().join("bare.db");
        let (parts, listener) = house
            .product()
            .spawn(async move { anyhow::Ok((Parts::open(&file).await?, listen().await?)) })
            .await??;
        let parts = Arc::new(parts);
        let address = listener.local_addr()?;
        let app = Router::new()
            .route("/{key}", get(read))
            .route("/", post(write))
            .route(SIGNED, post(check))
            .with_state(parts.clone());
        let listener = listener.tap_io(|stream| {
            // The server's own listener does the same; without it both would still answer.
            let _ = stream.set_nodelay(true);
        });
        let serving = house.product().spawn(async move {
            // It only returns when it is aborted.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            parts,
            serving,
            _folder: folder,
        })
    }

    /// The key, in hexadecimal digits, with which it checks what is signed.
    pub fn trust(&self, key: &str) -> Result<()> {
        let key = bytes(key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
        // The first one stays: nobody measures under two.
        let _ = self.parts.key.set(key.context("no Ed25519 key")?);
        Ok(())
    }

    /// From now on it answers with a body of so many bytes.
    pub fn set_length(&self, bytes: usize) {
        let answer = Bytes::from(vec![b'x'; bytes]);
        *self
            .parts
            .answer
            .write()
            .unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn listen() -> Result<TcpListener> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
}

impl Parts {
    async fn open(file: &FilePath) -> Result<Self> {
        let write = Database::connect(options(file, For::Writing)).await?;
        for statement in [
            "CREATE TABLE bare (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, words TEXT NOT NULL)",
            "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 999)
             INSERT INTO bare (key, words) SELECT format('row-%04d', n), format('%0200d', n) FROM n",
        ] {
            write.execute_unprepared(statement).await?;
        }
        let read = Database::connect(options(file, For::Reading(4)))
            .await
            .context("readers")?;
        Ok(Self {
            read,
            write,
            key: OnceLock::new(),
            answer: RwLock::default(),
            written: AtomicU64::new(0),
        })
    }

    fn answer(&self) -> Bytes {
        let answer = self.answer.read();
        answer.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn read(
    State(parts): State<Arc<Parts>>,
    Path(key): Path<String>,
) -> Result<Bytes, StatusCode> {
    let backend = parts.read.get_database_backend();
    let text = "SELECT words FROM bare WHERE key = $1";
    let query = Statement::from_sql_and_values(backend, text, [key.into()]);
    let row = Row::find_by_statement(query).one(&parts.read).await;
    match row.map_err(|error| broken(&error))? {
        Some(row) if !row.words.is_empty() => Ok(parts.answer()),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

async fn write(State(parts): State<Arc<Parts>>, form: Bytes) -> Result<Bytes, StatusCode> {
    let key = format!("new-{}", parts.written.fetch_add(1, Ordering::Relaxed));
    let words = String::from_utf8_lossy(&form).into_owned();
    let backend = parts.write.get_database_backend();
    let text = "INSERT INTO bare (key, words) VALUES ($1, $2)";
    let insert = Statement::from_sql_and_values(backend, text, [key.into(), words.into()]);
    let done = parts.write.execute_raw(insert).await;
    done.map_err(|error| broken(&error))?;
    Ok(parts.answer())
}

/// Checks a signature as the product does, and nothing else.
async fn check(
    State(parts): State<Arc<Parts>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Bytes, StatusCode> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_signed = || {
        let signature = bytes(text("x-signature-ed25519")?)?;
        let signed = [text("x-signature-timestamp")?.as_bytes(), &body].concat();
        let key = parts.key.get()?;
        key.verify_strict(&signed, &Signature::from_bytes(&signature))
            .ok()
    };
    match is_signed() {
        Some(()) => Ok(parts.answer()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

/// The bytes in so many hexadecimal digits.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if hex.len() != 2 * N {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn broken(error: &DbErr) -> StatusCode {
    eprintln!("the bare handler's database: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
