//! Playing one seed: the hub and its outside, a script, a quiet end, and what the invariants say of it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use queue::{Outgoing, Queue};
use roster::Clock;
use sync::messages::{Notice, Reason};
use tokio::sync::watch;
use world::{Moods, Ringer, Time, World};

use crate::beside::Beside;
use crate::by_hand::{self, ByHand};
use crate::canary::Capture;
use crate::changes;
use crate::clock::SimulatedClock;
use crate::dice::Dice;
use crate::effects::Effects;
use crate::history::History;
use crate::invariants::{self, Breach};
use crate::mutation::Mutation;
use crate::network::Network;
use crate::operator;
use crate::processes::{MINUTE, Processes};
use crate::profile::Profile;
use crate::queues::SimulatedQueues;
use crate::recorder::Recorder;
use crate::script::{Script, Step};
use crate::table::{self, Keeper};
use crate::tenants::{self, Kind};
use crate::trace::{Trace, note};

/// How long the first load of many pupils may take, in seconds. Nothing hinders it.
const FIRST_LOAD: u64 = 15 * 60;

/// How often holds are looked at in the last morning, where there are any.
const MORNING_LOOKS: usize = 2;

/// How long the last wake-ups may take to come, in minutes, also those that nobody needs any more: as long as a queue
/// can delay a message.
const LAST_WAKES: usize = 15;

/// How often the timer ticks in a night, in which little happens.
const NIGHTLY_TICK: Duration = Duration::from_secs(3 * 60 * 60);

/// What to play.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Decides everything.
    pub seed: u64,
    /// What goes wrong until the end begins.
    pub profile: Profile,
    /// A hub broken on purpose.
    pub mutation: Option<Mutation>,
    /// What keeps the table's items.
    pub keeper: Keeper,
    /// Whether the trace's text is kept.
    pub keep_trace: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Played {
    /// What was breached; nothing, if all is well.
    pub breaches: Vec<Breach>,
    /// Tells this run from others.
    pub fingerprint: (u64, u64),
    /// The trace, if it was kept.
    pub trace: Vec<String>,
}

/// Plays a seed's own script.
#[must_use]
pub fn play(setting: &Setting) -> Played {
    play_script(setting, &Script::of(setting.seed))
}

/// Plays a script.
#[must_use]
pub fn play_script(setting: &Setting, script: &Script) -> Played {
    // Libraries that throw dice of their own throw them here.
    fastrand::seed(setting.seed);
    let capture = Capture::new();
    let _captured = capture.begin();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Played::broken(format!("no runtime: {error}")),
    };
    let run = AssertUnwindSafe(async {
        match Run::new(setting).await {
            Ok(run) => run.play(script, &capture).await,
            Err(why) => Played::broken(why),
        }
    });
    runtime.block_on(run.catch_unwind()).unwrap_or_else(|_| Played::broken("the run panicked".to_owned()))
}

impl Played {
    fn broken(why: String) -> Self {
        Self { breaches: vec![Breach::new("run", why)], fingerprint: (0, 0), trace: Vec::new() }
    }
}

/// One run.
pub(crate) struct Run {
    pub(crate) effects: Effects,
    pub(crate) clock: SimulatedClock,
    pub(crate) worlds: Arc<Vec<World>>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) network: Network,
    pub(crate) queues: SimulatedQueues,
    pub(crate) recorder: Recorder,
    pub(crate) processes: Processes,
    pub(crate) history: History,
    pub(crate) by_hand: ByHand,
    pub(crate) beside: Beside,
    awake: watch::Sender<bool>,
    profile: Profile,
    mutation: Option<Mutation>,
}

/// Runs begin on one of these days, Swedish time: an ordinary day, the days on which the clock changes, the end and the
/// beginning of the school year, New Year's Eve.
const DAYS: [&str; 6] = ["2026-11-24", "2027-03-27", "2026-10-24", "2027-06-11", "2026-08-17", "2026-12-31"];

