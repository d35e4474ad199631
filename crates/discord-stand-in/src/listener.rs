//! One port for TLS and plain text: the first byte of a connection tells which it is.
//! It also can hang up: on one connection (a fault), or on all of them and the port itself (going dark).

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// The first byte of every TLS record that opens a handshake.
const TLS_HANDSHAKE: u8 = 0x16;
/// How long a client may take to show its first byte and finish its handshake.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// The listening half: opens and closes the port, feeds accepted connections to the server.
pub(crate) struct Door {
    addr: SocketAddr,
    tls: TlsAcceptor,
    ready: mpsc::Sender<Io>,
    /// The accept loop of the present opening; none while the port is closed.
    open: Mutex<Option<(CancellationToken, JoinHandle<()>)>>,
}

impl Door {
    /// Binds the port and starts accepting.
    pub(crate) async fn open(at: SocketAddr, tls: TlsAcceptor) -> io::Result<(Self, Arrivals)> {
        let listener = TcpListener::bind(at).await?;
        let addr = listener.local_addr()?;
        let (ready, arrivals) = mpsc::channel(64);
        let door = Self {
            addr,
            tls,
            ready,
            open: Mutex::new(None),
        };
        door.accept_from(listener);
        Ok((door, Arrivals { addr, arrivals }))
    }

    /// Where clients connect to.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Refuses new connections and cuts the present ones. Returns when the port is free.
    pub(crate) async fn close(&self) {
        let open = self.open.lock().expect("no holder panics").take();
        if let Some((token, task)) = open {
            token.cancel();
            // The loop ends by its token; a panic in it has already ended it.
            task.await.ok();
        }
    }

    /// The same without waiting, for a stand-in that is dropped.
    pub(crate) fn drop_now(&self) {
        let open = self.open.lock().expect("no holder panics").take();
        if let Some((token, task)) = open {
            token.cancel();
            task.abort();
        }
    }

    /// Listens on the same port again.
    pub(crate) async fn reopen(&self) -> io::Result<()> {
        if self.open.lock().expect("no holder panics").is_some() {
            return Ok(());
        }
        let listener = TcpListener::bind(self.addr).await?;
        self.accept_from(listener);
        Ok(())
    }

    fn accept_from(&self, listener: TcpListener) {
        let token = CancellationToken::new();
        let (tls, ready, addr) = (self.tls.clone(), self.ready.clone(), self.addr);
        let stop = token.clone();
        let task = tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((stream, peer)) = accepted else {
                    // Out of file handles, or the peer was gone already.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                };
                let (tls, ready, cut) = (tls.clone(), ready.clone(), stop.child_token());
                tokio::spawn(async move {
                    let shaken = tokio::select! {
                        () = cut.cancelled() => return,
                        shaken = tokio::time::timeout(HANDSHAKE_LIMIT, shake(stream, tls)) => shaken,
                    };
                    if let Ok(Ok(wire)) = shaken {
                        let io = Io {
                            wire,
                            peer: Peer {
                                addr: peer,
                                served_at: addr,
                                cut: cut.clone(),
                            },
                            ended: Box::pin(cut.cancelled_owned()),
                        };
                        ready.send(io).await.ok();
                    }
                });
            }
        });
        *self.open.lock().expect("no holder panics") = Some((token, task));
    }
}

async fn shake(stream: TcpStream, tls: TlsAcceptor) -> io::Result<Wire> {
    stream.set_nodelay(true)?;
    let mut first = [0_u8; 1];
    if stream.peek(&mut first).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if first[0] == TLS_HANDSHAKE {
        Ok(Wire::Tls(Box::new(tls.accept(stream).await?)))
    } else {
        Ok(Wire::Plain(stream))
    }
}

/// The serving half: what axum takes its connections from.
pub(crate) struct Arrivals {
    addr: SocketAddr,
    arrivals: mpsc::Receiver<Io>,
}

impl Listener for Arrivals {
    type Io = Io;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Io, SocketAddr) {
        match self.arrivals.recv().await {
            Some(io) => {
                let addr = io.peer.addr;
                (io, addr)
            }
            // The door is gone, so the server's task is about to be ended too.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addr)
    }
}

/// What a handler may know of its connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) addr: SocketAddr,
    pub(crate) served_at: SocketAddr,
    /// Hangs up on the client without another byte.
    pub(crate) cut: CancellationToken,
}

impl Connected<IncomingStream<'_, Arrivals>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Arrivals>) -> Self {
        stream.io().peer.clone()
    }
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// One connection, plain or TLS, that ends when its token is cancelled.
pub(crate) struct Io {
    wire: Wire,
    peer: Peer,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Io {
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.ended.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionReset.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check(cx)?;
        match &mut this.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.peer.cut.is_cancelled() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        match &mut this.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.peer.cut.is_cancelled() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        match &mut this.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().wire {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
