//! One HTTP/1.1 connection over the loopback, kept open, as cheap as it can be.
//!
//! A load generator shares two cores with what it measures: each microsecond that it spends is
//! taken from both sides of every ratio. So it reads no more of an answer than where it ends; the
//! few answers that somebody wants to read are copied out by [`Connection::ask`].

mod frame;
mod request;

pub use frame::Chunks;
pub use request::Request;

use anyhow::{Context, Result, bail, ensure};
use frame::{Body, Head};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How much is read at once.
const READ: usize = 64 << 10;
/// No answer of ours is larger.
const LARGEST: usize = 16 << 20;
/// How long somebody waits who reads the answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What the load generator looks at in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// How many bytes came over the wire, head and all.
    pub bytes: usize,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How many bytes came over the wire, head and all.
    pub bytes: usize,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        ensure!(address.ip().is_loopback(), "only this machine is measured");
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("{address} does not answer"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(READ),
        })
    }

    /// Sends a request and reads over its answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Seen> {
        let (head, bytes) = self.whole(request).await?;
        Ok(Seen {
            status: head.status,
            bytes,
        })
    }

    /// Sends a request and keeps its answer.
    pub async fn ask(&mut self, request: Request) -> Result<Answer> {
        let request = request.bytes();
        let (head, bytes) = tokio::time::timeout(PATIENCE, self.whole(&request))
            .await
            .context("no answer came in time")??;
        let rest = &self.received[head.length..bytes];
        let body = match head.body {
            Body::Length(_) => rest.to_vec(),
            Body::Chunked => {
                let mut body = Vec::new();
                Chunks::default().end(rest, |chunk| body.extend_from_slice(chunk))?;
                body
            }
        };
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut answer = httparse::Response::new(&mut headers);
        answer.parse(&self.received)?;
        let headers = answer.headers.iter().map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_ascii_lowercase(), value)
        });
        Ok(Answer {
            status: head.status,
            bytes,
            headers: headers.collect(),
            body,
        })
    }

    /// Sends a request and gives its connection away for reading what never ends.
    pub async fn follow(mut self, request: Request) -> Result<Stream> {
        self.stream.write_all(&request.bytes()).await?;
        let head = loop {
            if let Some(head) = frame::head(&self.received)? {
                break head;
            }
            self.read().await?;
        };
        ensure!(
            head.status == 200,
            "a stream was refused with {}",
            head.status
        );
        ensure!(head.body == Body::Chunked, "a stream that has an end");
        self.received.drain(..head.length);
        Ok(Stream(self))
    }

    async fn whole(&mut self, request: &[u8]) -> Result<(Head, usize)> {
        self.received.clear();
        self.stream.write_all(request).await?;
        let mut head = None;
        let mut chunks = Chunks::default();
        loop {
            self.read().await?;
            if head.is_none() {
                head = frame::head(&self.received)?;
            }
            let Some(head) = head else { continue };
            let end = match head.body {
                Body::Length(length) => Some(head.length + length),
                Body::Chunked => chunks
                    .end(&self.received[head.length..], |_| ())?
                    .map(|end| head.length + end),
            };
            match end {
                Some(end) if self.received.len() == end => return Ok((head, end)),
                Some(end) if self.received.len() > end => bail!("more came than one answer"),
                _ => {}
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        ensure!(self.received.len() < LARGEST, "an answer without an end");
        self.received.reserve(READ / 2);
        let count = self.stream.read_buf(&mut self.received).await?;
        ensure!(count > 0, "the connection was closed");
        Ok(())
    }
}

/// An answer that goes on.
#[derive(Debug)]
pub struct Stream(Connection);

impl Stream {
    /// The next chunks that arrive, one or several.
    pub async fn next(&mut self, each: impl FnMut(&[u8])) -> Result<()> {
        self.0.read().await?;
        let mut chunks = Chunks::default();
        let end = chunks.end(&self.0.received, each)?;
        ensure!(end.is_none(), "a stream ended");
        self.0.received.drain(..chunks.read());
        Ok(())
    }
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The cookie of that name that was set, as it is sent back: `name=value`.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let set = self.headers.iter().filter(|(key, _)| key == "set-cookie");
        set.filter_map(|(_, value)| value.split(';').next())
            .find(|pair| pair.split('=').next() == Some(name))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("an answer that is not JSON")
    }

    /// The answer, if it has this status.
    pub fn expect_status(self, status: u16, to: &str) -> Result<Self> {
        ensure!(
            self.status == status,
            "{to} was answered with {} instead of {status}",
            self.status
        );
        Ok(self)
    }
}
