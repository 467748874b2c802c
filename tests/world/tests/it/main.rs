#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]
//! The simulated outside, spoken to over its own wires.

mod client;
mod contract;
mod dnp;
mod exports;
mod google;
mod microsoft;
mod moods;
mod official;
mod oneroster;
mod receiver;
mod register;
mod scim;
mod skolon;
mod truth;

use world::{World, WorldOptions};

/// A small world on a fixed date.
async fn small_world() -> World {
    world_with(|_| {}).await
}

async fn world_with(alter: impl FnOnce(&mut WorldOptions)) -> World {
    let mut options =
        WorldOptions { seed: 7, pupils: 150, today: Some(jiff::civil::date(2026, 10, 14)), ..WorldOptions::default() };
    alter(&mut options);
    World::start(options).await.unwrap()
}