impl Run {
    async fn new(setting: &Setting) -> Result<Self, String> {
        let dice = Dice::of(setting.seed);
        let day = DAYS[usize::try_from(dice.below(DAYS.len() as u64)).unwrap_or(0)];
        let morning: Timestamp = format!("{day}T06:00:00Z").parse().map_err(|error| format!("{error}"))?;
        let start = morning + SignedDuration::from_secs(i64::try_from(dice.below(50_000)).unwrap_or(0));
        let clock = SimulatedClock::starting_at(start);
        let trace = Trace::new(clock, setting.keep_trace);
        let effects = Effects::new(dice.clone(), trace, setting.profile.clone());
        let second = if dice.strikes(0.3) { Kind::Register } else { Kind::Skolon };
        let kinds = vec![Kind::Register, second];
        let time = Time::told_by(move || clock.now());
        // Worlds ring at a hub that is made after them.
        let hub: Arc<std::sync::OnceLock<Processes>> = Arc::default();
        let ringer = {
            let hub = Arc::clone(&hub);
            Ringer::new(move |url, body| {
                let processes = hub.get().cloned();
                Box::pin(async move { processes?.ring(url, body).await })
            })
        };
        let world = |(number, kind): (usize, &Kind)| {
            let many_pupils = setting.profile.many_pupils.filter(|_| number == 0);
            tenants::world(number, *kind, &dice, time.clone(), ringer.clone(), many_pupils)
        };
        let worlds: Vec<World> = kinds.iter().enumerate().map(world).collect();
        worlds.iter().for_each(tenants::connect);
        let beside = match worlds.first().filter(|_| setting.profile.every_target) {
            Some(world) => Beside::of(world, &time),
            None => Beside::default(),
        };
        let secrets = beside.secrets(tenants::secrets(&worlds, &kinds, setting.mutation));
        let worlds = Arc::new(worlds);
        let network = Network::new(Arc::clone(&worlds), beside.clone(), clock, effects.clone(), setting.mutation);
        let queues = SimulatedQueues::new(clock, &effects, setting.mutation);
        let recorder = Recorder::new(effects.trace.clone());
        let table = table::open(setting.keeper, &effects, setting.mutation).await?;
        let processes = Processes::new(
            effects.clone(),
            clock,
            queues.clone(),
            network.clone(),
            secrets,
            Arc::new(recorder.clone()),
            table,
            setting.mutation,
        );
        let _ = hub.set(processes.clone());
        let awake = watch::Sender::new(true);
        let (profile, mutation) = (setting.profile.clone(), setting.mutation);
        let (history, by_hand) = (History::of(kinds.len()), ByHand::of(kinds.len()));
        Ok(Self {
            effects,
            clock,
            worlds,
            kinds,
            network,
            queues,
            recorder,
            processes,
            history,
            by_hand,
            beside,
            awake,
            profile,
            mutation,
        })
    }

    async fn play(self, script: &Script, capture: &Capture) -> Played {
        if let Err(why) = self.open().await {
            return Played::broken(why);
        }
        if self.profile.many_pupils.is_some() {
            for receiver in self.worlds.iter().flat_map(World::receivers) {
                receiver.moods().set(Moods::calm());
            }
            self.pass(FIRST_LOAD).await;
            self.worlds.iter().for_each(|world| self.set_moods(world, true, true));
            let breaches = invariants::check_beside_bulk(&self, capture).await;
            return self.played(breaches);
        }
        for step in &script.steps {
            note!(self.effects.trace, "-- {step:?}");
            let began = self.clock.now();
            self.step(*step).await;
            // A change is made before it is rung for, which takes its time.
            let at = if step.passes_time() { self.clock.now() } else { began };
            (0..self.kinds.len()).for_each(|tenant| self.snapshot_of(tenant, at));
        }
        self.calm_down().await;
        let breaches = invariants::check(&self, capture).await;
        self.played(breaches)
    }

