//! Receiving systems beside the publisher's portal, one of every kind that is called or gets files: what a tenant's file says
//! of each, and how each differs from what it should hold. They listen on the loopback, or are asked in process where time is
//! simulated.

mod packages;
mod place;
mod portals;
mod rooms;
mod system;

use std::collections::BTreeSet;
use std::io;

use axum::extract::Request;
use axum::response::Response;
use world::{Expected, Moods, Time, World};

use self::packages::{Packages, Unikum};
pub use self::place::Shelves;
use self::portals::{Events, Library};
use self::rooms::{Google, Microsoft};
use self::system::System;

/// All of them.
pub struct Systems(Vec<Box<dyn System>>);

impl Systems {
    /// On the loopback, with files in folders, in real time. `domains`: those that people's names end in.
    ///
    /// # Errors
    /// When a port cannot be listened on, or a folder cannot be made.
    pub async fn start(domains: BTreeSet<String>) -> io::Result<Self> {
        Ok(Self(vec![
            Box::new(Library::start().await?),
            Box::new(Microsoft::start().await?),
            Box::new(Google::start(domains).await?),
            Box::new(Events::start().await?),
            Box::new(Unikum::in_folder()?),
            Box::new(Packages::of_one_roster_in_folder()?),
            Box::new(Packages::for_school_data_sync_in_folder()?),
        ]))
    }

    /// In process, at hosts below `domain`, with files on `shelves`.
    #[must_use]
    pub fn in_process(domain: &str, domains: BTreeSet<String>, time: &Time, shelves: &Shelves) -> Self {
        Self(vec![
            Box::new(Library::in_process(domain, time)),
            Box::new(Microsoft::in_process(domain, time)),
            Box::new(Google::in_process(domains, time)),
            Box::new(Events::in_process(domain, time)),
            Box::new(Unikum::on(shelves)),
            Box::new(Packages::of_one_roster_on(shelves)),
            Box::new(Packages::for_school_data_sync_on(shelves)),
        ])
    }

    /// The tables of a tenant's file.
    #[must_use]
    pub fn tables(&self) -> String {
        self.0.iter().map(|it| table(it.name(), &it.table())).collect()
    }

    /// The variables that the tables refer to, and their secrets.
    pub fn secrets(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.0.iter().filter_map(|it| it.secret())
    }

    /// Somebody makes accounts for those who have none yet, where the hub only finds them.
    pub fn open_accounts(&self, expected: &Expected) {
        let names = expected.user_names();
        self.0.iter().for_each(|it| it.open_accounts(&names));
    }

    /// They behave like this from the next request on.
    pub fn be_moody(&self, moods: &Moods) {
        self.0.iter().for_each(|it| it.be_moody(moods));
    }

    /// How they differ from what they should hold, without anybody's name.
    #[must_use]
    pub fn differences(&self, world: &World, expected: &Expected) -> Vec<String> {
        let of = |it: &dyn System| named(it.name(), it.differences(world, expected));
        self.0.iter().flat_map(|it| of(&**it)).collect()
    }

    /// What the hub did there that it must not.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.0.iter().flat_map(|it| named(it.name(), it.violations())).collect()
    }

    /// How often they were asked.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.0.iter().map(|it| it.requests()).sum()
    }

    /// Answers a request in process. `None`: of another host, or no answer arrives.
    pub async fn answer(&self, request: Request) -> Option<Response> {
        let host = request.uri().host()?.to_owned();
        let system = self.0.iter().find(|it| it.is_at(&host))?;
        system.answer(request).await
    }

    /// Whether one of them is at this host.
    #[must_use]
    pub fn are_at(&self, host: &str) -> bool {
        self.0.iter().any(|it| it.is_at(host))
    }
}

pub(super) fn table(name: &str, settings: &str) -> String {
    format!("\n[[target]]\nname = \"{name}\"\n{settings}")
}

fn named(name: &str, found: Vec<String>) -> Vec<String> {
    found.into_iter().map(|it| format!("{name}: {it}")).collect()
}
