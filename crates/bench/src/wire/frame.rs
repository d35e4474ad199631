//! Where an answer ends: its head, and a body by length or in chunks.
//!
//! It reads bytes that have arrived and asks for more; it opens no connection. It takes what our
//! own server and the stand-in send, and refuses an answer that only a closed connection would end.

use anyhow::{Context, Result, bail};

/// An answer's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// Where the body begins.
    pub length: usize,
    /// How the body ends.
    pub body: Body,
}

/// How an answer's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// After as many bytes.
    Length(usize),
    /// After a chunk of nothing.
    Chunked,
}

/// The most headers that an answer may have.
const HEADERS: usize = 64;

/// The head at the beginning of `bytes`, or nothing while it is incomplete.
pub fn head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = answer.parse(bytes)? else {
        return Ok(None);
    };
    let status = answer.code.context("an answer without a status")?;
    let mut body = matches!(status, 100..=199 | 204 | 304).then_some(Body::Length(0));
    for header in answer.headers.iter() {
        let value = || std::str::from_utf8(header.value).map(str::trim);
        if header.name.eq_ignore_ascii_case("content-length") {
            body = body.or(Some(Body::Length(value()?.parse()?)));
        } else if header.name.eq_ignore_ascii_case("transfer-encoding")
            && value()?.eq_ignore_ascii_case("chunked")
        {
            body = Some(Body::Chunked);
        }
    }
    Ok(Some(Head {
        status,
        length,
        body: body.context("an answer that does not say where it ends")?,
    }))
}

/// Reads over chunks as they arrive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chunks {
    at: usize,
}

impl Chunks {
    /// How many bytes have been read over.
    pub fn read(&self) -> usize {
        self.at
    }

    /// Where the chunks in `body` end, or nothing while they have not. `body` may only grow
    /// between two calls. Each chunk's content is handed to `each` once.
    pub fn end(&mut self, body: &[u8], mut each: impl FnMut(&[u8])) -> Result<Option<usize>> {
        loop {
            let rest = &body[self.at..];
            let Ok(httparse::Status::Complete((prefix, size))) = httparse::parse_chunk_size(rest)
            else {
                if rest.len() > 64 {
                    bail!("a chunk without a size");
                }
                return Ok(None);
            };
            let size = usize::try_from(size)?;
            // The content, and the line's end after it.
            let after = prefix + size + 2;
            if rest.len() < after {
                return Ok(None);
            }
            each(&rest[prefix..prefix + size]);
            self.at += after;
            if size == 0 {
                return Ok(Some(self.at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let answer = b"HTTP/1.1 303 See Other\r\nContent-Length: 0\r\nlocation: /t/x\r\n\r\n";
        for part in 0..answer.len() {
            assert_eq!(head(&answer[..part]).unwrap(), None);
        }
        let read = head(answer).unwrap().unwrap();
        assert_eq!((read.status, read.length), (303, answer.len()));
        assert_eq!(read.body, Body::Length(0));
    }

    #[test]
    fn an_answer_without_an_end_is_refused() {
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 204 No Content\r\n\r\n").is_ok());
        assert!(head(b"rubbish\r\n\r\n").is_err());
    }

    #[test]
    fn chunks_are_handed_over_once_each_however_they_arrive() {
        let body = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        let mut chunks = Chunks::default();
        let mut text = Vec::new();
        for part in 0..body.len() {
            let end = chunks.end(&body[..part], |chunk| text.extend_from_slice(chunk));
            assert_eq!(end.unwrap(), None);
        }
        let end = chunks.end(body, |chunk| text.extend_from_slice(chunk));
        assert_eq!(end.unwrap(), Some(body.len()));
        assert_eq!(text, b"hello world");
    }
}
