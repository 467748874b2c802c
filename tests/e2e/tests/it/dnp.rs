//! Skolverket's tests: a school handed over in bulk jobs, on good days and bad ones.

mod certificate;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use roster::{Clock, SubjectKey};
use sync::Hub;
use sync::messages::{FilesDue, Reason};
use sync::windows::write;
use world::dnp::{DnpAgreement, expected};
use world::{DnpOptions, DnpServer, ExpectedOptions, Moods, Time, WorldOptions};

use crate::stage::Stage;

/// The longest a test waits. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

/// The hub's time, some minutes ahead: windows are due when a test wants them to be. It passes as time does.
#[derive(Debug, Default)]
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        Timestamp::now().checked_add(ahead).unwrap()
    }
}

struct School {
    stage: Stage,
    server: DnpServer,
    agreement: DnpAgreement,
    clock: Arc<Ahead>,
}

impl School {
    async fn with(seed: u64) -> Self {
        let options = DnpOptions { job_takes: SignedDuration::from_millis(300), ..DnpOptions::new(Time::real()) };
        let server = DnpServer::start(options, 0).await.unwrap();
        let world = WorldOptions { seed, pupils: 40, ..WorldOptions::default() };
        let today = ExpectedOptions::default().today;
        // The truth of a seed is always the same: the file can be written before the hub begins.
        let agreement =
            world::World::in_process(world.clone()).register().with_truth(|truth| DnpAgreement::of(truth, today));
        server.set_options(|it| {
            it.school_units = agreement.school_units.values().cloned().collect();
            it.test_activities = agreement.test_activities.values().cloned().collect();
        });
        let list = |all: &std::collections::BTreeMap<String, String>| {
            all.iter().map(|(name, id)| format!("'{name}' = '{id}'")).collect::<Vec<_>>().join(", ")
        };
        let target = format!(
            "[[target]]\nname = 'dnp'\nkind = 'dnp'\nbase_url = '{}'\ntoken_url = '{}'\nwindow_seconds = 3600\n\
             certificate = {{ env = 'DNP' }}\nentity_id = 'https://norrbyholm.example'\n\
             school_units = {{ {} }}\ntest_activities = {{ {} }}\n",
            server.base_url(),
            server.token_url(),
            list(&agreement.school_units),
            list(&agreement.test_activities),
        );
        let to_skolverket = |text: String| match text.split_once("[[target]]") {
            Some((before, _)) if before.contains("demoskolan") => format!("{before}{target}"),
            _ => text,
        };
        let mut stage = Stage::configured(world, &[("DNP", &certificate::certificate())], to_skolverket).await;
        stage.machine.start().await.unwrap();
        let school = Self { stage, server, agreement, clock: Arc::default() };
        school.stage.quiet().await;
        school
    }

    /// The hub an hour later than the last time, as its next worker will find it.
    async fn hand_over(&self) {
        self.clock.0.fetch_add(3_700, Ordering::SeqCst);
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let hub = Hub { clock, ..self.stage.machine.hub.clone() };
        write(&hub, &FilesDue::new("demoskolan".to_owned(), "dnp".to_owned())).await.unwrap();
    }

    fn differences(&self) -> Vec<String> {
        self.stage.world.register().with_truth(|truth| self.server.differences(&expected(truth, &self.agreement)))
    }

    /// Hands over until there is no difference.
    async fn agreed(&self) {
        let began = Instant::now();
        loop {
            self.stage.quiet().await;
            self.hand_over().await;
            let found = self.differences();
            if found.is_empty() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{found:#?}\n{:#?}", self.stage.tenant("demoskolan").await);
        }
    }

    async fn day(&self) {
        self.stage.world.play_school_day().await;
        self.stage.ring("demoskolan", "register", Reason::Doorbell).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skolverket_has_a_school_and_what_a_day_changes_in_it() {
    let school = School::with(91).await;
    school.agreed().await;
    let first = school.server.counters().calls["POST persons/bulk"];

    school.day().await;
    school.agreed().await;

    let state = school.server.state();
    assert!(state.groups.len() > 5 && !state.activities.is_empty() && !state.duties.is_empty());
    assert!(first < 10, "a job holds many: {first}");
    assert_eq!(school.server.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_at_skolverket_ends_like_a_good_one() {
    let school = School::with(92).await;
    school.agreed().await;
    let moods = Moods { answer_lost: 0.1, unavailable: 0.1, throttled: 0.1, token_expired: 0.1, ..Moods::calm() };
    school.server.moods().set(moods);
    school.server.set_options(|it| it.temporary_errors = 0.2);

    school.day().await;
    for _ in 0..3 {
        school.stage.quiet().await;
        school.hand_over().await;
    }
    school.server.moods().set(Moods::calm());
    school.server.set_options(|it| it.temporary_errors = 0.0);

    school.agreed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_pupil_is_a_dead_letter_and_in_no_group_until_mended() {
    let school = School::with(93).await;
    let pupil = school.stage.world.register().with_truth(|truth| {
        let held = expected(truth, &school.agreement);
        let in_a_class = held.groups.values().find(|it| it["groupMemberships"].as_array().unwrap().len() > 3).unwrap();
        in_a_class["groupMemberships"][0]["person"]["id"].as_str().unwrap().to_owned()
    });
    school.server.set_options(|it| it.refused = [pupil.clone()].into());
    for _ in 0..3 {
        school.stage.quiet().await;
        school.hand_over().await;
    }
    let listed = school.stage.machine.hub.store.undeliverable("demoskolan", "dnp").await.unwrap();
    let refused = listed.iter().find(|it| it.code == "dnp.rejected").map(|it| (it.subject, it.message.clone()));
    let others = school.differences();

    school.server.set_options(|it| it.refused.clear());
    sync::resend::resend(&school.stage.machine.hub, "demoskolan", "dnp").await.unwrap();

    school.agreed().await;
    assert_eq!(refused, Some((SubjectKey::person(pupil.parse().unwrap()), "3047 eppn".to_owned())));
    let about = |it: &String| it.contains(&pupil) || it.ends_with("groupMemberships");
    assert!(!others.is_empty() && others.iter().all(about), "{others:#?}");
}
