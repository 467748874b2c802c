//! Servers for tests.

use axum::Router;
use tokio::net::TcpListener;

use crate::Url;

/// Serves on a free port of this machine until the test ends.
pub(crate) async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = base_of(&listener);
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

/// An address on this machine where nobody listens.
pub(crate) async fn nobody() -> Url {
    base_of(&TcpListener::bind("127.0.0.1:0").await.unwrap())
}

fn base_of(listener: &TcpListener) -> Url {
    format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap()
}
