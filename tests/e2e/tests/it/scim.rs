//! A receiver that speaks SCIM, instead of a publisher's portal, on good days and bad ones.

use std::time::{Duration, Instant};

use sync::messages::Reason;
use world::scim::{ScimKind, ScimPatch};
use world::{Expected, ExpectedOptions, Moods, ScimOptions, ScimServer, Time, WorldOptions};

use crate::stage::Stage;

/// The longest a test waits. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

struct Library {
    stage: Stage,
    server: ScimServer,
}

impl Library {
    async fn with(seed: u64, options: ScimOptions) -> Self {
        let server = ScimServer::start(options, 0).await.unwrap();
        let token = server.options().bearer.unwrap();
        let target = format!(
            "[[target]]\nname = 'library'\nkind = 'scim'\nbase_url = '{}'\ntoken = {{ env = 'LIBRARY' }}\n",
            server.base_url()
        );
        let of_the_library = |text: String| match text.split_once("[[target]]") {
            Some((before, _)) if before.contains("demoskolan") => before.to_owned() + &target,
            _ => text,
        };
        let world = WorldOptions { seed, pupils: 40, ..WorldOptions::default() };
        let mut stage = Stage::configured(world, &[("LIBRARY", &token)], of_the_library).await;
        stage.machine.start().await.unwrap();
        Self { stage, server }
    }

    fn differences(&self) -> Vec<String> {
        let options = ExpectedOptions::default();
        let expected = self.stage.world.register().with_truth(|truth| Expected::from_register(truth, &options));
        expected.differences_at_scim(&self.server.state())
    }

    async fn settled(&self) {
        let began = Instant::now();
        loop {
            self.stage.ring("demoskolan", "register", Reason::Poll).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            let found = self.differences();
            if found.is_empty() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{found:#?}\n{:#?}", self.stage.tenant("demoskolan").await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_has_the_school_with_its_groups_and_teachers() {
    let library = Library::with(21, ScimOptions::new(Time::real())).await;

    library.settled().await;

    assert!(library.server.state().groups.values().any(|it| it.members().len() > 5));
    assert_eq!(library.server.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_at_a_library_ends_like_a_good_one() {
    for (seed, patch) in [(22, ScimPatch::Supported), (23, ScimPatch::NotImplemented)] {
        let options = ScimOptions { patch, ..ScimOptions::new(Time::real()) };
        let library = Library::with(seed, options).await;
        library.settled().await;
        let moods = Moods { answer_lost: 0.1, internal_error: 0.1, throttled: 0.1, retry_after: 1, ..Moods::calm() };
        library.server.moods().set(moods);

        library.stage.world.play_school_day().await;
        library.stage.ring("demoskolan", "register", Reason::Doorbell).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        library.server.moods().set(Moods::calm());

        library.settled().await;
        let doubles = |kind| {
            let state = library.server.state();
            let mut names: Vec<String> =
                state.by_us(kind).filter_map(|(_, it)| it.text("externalId").map(str::to_owned)).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            all - names.len()
        };
        assert_eq!((doubles(ScimKind::User), doubles(ScimKind::Group)), (0, 0));
        assert_eq!(library.server.violations(), Vec::<String>::new());
    }
}
