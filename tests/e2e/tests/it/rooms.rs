//! Microsoft 365 and Google Workspace: a school's classes as rooms, for those who have accounts there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::json;
use sync::messages::Reason;
use world::expected::Room;
use world::google::{GoogleOptions, GoogleServer};
use world::microsoft::{MicrosoftOptions, MicrosoftServer};
use world::{Expected, ExpectedOptions, Moods, Time, WorldOptions};

use crate::stage::Stage;

/// The longest a test waits. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(90);

/// A receiver of rooms.
trait Rooms {
    /// The target's table, without its heading.
    fn table(&self) -> String;
    fn secret(&self) -> String;
    /// Somebody makes an account.
    fn open_account(&self, name: &str);
    /// What is there, by external id.
    fn rooms(&self) -> BTreeMap<String, Room>;
    fn set_moods(&self, moods: Moods);
    fn violations(&self) -> Vec<String>;
}

struct Microsoft(MicrosoftServer);
struct Google(GoogleServer);

impl Microsoft {
    async fn new() -> Self {
        let server = MicrosoftServer::start(MicrosoftOptions::new(Time::real()), 0).await.unwrap();
        server.plant_user(json!({ "userPrincipalName": "rektor@norrbyholm.example", "displayName": "Rektor" }));
        Self(server)
    }
}

impl Rooms for Microsoft {
    fn table(&self) -> String {
        let options = self.0.options();
        format!(
            "kind = 'microsoft'\ntenant_id = '{}'\nclient_id = '{}'\nclient_secret = {{ env = 'ROOMS' }}\n\
             base_url = '{}'\nlogin_url = '{}'\nextra_owners = ['rektor@norrbyholm.example']\nteams = true\n",
            options.tenant,
            options.client_id,
            self.0.base_url(),
            self.0.login_url()
        )
    }

    fn secret(&self) -> String {
        self.0.options().client_secret
    }

    fn open_account(&self, name: &str) {
        self.0.plant_user(json!({ "userPrincipalName": name, "displayName": "Prov Provsson" }));
    }

    fn rooms(&self) -> BTreeMap<String, Room> {
        self.0.state().rooms("rektor@norrbyholm.example")
    }

    fn set_moods(&self, moods: Moods) {
        self.0.moods().set(moods);
    }

    fn violations(&self) -> Vec<String> {
        self.0.violations()
    }
}

impl Google {
    async fn new(domains: Vec<String>) -> Self {
        let mut options = GoogleOptions::new(Time::real());
        options.domains.extend(domains);
        let found_only = "https://www.googleapis.com/auth/admin.directory.user.readonly".to_owned();
        options.delegations[0].scopes.push(found_only);
        let server = GoogleServer::start(options, 0).await.unwrap();
        server.plant_user("klassrum@norrbyholm.example", "Klass", "Rum");
        Self(server)
    }
}

impl Rooms for Google {
    fn table(&self) -> String {
        format!(
            "kind = 'google'\nservice_account = {{ env = 'ROOMS' }}\nadmin = '{}'\ntoken_url = '{}'\n\
             directory_url = '{}'\nclassroom_url = '{}'\ncourse_owner = 'klassrum@norrbyholm.example'\n\
             user_name = ['eppn', 'email']\n",
            self.0.admin(),
            self.0.token_url(),
            self.0.directory_url(),
            self.0.classroom_url()
        )
    }

    fn secret(&self) -> String {
        self.0.service_account_json()
    }

    fn open_account(&self, name: &str) {
        self.0.plant_user(name, "Prov", "Provsson");
    }

    fn rooms(&self) -> BTreeMap<String, Room> {
        self.0.state().rooms("p:skolbro-", "klassrum@norrbyholm.example")
    }

    fn set_moods(&self, moods: Moods) {
        self.0.moods().set(moods);
    }

    fn violations(&self) -> Vec<String> {
        self.0.violations()
    }
}

struct School<R> {
    stage: Stage,
    rooms: R,
    /// Who has no account.
    without: BTreeSet<String>,
}

fn expected(stage: &Stage) -> Expected {
    stage.world.register().with_truth(|truth| Expected::from_register(truth, &ExpectedOptions::default()))
}

