//! `cargo run --release -p simulation -- --seed N` replays a seed with a readable trace; `--seeds N` plays many, and
//! `--until-stopped` ever new ones. What fails is printed with the shortest script that still does, to be kept under
//! `tests/scripts` and played again with `--replay FILE`.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use clap::Parser;
use simulation::invariants::Breach;
use simulation::{Fault, Keeper, Kept, Mutation, Played, Setting, TRIES, play, shortest};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often a run without an end says how far it has come.
const SAYS_SO_EVERY: Duration = Duration::from_secs(60);

/// Plays simulated days.
#[derive(Parser)]
struct Arguments {
    /// Plays this seed and prints its trace.
    #[arg(long)]
    seed: Option<u64>,
    /// Does not play the seed, but prints it as it could be kept.
    #[arg(long, requires = "seed")]
    script: bool,
    /// Plays a run that was kept, and prints its trace.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Plays so many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// Plays ever new seeds, each once, until one fails.
    #[arg(long)]
    until_stopped: bool,
    /// The first seed.
    #[arg(long)]
    from: Option<u64>,
    /// Seeds played side by side.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only this goes wrong, e.g. `crash` or `page_truncated`; may be given several times.
    #[arg(long, value_parser = fault)]
    only: Vec<Fault>,
    /// Plays a hub broken on purpose, e.g. `waiting_worker`, and says which seeds tell.
    #[arg(long, value_parser = mutation)]
    mutation: Option<Mutation>,
    /// Nothing goes wrong, but one tenant has much to do beside the other.
    #[arg(long)]
    beside_bulk: bool,
    /// The first tenant has a receiving system of every kind beside its portal.
    #[arg(long)]
    every_target: bool,
    /// Nothing goes wrong.
    #[arg(long)]
    calm: bool,
    /// Each seed is played once only, and not compared with itself.
    #[arg(long)]
    once: bool,
    /// Instead of being played again, each seed is played on the embedded store, as `skolbro up` has it.
    #[arg(long, conflicts_with = "once")]
    on_embedded: bool,
    /// Goes on after a breach.
    #[arg(long)]
    keep_going: bool,
    /// What fails is printed as it is, and no shorter script is looked for.
    #[arg(long)]
    as_it_is: bool,
}

fn fault(name: &str) -> Result<Fault, String> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|error| error.to_string())
}

fn mutation(name: &str) -> Result<Mutation, String> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|error| error.to_string())
}

impl Arguments {
    fn faults(&self) -> Vec<Fault> {
        match (self.calm, self.only.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => Fault::ALL.to_vec(),
            (false, false) => self.only.clone(),
        }
    }

    fn run_of(&self, seed: u64) -> Kept {
        let (beside_bulk, every_target) = (self.beside_bulk, self.every_target);
        Kept { beside_bulk, every_target, ..Kept::of(seed, &self.faults()) }
    }

    fn first_seed(&self) -> u64 {
        let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() << 16;
        self.from.unwrap_or_else(|| if self.until_stopped { now() } else { 1 })
    }

    fn end(&self) -> u64 {
        if self.until_stopped { u64::MAX } else { self.first_seed().saturating_add(self.seeds) }
    }

