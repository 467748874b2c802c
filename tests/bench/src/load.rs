//! The first load, users per second at a receiver with a delay, and a compare in which nothing has changed.

use std::io;
use std::time::{Duration, Instant};

use world::receiver::ResourceType;
use world::truth::Change;
use world::{Feed, Moods, ReceiverOptions, World, WorldOptions};

use crate::figures::Figures;
use crate::hub::Hub;

/// Long enough for anything that works at all.
const PATIENCE: Duration = Duration::from_secs(600);

fn one_receiver(pupils: usize) -> WorldOptions {
    WorldOptions {
        pupils,
        receivers: vec![ReceiverOptions::new("gleerups", Feed::Register)],
        ..WorldOptions::default()
    }
}

fn created(world: &World) -> u64 {
    let counters = world.counters().receivers;
    counters.get("gleerups").and_then(|it| it.created.get(&ResourceType::Users)).copied().unwrap_or(0)
}

fn updated(world: &World) -> u64 {
    let counters = world.counters().receivers;
    counters.get("gleerups").and_then(|it| it.updated.get(&ResourceType::Users)).copied().unwrap_or(0)
}

fn calls(world: &World) -> u64 {
    world.counters().receivers.values().flat_map(|it| it.requests.values()).sum()
}

fn is_equal(world: &World) -> bool {
    world.receivers().all(|it| world.differences(&it.options().name).is_empty())
}

async fn until_equal(world: &World) -> io::Result<()> {
    let began = Instant::now();
    // Comparing is work too: it is done only when calls have stopped coming.
    loop {
        let before = calls(world);
        tokio::time::sleep(Duration::from_millis(300)).await;
        if calls(world) == before && is_equal(world) {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(io::Error::other("the receivers never became equal"));
        }
    }
}

/// Measures.
///
/// # Errors
/// When the world or the hub cannot be started, or never agree.
pub async fn measure(pupils: usize, figures: &mut Figures) -> io::Result<()> {
    let world = World::start(one_receiver(pupils)).await?;
    let began = Instant::now();
    let hub = Hub::start(&world)?;
    let mut last = (Instant::now(), 0);
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = calls(&world);
        if now > last.1 {
            last = (Instant::now(), now);
        } else if now > 0 && last.0.elapsed() > Duration::from_secs(3) && is_equal(&world) {
            break;
        }
        if began.elapsed() > PATIENCE {
            return Err(io::Error::other("the first load never ended"));
        }
    }
    let took = last.0.duration_since(began);
    let name = format!("first load of {pupils} pupils, to the last delivery");
    figures.add(name, format!("{:.1} s, {} calls", took.as_secs_f64(), last.1), "10,000 pupils ≤ 60 s");
    compare(&world, &hub, figures)?;
    figures.add("resident memory of the hub, highest so far", format!("{} MB", hub.peak_memory()), "≤ 150 MB");
    Ok(())
}

fn compare(world: &World, hub: &Hub, figures: &mut Figures) -> io::Result<()> {
    let before = calls(world);
    let first = hub.register_read_at()?;
    let began = Instant::now();
    hub.compare("demoskolan")?;
    tokio::task::block_in_place(|| hub.wait_for_read(first.as_deref(), PATIENCE))?;
    let figure = format!("{:.1} s, {} calls", began.elapsed().as_secs_f64(), calls(world) - before);
    figures.add("full compare with nothing changed", figure, "0 calls");
    Ok(())
}

/// Users per second at a receiver that takes 20 ms to answer: at a first load, while the register is still being read,
/// and when everybody has been renamed at once.
///
/// # Errors
/// As [`measure`].
pub async fn delayed(pupils: usize, figures: &mut Figures) -> io::Result<()> {
    let world = World::start(one_receiver(pupils)).await?;
    for receiver in world.receivers() {
        receiver.moods().set(Moods { latency: Duration::from_millis(20), ..Moods::calm() });
    }
    let hub = Hub::start(&world)?;
    let name = "users/s at a receiver that answers in 20 ms (best 2 s)";
    figures.add(format!("{name}: first load"), format!("{:.0}", best_rate(&world, created).await), "≥ 1,000");
    until_equal(&world).await?;
    let everybody: Vec<Change> =
        world.register().with_truth(|truth| truth.pupils().map(|it| Change::PersonRenamed { person: it.id }).collect());
    world.register().apply(&everybody).await;
    figures.add(format!("{name}: all renamed"), format!("{:.0}", best_rate(&world, updated).await), "≥ 1,000");
    until_equal(&world).await?;
    figures.add("resident memory of the hub beside it, highest", format!("{} MB", hub.peak_memory()), "≤ 150 MB");
    Ok(())
}

/// The highest rate in any two seconds, until nothing has come for five.
#[allow(clippy::cast_precision_loss)] // counts of users
async fn best_rate(world: &World, count: impl Fn(&World) -> u64) -> f64 {
    let (mut best, mut window, began) = (0.0f64, Vec::new(), Instant::now());
    let at_first = count(world);
    while began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
        window.push((Instant::now(), count(world)));
        if let Some((then, had)) = window.iter().rev().nth(20) {
            let (now, has) = window[window.len() - 1];
            best = best.max((has - had) as f64 / now.duration_since(*then).as_secs_f64());
        }
        let idle = window.iter().rev().take(50).all(|(_, counted)| *counted == count(world));
        if window.len() > 100 && count(world) > at_first && idle {
            break;
        }
    }
    best
}