fn options(seed: u64) -> WorldOptions {
    WorldOptions { seed, pupils: 40, ..WorldOptions::default() }
}

impl<R: Rooms> School<R> {
    /// A school of which everybody has an account but one pupil, who is in a class.
    async fn with(seed: u64, rooms: R) -> Self {
        let table = rooms.table();
        let of_the_school = |text: String| match text.split_once("[[target]]") {
            Some((before, _)) if before.contains("demoskolan") => {
                format!("{before}[[target]]\nname = 'rooms'\n{table}")
            }
            _ => text,
        };
        let mut stage = Stage::configured(options(seed), &[("ROOMS", &rooms.secret())], of_the_school).await;
        let expected = expected(&stage);
        let classes = expected.rooms(|_| true);
        let pupil = classes.values().find_map(|it| it.pupils.iter().find(|it| it.contains('@'))).unwrap().clone();
        let without = BTreeSet::from([pupil]);
        expected.user_names().difference(&without).for_each(|name| rooms.open_account(name));
        stage.machine.start().await.unwrap();
        Self { stage, rooms, without }
    }

    fn wanted(&self) -> BTreeMap<String, Room> {
        expected(&self.stage).rooms(|name| !self.without.contains(name))
    }

    async fn settled(&self) {
        let began = Instant::now();
        loop {
            self.stage.ring("demoskolan", "register", Reason::Poll).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            let (wanted, there) = (self.wanted(), self.rooms.rooms());
            if wanted == there {
                return;
            }
            let differs: Vec<_> = wanted.iter().filter(|(id, it)| there.get(*id) != Some(it)).take(3).collect();
            let shown: Vec<_> = differs.iter().map(|(id, it)| (it, there.get(*id))).collect();
            let status = self.stage.tenant("demoskolan").await;
            assert!(began.elapsed() < PATIENCE, "{} differ: {shown:#?}\n{status:#?}", differs.len());
        }
    }
}

async fn a_pupil_without_an_account_is_waited_for_and_nobody_else_is(school: School<impl Rooms>) {
    school.settled().await;

    let pupil = school.without.first().unwrap().clone();
    school.rooms.open_account(&pupil);
    let school = School { without: BTreeSet::new(), ..school };

    school.settled().await;
    assert_eq!(school.rooms.violations(), Vec::<String>::new());
}

async fn a_bad_day_ends_like_a_good_one(school: School<impl Rooms>) {
    school.settled().await;
    let moods = Moods { answer_lost: 0.05, internal_error: 0.1, throttled: 0.1, retry_after: 1, ..Moods::calm() };
    school.rooms.set_moods(moods);

    let before = expected(&school.stage).user_names();
    school.stage.world.play_school_day().await;
    expected(&school.stage).user_names().difference(&before).for_each(|name| school.rooms.open_account(name));
    school.stage.ring("demoskolan", "register", Reason::Doorbell).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    school.rooms.set_moods(Moods::calm());

    school.settled().await;
    assert_eq!(school.rooms.violations(), Vec::<String>::new());
}

/// The domains that people of a world have their names in.
async fn domains(seed: u64) -> Vec<String> {
    let stage = Stage::configured(options(seed), &[], |text| text).await;
    let names = expected(&stage).user_names();
    let domains: BTreeSet<String> =
        names.iter().filter_map(|it| it.split_once('@')).map(|(_, domain)| domain.to_owned()).collect();
    domains.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn at_microsoft_a_pupil_without_an_account_holds_nobody_up() {
    let school = School::with(31, Microsoft::new().await).await;

    a_pupil_without_an_account_is_waited_for_and_nobody_else_is(school).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_google_a_pupil_without_an_account_holds_nobody_up() {
    let school = School::with(32, Google::new(domains(32).await).await).await;

    a_pupil_without_an_account_is_waited_for_and_nobody_else_is(school).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_at_microsoft_ends_like_a_good_one() {
    let school = School::with(33, Microsoft::new().await).await;

    a_bad_day_ends_like_a_good_one(school).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_at_google_ends_like_a_good_one() {
    let school = School::with(34, Google::new(domains(34).await).await).await;

    a_bad_day_ends_like_a_good_one(school).await;
}
