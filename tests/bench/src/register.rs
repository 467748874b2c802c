//! A whole register read, merged and stored, and read again with nothing changed: no target, so that nothing else counts.

use std::io;
use std::time::{Duration, Instant};

use world::{World, WorldOptions};

use crate::figures::Figures;
use crate::hub::Hub;

const PATIENCE: Duration = Duration::from_secs(3_600);

/// Measures.
///
/// # Errors
/// When the world or the hub cannot be started, or the register is not read to its end.
pub async fn measure(pupils: usize, figures: &mut Figures) -> io::Result<()> {
    let world = World::start(WorldOptions { pupils, receivers: vec![], ..WorldOptions::default() }).await?;
    let memberships =
        world.register().with_truth(|truth| truth.groups.values().map(|group| group.memberships.len()).sum::<usize>());
    let began = Instant::now();
    let hub = Hub::of_register(&world)?;
    // The waiting is a thread's; the world goes on beside it.
    tokio::task::block_in_place(|| {
        hub.wait_for_read(None, PATIENCE)?;
        let name = format!("{pupils} pupils, {memberships} memberships: read, merged, stored");
        figures.add(name, format!("{:.0} s", began.elapsed().as_secs_f64()), "110,000 pupils ≤ 20 min");
        figures.add("what the store has of them", format!("{} MB", hub.stored()?), "");
        figures.add("resident memory of the hub, highest so far", format!("{} MB", hub.peak_memory()), "≤ 400 MB");
        let first = hub.register_read_at()?;
        let began = Instant::now();
        hub.compare("demoskolan")?;
        hub.wait_for_read(first.as_deref(), PATIENCE)?;
        let figure = format!("{:.0} s", began.elapsed().as_secs_f64());
        figures.add("full compare with nothing changed", figure, "60,000 pupils ≤ 90 s");
        figures.add("resident memory of the hub, highest", format!("{} MB", hub.peak_memory()), "≤ 400 MB");
        Ok(())
    })
}
