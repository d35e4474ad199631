//! The smallest HTTP client that can ask a local program whether it is there.
//!
//! It speaks HTTP/1.0 to 127.0.0.1 and refuses to know TLS, redirects or anything of Threadline's.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

const PATIENCE: Duration = Duration::from_secs(2);

/// The status that `http://127.0.0.1:port/path` answers, or nothing if nobody answers.
pub fn status(port: u16, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&local(port), PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    )
    .ok()?;
    // "HTTP/1.1 200" is all that is wanted.
    let mut start = [0; 12];
    stream.read_exact(&mut start).ok()?;
    std::str::from_utf8(&start)
        .ok()?
        .rsplit(' ')
        .next()?
        .parse()
        .ok()
}

/// The wanted port, or any free one for 0; a taken port is an error that says so.
pub fn free_port(wanted: u16, option: &str) -> Result<u16> {
    match TcpListener::bind(local(wanted)) {
        Ok(listener) => Ok(listener
            .local_addr()
            .context("a listener without an address")?
            .port()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "port {wanted} of 127.0.0.1 is taken. Stop whoever listens there, or choose another with {option}"
            )
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{wanted}")),
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
