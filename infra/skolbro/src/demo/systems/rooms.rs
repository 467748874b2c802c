//! Microsoft 365 and Google Workspace, where accounts are found, and classes are rooms.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use axum::extract::Request;
use axum::response::Response;
use serde_json::json;
use world::expected::rooms_differ;
use world::google::{GoogleOptions, GoogleServer};
use world::microsoft::{MicrosoftOptions, MicrosoftServer};
use world::{Expected, Moods, Time, World};

use super::system::System;

/// Who owns all classes.
const HEAD: &str = "rektor@norrbyholm.example";
const CLASSROOMS: &str = "klassrum@norrbyholm.example";

/// What accounts that are missing or too many say of themselves: how many they are.
pub(super) fn accounts_differ(wanted: &BTreeSet<String>, there: &BTreeSet<String>) -> Option<String> {
    let (lacking, besides) = (wanted.difference(there).count(), there.difference(wanted).count());
    (lacking + besides > 0).then(|| format!("{lacking} accounts are missing and {besides} too many"))
}

/// Accounts that somebody has made.
#[derive(Default)]
struct Opened(Mutex<BTreeSet<String>>);

impl Opened {
    /// Those of the names that have none yet.
    fn open(&self, names: &BTreeSet<String>, make: impl FnMut(&String)) {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.difference(&opened).for_each(make);
        opened.extend(names.iter().cloned());
    }
}

/// Microsoft 365 with class teams.
pub(super) struct Microsoft {
    server: MicrosoftServer,
    opened: Opened,
}

impl Microsoft {
    pub(super) async fn start() -> io::Result<Self> {
        Ok(Self::with(MicrosoftServer::start(MicrosoftOptions::new(Time::real()), 0).await?))
    }

    pub(super) fn in_process(domain: &str, time: &Time) -> Self {
        let (graph_host, login_host) = (format!("graph.{domain}"), format!("login.{domain}"));
        let options = MicrosoftOptions { graph_host, login_host, ..MicrosoftOptions::new(time.clone()) };
        Self::with(MicrosoftServer::in_process(options))
    }

    fn with(server: MicrosoftServer) -> Self {
        server.plant_user(json!({ "userPrincipalName": HEAD, "displayName": "Rektor" }));
        Self { server, opened: Opened::default() }
    }
}

#[async_trait]
impl System for Microsoft {
    fn name(&self) -> &'static str {
        "microsoft"
    }

    fn table(&self) -> String {
        let options = self.server.options();
        format!(
            "kind = \"microsoft\"\ntenant_id = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"MICROSOFT\" }}\n\
             base_url = \"{}\"\nlogin_url = \"{}\"\nextra_owners = [\"{HEAD}\"]\nteams = true\n",
            options.tenant,
            options.client_id,
            self.server.base_url(),
            self.server.login_url()
        )
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        Some(("MICROSOFT", self.server.options().client_secret))
    }

    fn open_accounts(&self, names: &BTreeSet<String>) {
        self.opened.open(names, |name| {
            self.server.plant_user(json!({ "userPrincipalName": name, "displayName": "Prov Provsson" }));
        });
    }

    fn be_moody(&self, moods: &Moods) {
        self.server.moods().set(moods.clone());
    }

    fn is_at(&self, host: &str) -> bool {
        let options = self.server.options();
        options.graph_host == host || options.login_host == host
    }

    async fn answer(&self, request: Request) -> Option<Response> {
        self.server.answer(request).await
    }

    fn differences(&self, _: &World, expected: &Expected) -> Vec<String> {
        rooms_differ(&expected.rooms(|_| true), &self.server.state().rooms(HEAD))
    }

    fn violations(&self) -> Vec<String> {
        self.server.violations()
    }

    fn requests(&self) -> u64 {
        self.server.counters().calls.values().sum()
    }
}

/// Google Workspace with Classroom.
pub(super) struct Google {
    server: GoogleServer,
    opened: Opened,
}

impl Google {
    /// A domain that has `domains` as well.
    pub(super) async fn start(domains: BTreeSet<String>) -> io::Result<Self> {
        Ok(Self::with(GoogleServer::start(options(domains, Time::real()), 0).await?))
    }

    /// The same at Google's own hosts.
    pub(super) fn in_process(domains: BTreeSet<String>, time: &Time) -> Self {
        Self::with(GoogleServer::in_process(options(domains, time.clone())))
    }

    fn with(server: GoogleServer) -> Self {
        server.plant_user(CLASSROOMS, "Klass", "Rum");
        Self { server, opened: Opened::default() }
    }
}

fn options(domains: BTreeSet<String>, time: Time) -> GoogleOptions {
    let mut options = GoogleOptions::new(time);
    options.domains.extend(domains);
    let found_only = "https://www.googleapis.com/auth/admin.directory.user.readonly";
    options.delegations.iter_mut().for_each(|it| it.scopes.push(found_only.to_owned()));
    options
}

#[async_trait]
impl System for Google {
    fn name(&self) -> &'static str {
        "google"
    }

    fn table(&self) -> String {
        format!(
            "kind = \"google\"\nservice_account = {{ env = \"GOOGLE\" }}\nadmin = \"{}\"\ntoken_url = \"{}\"\n\
             directory_url = \"{}\"\nclassroom_url = \"{}\"\ncourse_owner = \"{CLASSROOMS}\"\n\
             user_name = [\"eppn\", \"email\"]\n",
            self.server.admin(),
            self.server.token_url(),
            self.server.directory_url(),
            self.server.classroom_url()
        )
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        Some(("GOOGLE", self.server.service_account_json()))
    }

    fn open_accounts(&self, names: &BTreeSet<String>) {
        self.opened.open(names, |name| {
            self.server.plant_user(name, "Prov", "Provsson");
        });
    }

    fn be_moody(&self, moods: &Moods) {
        self.server.moods().set(moods.clone());
    }

    fn is_at(&self, host: &str) -> bool {
        [GoogleServer::LOGIN, GoogleServer::DIRECTORY, GoogleServer::CLASSROOM].contains(&host)
    }

    async fn answer(&self, request: Request) -> Option<Response> {
        self.server.answer(request).await
    }

    fn differences(&self, _: &World, expected: &Expected) -> Vec<String> {
        rooms_differ(&expected.rooms(|_| true), &self.server.state().rooms("p:skolbro-", CLASSROOMS))
    }

    fn violations(&self) -> Vec<String> {
        self.server.violations()
    }

    fn requests(&self) -> u64 {
        self.server.counters().calls.values().sum()
    }
}