    /// What each seed is played on besides the table in memory.
    fn again(&self) -> Option<Keeper> {
        match (self.once || self.until_stopped, self.on_embedded) {
            (true, _) => None,
            (false, true) => Some(Keeper::Embedded),
            (false, false) => Some(Keeper::Memory),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(file) = &arguments.replay {
        let kept = std::fs::read_to_string(file).map_err(|error| error.to_string());
        return match kept.and_then(|text| Kept::parse(&text)) {
            Ok(kept) => show(&kept),
            Err(why) => {
                println!("{}: {why}", file.display());
                ExitCode::FAILURE
            }
        };
    }
    if let Some(mutation) = arguments.mutation {
        return try_mutation(mutation, &arguments);
    }
    match arguments.seed {
        Some(seed) if arguments.script => {
            println!("{}", arguments.run_of(seed).to_text());
            ExitCode::SUCCESS
        }
        Some(seed) => show(&arguments.run_of(seed)),
        None => play_many(&arguments),
    }
}

/// Plays one run with its trace.
fn show(run: &Kept) -> ExitCode {
    let played = run.play(true);
    for line in &played.trace {
        println!("{line}");
    }
    tell(run.seed, &played);
    println!("{}", if played.breaches.is_empty() { "passed" } else { "failed" });
    if played.breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays seeds until one tells that the hub is broken by the invariant that it should tell it by.
fn try_mutation(mutation: Mutation, arguments: &Arguments) -> ExitCode {
    let seeds = arguments.seed.map_or(arguments.first_seed()..arguments.end(), |seed| seed..seed.saturating_add(1));
    for seed in seeds {
        let keep_trace = arguments.seed.is_some();
        let Played { breaches, trace, .. } = play(&Setting {
            seed,
            profile: mutation.profile(),
            mutation: Some(mutation),
            keeper: Keeper::Memory,
            keep_trace,
        });
        trace.iter().for_each(|line| println!("{line}"));
        if breaches.iter().any(|it| mutation.caught_by().contains(&it.invariant)) {
            tell_of(seed, &breaches);
            println!("{mutation:?} is caught");
            return ExitCode::SUCCESS;
        }
        // Told by another invariant, it is not caught.
        tell_of(seed, &breaches);
    }
    println!("{mutation:?} is not caught");
    ExitCode::FAILURE
}

fn play_many(arguments: &Arguments) -> ExitCode {
    let progress = Progress::of(arguments);
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads {
            scope.spawn(|| progress.play(arguments));
        }
    });
    let played = progress.played.into_inner();
    let failed = progress.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{played} seeds in {:.1} s", progress.began.elapsed().as_secs_f64());
    for (run, breaches) in &failed {
        tell_of(run.seed, breaches);
        print_shortest(run, breaches, arguments);
    }
    println!("{} passed, {} failed", played - failed.len() as u64, failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How far many runs have come.
struct Progress {
    began: Instant,
    next: AtomicU64,
    end: u64,
    played: AtomicU64,
    failed: Mutex<Vec<(Kept, Vec<Breach>)>>,
    said: Mutex<Instant>,
}

impl Progress {
    fn of(arguments: &Arguments) -> Self {
        let now = Instant::now();
        Self {
            began: now,
            next: AtomicU64::new(arguments.first_seed()),
            end: arguments.end(),
            played: AtomicU64::new(0),
            failed: Mutex::default(),
            said: Mutex::new(now),
        }
    }

    fn has_failed(&self) -> bool {
        !self.failed.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn play(&self, arguments: &Arguments) {
        loop {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.end || (self.has_failed() && !arguments.keep_going) {
                return;
            }
            let run = arguments.run_of(seed);
            let breaches = breaches(&run, arguments.again());
            self.played.fetch_add(1, Ordering::Relaxed);
            if !breaches.is_empty() {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).push((run, breaches));
            }
            if arguments.until_stopped {
                self.say_so(seed);
            }
        }
    }

    fn say_so(&self, seed: u64) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.elapsed() >= SAYS_SO_EVERY {
            *said = Instant::now();
            let played = self.played.load(Ordering::Relaxed);
            println!("{played} seeds in {:.0} s, the last of them {seed}", self.began.elapsed().as_secs_f64());
        }
    }
}

/// What a run breaks; if it is played again, that includes being the same then.
fn breaches(run: &Kept, again: Option<Keeper>) -> Vec<Breach> {
    let mut played = run.play(false);
    if again.is_some_and(|keeper| run.play_on(keeper, false).fingerprint != played.fingerprint) {
        played.breaches.push(Breach::different());
    }
    played.breaches
}

fn tell(seed: u64, played: &Played) {
    tell_of(seed, &played.breaches);
}

fn tell_of(seed: u64, breaches: &[Breach]) {
    for breach in breaches.iter().take(5) {
        println!("seed {seed}: {breach}");
    }
}

/// Prints the shortest run that breaks the same invariant.
fn print_shortest(run: &Kept, found: &[Breach], arguments: &Arguments) {
    let Some(first) = found.first() else { return };
    let breaks = |it: &Kept| breaches(it, arguments.again()).iter().any(|it| it.invariant == first.invariant);
    let tries = if arguments.as_it_is || arguments.beside_bulk { 0 } else { TRIES };
    let shortest = Kept { found: first.to_string(), ..shortest(run, tries, breaks) };
    println!("{}", shortest.to_text());
}
