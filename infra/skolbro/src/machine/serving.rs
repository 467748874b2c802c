//! Serving on one machine, within bounds. In the cloud API Gateway has these: 10 KB of headers, 10 MB of body, 30 s.

#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// What whoever connects may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Connections at once; whoever comes next waits.
    connections: usize,
    /// How long the head of a request may take to come; so long a connection may also be idle.
    head_within: Duration,
    /// The largest head, in bytes.
    head: usize,
    /// The most headers.
    headers: usize,
    /// How long a connection is kept: then it may finish what it is at, within `head_within`.
    kept_for: Duration,
}

impl Limits {
    /// Ample for doorbells and the command line.
    pub(super) const USUAL: Self = Self {
        connections: 512,
        head_within: Duration::from_secs(10),
        head: 16 * 1024,
        headers: 64,
        kept_for: Duration::from_secs(300),
    };
}

/// Serves until dropped, and its connections with it.
pub(super) async fn serve(listener: TcpListener, router: Router, limits: Limits) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let stream = accept(&listener).await;
        let router = router.clone();
        connections.spawn(async move {
            connection(stream, router, limits).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::error!(code = "machine.serving_failed", error = %error, "A connection could not be accepted.");
                // Most likely there are too many open files; it passes when some are closed.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// Whatever goes wrong with a connection is its client's affair.
async fn connection(stream: TcpStream, router: Router, limits: Limits) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_buf_size(limits.head)
        .max_headers(limits.headers);
    let mut served = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    if timeout(limits.kept_for, served.as_mut()).await.is_err() {
        served.as_mut().graceful_shutdown();
        let _ = timeout(limits.head_within, served).await;
    }
}
