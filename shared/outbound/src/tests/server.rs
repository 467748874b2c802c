//! Servers for tests.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket};

use crate::Url;

/// Serves on a free port of this machine until the test ends.
pub(crate) async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = base_of(listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

/// An address on this machine where nobody listens. The port stays taken, so that no other test's server gets it.
pub(crate) fn nobody() -> Url {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let base = base_of(socket.local_addr().unwrap());
    std::mem::forget(socket);
    base
}

fn base_of(address: SocketAddr) -> Url {
    format!("http://{address}/").parse().unwrap()
}
