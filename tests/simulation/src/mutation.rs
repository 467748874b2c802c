//! Mutations: hubs broken on purpose. Each must be caught by the invariant it belongs to.

use std::sync::Arc;

use sync::connectors::{Factory, Shipped};

use crate::network::Network;

/// A way to break the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mutation {}

impl Mutation {
    /// The connectors of a hub broken in this way.
    pub(crate) fn factory(self, shipped: Shipped, _: Network) -> Arc<dyn Factory> {
        Arc::new(shipped)
    }
}
