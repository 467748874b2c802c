//! What all receiving systems have in common.

use std::collections::BTreeSet;

use async_trait::async_trait;
use axum::extract::Request;
use axum::response::Response;
use world::{Expected, Moods, World};

/// A receiving system.
#[async_trait]
pub(super) trait System: Send + Sync {
    /// The target's name.
    fn name(&self) -> &'static str;

    /// The target's table, without its heading and name.
    fn table(&self) -> String;

    /// The variable that the table refers to, and its secret.
    fn secret(&self) -> Option<(&'static str, String)>;

    /// Accounts are made there by somebody else, where the hub only finds them.
    fn open_accounts(&self, names: &BTreeSet<String>) {
        let _ = names;
    }

    /// It behaves like this from the next request on. One that gets files has no moods.
    fn be_moody(&self, moods: &Moods) {
        let _ = moods;
    }

    /// Whether it is what is asked at this host.
    fn is_at(&self, host: &str) -> bool {
        let _ = host;
        false
    }

    /// Answers a request in process. `None`: no answer arrives.
    async fn answer(&self, request: Request) -> Option<Response> {
        let _ = request;
        None
    }

    /// How it differs from what it should hold, without anybody's name.
    fn differences(&self, world: &World, expected: &Expected) -> Vec<String>;

    /// What the hub did there that it must not.
    fn violations(&self) -> Vec<String>;

    /// How often it was asked.
    fn requests(&self) -> u64;
}
