//! A library that speaks SCIM, and a receiver of events.

use std::io;

use async_trait::async_trait;
use axum::extract::Request;
use axum::response::Response;
use world::expected::rooms_differ;
use world::scim::ScimOptions;
use world::{EventReceiver, Expected, Moods, ScimServer, Time, World};

use super::rooms::accounts_differ;
use super::system::System;

/// The key that events are signed with.
const EVENTS_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A library whose provider has a page of the standard for everything.
pub(super) struct Library(ScimServer);

impl Library {
    pub(super) async fn start() -> io::Result<Self> {
        Ok(Self(ScimServer::start(ScimOptions::new(Time::real()), 0).await?))
    }

    pub(super) fn in_process(domain: &str, time: &Time) -> Self {
        let host = format!("library.{domain}");
        Self(ScimServer::in_process(ScimOptions { host, ..ScimOptions::new(time.clone()) }))
    }
}

#[async_trait]
impl System for Library {
    fn name(&self) -> &'static str {
        "library"
    }

    fn table(&self) -> String {
        format!("kind = \"scim\"\nbase_url = \"{}\"\ntoken = {{ env = \"LIBRARY\" }}\n", self.0.base_url())
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        Some(("LIBRARY", self.0.options().bearer?))
    }

    fn be_moody(&self, moods: &Moods) {
        self.0.moods().set(moods.clone());
    }

    fn is_at(&self, host: &str) -> bool {
        self.0.options().host == host
    }

    async fn answer(&self, request: Request) -> Option<Response> {
        self.0.answer(request).await
    }

    fn differences(&self, _: &World, expected: &Expected) -> Vec<String> {
        expected.differences_at_scim(&self.0.state())
    }

    fn violations(&self) -> Vec<String> {
        self.0.violations()
    }

    fn requests(&self) -> u64 {
        self.0.counters().calls.values().sum()
    }
}

/// A timetable that takes events.
pub(super) struct Events(EventReceiver);

impl Events {
    pub(super) async fn start() -> io::Result<Self> {
        Ok(Self(EventReceiver::start(EVENTS_KEY, Time::real(), 0).await?))
    }

    pub(super) fn in_process(domain: &str, time: &Time) -> Self {
        Self(EventReceiver::in_process(&format!("timetable.{domain}"), EVENTS_KEY, time.clone()))
    }
}

#[async_trait]
impl System for Events {
    fn name(&self) -> &'static str {
        "timetable"
    }

    fn table(&self) -> String {
        format!("kind = \"webhook\"\nurl = \"{}\"\nsecrets = [{{ env = \"EVENTS\" }}]\n", self.0.url())
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        Some(("EVENTS", EVENTS_KEY.to_owned()))
    }

    fn be_moody(&self, moods: &Moods) {
        self.0.moods().set(moods.clone());
    }

    fn is_at(&self, host: &str) -> bool {
        self.0.host() == host
    }

    async fn answer(&self, request: Request) -> Option<Response> {
        self.0.answer(request).await
    }

    fn differences(&self, _: &World, expected: &Expected) -> Vec<String> {
        let taken = self.0.taken();
        let mut found = rooms_differ(&expected.rooms(|_| true), &taken.rooms());
        found.extend(accounts_differ(&expected.user_names(), &taken.user_names()));
        found
    }

    fn violations(&self) -> Vec<String> {
        self.0.taken().violations.into_iter().collect()
    }

    fn requests(&self) -> u64 {
        let taken = self.0.taken();
        (taken.types.len() + taken.repeated) as u64
    }
}
