//! Single changes: from the doorbell to the receiver.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, Instant};

use uuid::Uuid;
use world::truth::Change;
use world::{World, WorldOptions};

use crate::figures::{Figures, quantile};
use crate::hub::Hub;

/// Measures how long single changes take, one after the other.
///
/// # Errors
/// When the world or the hub cannot be started, or a change never arrives.
pub async fn measure(changes: usize, figures: &mut Figures) -> io::Result<()> {
    let world = World::start(WorldOptions { pupils: 400, ..WorldOptions::default() }).await?;
    let _hub = Hub::start(&world)?;
    loaded(&world).await?;
    let pupils = pupils(&world)?;
    let mut lags = Vec::with_capacity(changes);
    for pupil in pupils.into_iter().cycle().take(changes) {
        lags.push(one(&world, pupil).await?);
    }
    lags.sort_by(f64::total_cmp);
    let figure = format!("p50 {:.1} ms, p99 {:.1} ms", quantile(&lags, 0.5), quantile(&lags, 0.99));
    figures.add(format!("one change, doorbell to receiver ({changes} changes)"), figure, "p50 ≤ 50 ms, p99 ≤ 250 ms");
    Ok(())
}

async fn loaded(world: &World) -> io::Result<()> {
    let began = Instant::now();
    while world.receivers().any(|it| !world.differences(&it.options().name).is_empty()) {
        if began.elapsed() > Duration::from_secs(300) {
            return Err(io::Error::other("the first load never ended"));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    // Subscribing follows the first read; a poll in between is harmless.
    tokio::time::sleep(Duration::from_secs(3)).await;
    Ok(())
}

/// The pupils whom the receiver should have: the others' changes never arrive.
fn pupils(world: &World) -> io::Result<Vec<Uuid>> {
    let expected = world.expected("gleerups").ok_or_else(|| io::Error::other("no such receiver"))?;
    let delivered: BTreeSet<Uuid> = expected.user_ids().filter_map(|it| it.parse().ok()).collect();
    Ok(world
        .register()
        .with_truth(|truth| truth.pupils().map(|it| it.id).filter(|it| delivered.contains(it)).collect()))
}

fn updates(world: &World) -> u64 {
    let counters = world.counters().receivers;
    counters.get("gleerups").map_or(0, |it| it.updated.values().sum())
}

async fn one(world: &World, pupil: Uuid) -> io::Result<f64> {
    let before = updates(world);
    let rung = Instant::now();
    let change = [Change::PersonRenamed { person: pupil }];
    let apply = world.register().apply(&change);
    let arrive = async {
        while updates(world) == before && rung.elapsed() < Duration::from_secs(90) {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        rung.elapsed().as_secs_f64() * 1_000.0
    };
    let (_, lag) = tokio::join!(apply, arrive);
    // Both receivers of the register, before the next change.
    tokio::time::sleep(Duration::from_millis(20)).await;
    if lag >= 90_000.0 { Err(io::Error::other("a change never arrived")) } else { Ok(lag) }
}
