//! The line to all of them, without sockets.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use outbound::{CallErrorKind, Carried, Transport};
use world::{GraphEducationServer, ImsEnterpriseServer, OneRosterServer, World};

/// Where the OneRoster provider is.
pub(super) const ONEROSTER: &str = "oneroster.norrbyholm.example";

/// The largest answer; those here are far smaller.
const LARGEST: usize = 256 * 1024 * 1024;

/// Brings each call to whom it is for.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) world: Arc<World>,
    pub(super) oneroster: OneRosterServer,
    pub(super) ims: ImsEnterpriseServer,
    pub(super) graph: GraphEducationServer,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

#[async_trait]
impl Transport for Line {
    async fn carry(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind> {
        let sent = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default().to_vec();
        let mut asked = axum::http::Request::builder().method(request.method().as_str()).uri(request.url().as_str());
        if let Some(headers) = asked.headers_mut() {
            headers.extend(request.headers().clone());
        }
        let asked = asked.body(Body::from(sent)).map_err(|_| CallErrorKind::Reset)?;
        let answer = match request.url().host_str().unwrap_or_default() {
            ONEROSTER => self.oneroster.answer(asked).await,
            ImsEnterpriseServer::HOST => self.ims.answer(asked).await,
            GraphEducationServer::GRAPH | GraphEducationServer::LOGIN => self.graph.answer(asked).await,
            _ => self.world.answer(asked).await,
        };
        let (head, body) = answer.ok_or(CallErrorKind::Reset)?.into_parts();
        let body = to_bytes(body, LARGEST).await.map_err(|_| CallErrorKind::Reset)?.to_vec();
        Ok(Carried { status: head.status.as_u16(), headers: head.headers, body })
    }
}
