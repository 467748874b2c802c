//! `cargo run --release -p simulation -- --seed N` replays a seed with a readable trace; `--seeds N` plays many.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::Parser;
use simulation::{Played, Profile, Setting, play};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plays simulated days.
#[derive(Parser)]
struct Arguments {
    /// Plays this seed and prints its trace.
    #[arg(long)]
    seed: Option<u64>,
    /// Plays so many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Seeds played side by side.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Nothing goes wrong.
    #[arg(long)]
    calm: bool,
    /// Each seed is played once only, and not compared with itself.
    #[arg(long)]
    once: bool,
    /// Goes on after a breach.
    #[arg(long)]
    keep_going: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let profile = if arguments.calm { Profile::calm() } else { Profile::all_faults() };
    if let Some(seed) = arguments.seed {
        let played = play(&Setting { seed, profile, mutation: None, keep_trace: true });
        for line in &played.trace {
            println!("{line}");
        }
        return report(&[(seed, played)]);
    }
    let began = Instant::now();
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.seeds;
    let failed: Mutex<Vec<(u64, Played)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let stop =
                        !arguments.keep_going && !failed.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
                    if seed >= end || stop {
                        return;
                    }
                    let setting = Setting { seed, profile: profile.clone(), mutation: None, keep_trace: false };
                    let mut played = play(&setting);
                    if !arguments.once && play(&setting).fingerprint != played.fingerprint {
                        played.breaches.push(simulation::invariants::Breach::different());
                    }
                    if !played.breaches.is_empty() {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push((seed, played));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{} seeds in {:.1} s", next.into_inner().min(end) - arguments.from, began.elapsed().as_secs_f64());
    report(&failed)
}

fn report(played: &[(u64, Played)]) -> ExitCode {
    let bad: Vec<_> = played.iter().filter(|(_, it)| !it.breaches.is_empty()).collect();
    for (seed, played) in &bad {
        for breach in played.breaches.iter().take(5) {
            println!("seed {seed}: {breach}");
        }
    }
    println!("{} passed, {} failed", played.len() - bad.len(), bad.len());
    if bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