    fn played(&self, mut breaches: Vec<Breach>) -> Played {
        breaches.sort();
        breaches.dedup();
        let trace = &self.effects.trace;
        for breach in &breaches {
            note!(trace, "BREACH {breach}");
        }
        Played { breaches, fingerprint: trace.fingerprint(), trace: trace.lines() }
    }

    /// The table, the tenants' files, and whatever runs by itself.
    async fn open(&self) -> Result<(), String> {
        self.effects.switch(Profile::calm());
        let hub = self.processes.hub();
        for (number, (world, kind)) in self.worlds.iter().zip(&self.kinds).enumerate() {
            let many = self.profile.many_pupils.is_some() && number == 0;
            let file = self.beside.added_to(&tenants::file(world, *kind, many, self.mutation), number);
            sync::connectors::read_tenant(&file, hub.directory.factory())
                .map_err(|problems| format!("{}: {problems:?}", world.name()))?;
            hub.store.put_tenant(world.name(), &file).await.map_err(|error| error.to_string())?;
        }
        self.effects.switch(self.profile.clone());
        for (tenant, world) in self.worlds.iter().enumerate() {
            self.set_moods(world, true, true);
            self.beside.be_moody(tenant, &self.profile.targets);
        }
        (0..self.kinds.len()).for_each(|tenant| self.snapshot(tenant));
        self.processes.start();
        let (processes, mut awake) = (self.processes.clone(), self.awake.subscribe());
        tokio::spawn(async move {
            loop {
                processes.tick().await;
                let pause = if *awake.borrow_and_update() { MINUTE } else { NIGHTLY_TICK };
                let _ = tokio::time::timeout(pause, awake.changed()).await;
            }
        });
        self.pass(120).await;
        Ok(())
    }

