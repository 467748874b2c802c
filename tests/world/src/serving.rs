//! Running a router on the loopback for as long as somebody holds on to it.

use crate::listener::{CuttableListener, Line};
use axum::Router;
use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use tokio::task::JoinHandle;

/// A running server; stops listening when dropped.
pub(crate) struct Served {
    address: SocketAddr,
    task: JoinHandle<io::Result<()>>,
}

impl Served {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn serve(router: Router, port: u16) -> io::Result<Served> {
    let listener = CuttableListener::bind(port).await?;
    let address = listener.local_addr()?;
    let service = router.into_make_service_with_connect_info::<Line>();
    let task = tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(Served { address, task })
}