    /// Whether the hub is broken in this way on purpose.
    pub(crate) fn is_broken_by(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    fn set_moods(&self, world: &World, source_up: bool, target_up: bool) {
        let source = if source_up { self.profile.sources.clone() } else { Moods::down() };
        world.register().moods().set(source.clone());
        world.skolon().moods().set(source);
        let target = if target_up { self.profile.targets.clone() } else { Moods::down() };
        world.receivers().for_each(|it| it.moods().set(target.clone()));
    }

    /// An operator has approved that these records are removed.
    pub(crate) fn approved(&self, tenant: &str, records: &[roster::RecordKey]) {
        self.recorder.approved(tenant, records);
    }

    /// Remembers what is true of a tenant now.
    pub(crate) fn snapshot(&self, tenant: usize) {
        self.snapshot_of(tenant, self.clock.now());
    }

    /// Remembers what is true of a tenant since an instant.
    fn snapshot_of(&self, tenant: usize, since: Timestamp) {
        self.history.take(tenant, &self.worlds[tenant], self.kinds[tenant], since);
        self.beside.open_accounts(tenant, &self.worlds[tenant]);
    }

    /// Time passes, as awake.
    pub(crate) async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    async fn step(&self, step: Step) {
        match step {
            Step::Change { tenant, kind, pick } => {
                self.recorder.changed(tenant);
                changes::make(&self.worlds[tenant], self.kinds[tenant], kind, pick).await;
            }
            Step::Mass { tenant, tenths } => changes::remove_many(&self.worlds[tenant], self.kinds[tenant], tenths),
            Step::MassEnd { tenant, tenths } => {
                self.recorder.changed(tenant);
                changes::end_many(&self.worlds[tenant], self.kinds[tenant], tenths);
            }
            Step::Pause { seconds } => self.pass(u64::from(seconds)).await,
            Step::Night => self.night().await,
            Step::Source { tenant, up } => {
                let moods = if up { self.profile.sources.clone() } else { Moods::down() };
                self.worlds[tenant].register().moods().set(moods.clone());
                self.worlds[tenant].skolon().moods().set(moods);
            }
            Step::Target { tenant, up } => {
                let moods = if up { self.profile.targets.clone() } else { Moods::down() };
                self.worlds[tenant].receivers().for_each(|it| it.moods().set(moods.clone()));
                self.beside.be_moody(tenant, &moods);
            }
            Step::Tokens { tenant } => {
                self.worlds[tenant].register().revoke_tokens();
                self.worlds[tenant].skolon().revoke_tokens();
            }
            Step::FullRead { tenant } => {
                let source = self.kinds[tenant].source().to_owned();
                let name = self.worlds[tenant].name().to_owned();
                let notice = Notice::new(name, source, Reason::FullRead, self.clock.now());
                let _ = self.processes.hub().send_notice(&notice).await;
            }
            Step::Purge { queue } => {
                if let Some(queue) = self.queues.working().nth(usize::from(queue)) {
                    let _ = queue.purge().await;
                }
            }
            Step::OddMessage { queue } => {
                if let Some(queue) = self.queues.working().nth(usize::from(queue)) {
                    let odd = Outgoing::new("{\"v\":9,\"tenant\":\"norrsund\"}").in_group("norrsund");
                    queue.put(odd.deduplicated_by(roster::Chance::name(&self.effects.dice))).await;
                }
            }
            Step::Deploy => self.processes.redeploy(),
            Step::ByHand { tenant } => {
                for receiver in self.worlds[tenant].receivers() {
                    let account = receiver.portal_makes_account("vikarie", "vikarie.extra@portal.example");
                    receiver.portal_makes_group("Läsklubben", &[account]);
                }
            }
            Step::AccountRemoved { tenant, pick } => by_hand::remove_account(self, tenant, pick),
            Step::TakenOut { tenant, pick } => by_hand::take_out(self, tenant, pick),
            Step::Operator => drop(operator::look_at_holds(self).await),
        }
    }

    /// Until half past three, with the timer ticking now and then.
    async fn night(&self) {
        let now = self.clock.now().to_zoned(tz());
        let night = now.date().tomorrow().ok().and_then(|it| it.at(3, 30, 0, 0).to_zoned(tz()).ok());
        let Some(night) = night else { return };
        let left = night.timestamp().duration_since(self.clock.now());
        self.awake.send_replace(false);
        tokio::time::sleep(left.unsigned_abs()).await;
        self.awake.send_replace(true);
        for world in self.worlds.iter() {
            world.turn_day();
        }
    }

    /// Nothing goes wrong any more, and everybody has time to notice.
    async fn calm_down(&self) {
        note!(self.effects.trace, "-- calm");
        self.effects.switch(Profile::calm());
        for (tenant, world) in self.worlds.iter().enumerate() {
            self.beside.be_moody(tenant, &Moods::calm());
            world.register().moods().set(Moods::calm());
            world.skolon().moods().set(Moods::calm());
            world.receivers().for_each(|it| it.moods().set(Moods::calm()));
            world.register().release_doorbells().await;
            world.skolon().release_doorbells().await;
        }
        self.pass(6 * 60).await;
        operator::look_at_holds(self).await;
        self.night().await;
        if self.recorder.has_rejected() {
            // What is rejected at a target is left alone for a day.
            self.night().await;
        }
        self.pass(5 * 60).await;
        // What the night finds is approved in the morning, and may bring more to light.
        for _ in 0..MORNING_LOOKS {
            if !operator::look_at_holds(self).await {
                break;
            }
            self.pass(4 * 60).await;
        }
        for _ in 0..LAST_WAKES {
            if self.queues.are_empty().await {
                break;
            }
            self.pass(60).await;
        }
    }
}

fn tz() -> jiff::tz::TimeZone {
    static STOCKHOLM: jiff::tz::TimeZone = jiff::tz::get!("Europe/Stockholm");
    STOCKHOLM.clone()
}
