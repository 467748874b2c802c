//! A domain in process, and the target that writes to it as the hub would.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, ManualClock};
use rules::object::{DeliveredObject, ObjectKind, Origin, WantedObject};
use rules::outcome::Outcome;
use rules::plan::{Operation, diff};
use rules::view::{PersonView, Reference, View};
use targets::registry::{TargetContext, build};
use targets::{Occasion, Target};
use world::google::{Delegation, GoogleCourse};
use world::{GoogleOptions, GoogleServer, ServiceAccount, Time};

use crate::kit::Line;
use crate::kit::people::{self, identity};

/// The service teacher.
pub(super) const OWNER: &str = "kurser@norrbyholm.example";

/// What befalls a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// It never arrives; another answers, with this status.
    Status(u16),
    /// It arrives, and its answer is lost.
    AnswerLost,
}

/// How many calls go well before one does not, and what befalls that.
type Ahead = Arc<Mutex<VecDeque<(usize, Fate)>>>;

pub(super) struct Stage {
    pub(super) server: GoogleServer,
    pub(super) target: Arc<dyn Target>,
    pub(super) clock: ManualClock,
    ahead: Ahead,
    delivered: Mutex<Vec<DeliveredObject>>,
}

impl Stage {
    pub(super) fn of(options: impl FnOnce(&mut GoogleOptions), more: &str) -> Self {
        Self::rehearsing(options, more, false)
    }

    pub(super) fn rehearsing(options: impl FnOnce(&mut GoogleOptions), more: &str, dry_run: bool) -> Self {
        let clock = ManualClock::at("2026-11-27T08:00:00Z".parse().unwrap());
        let told = clock.clone();
        let mut domain = GoogleOptions::new(Time::told_by(move || told.now()));
        domain.delegations = vec![delegation()];
        options(&mut domain);
        let server = GoogleServer::in_process(domain);
        server.plant_user(OWNER, "Kurser", "Provsson");
        let ahead = Ahead::default();
        let (answering, fates) = (server.clone(), Arc::clone(&ahead));
        let line = Line::to(move |request| {
            let fate = if request.uri().path() == "/token" { None } else { next(&fates) };
            let server = answering.clone();
            async move {
                match fate {
                    None => server.answer(request).await,
                    Some(Fate::Status(code)) => Response::builder().status(code).body(Body::from("{}")).ok(),
                    Some(Fate::AnswerLost) => {
                        server.answer(request).await;
                        None
                    }
                }
            }
        });
        let context = TargetContext {
            secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("KEY".into()), server.service_account_json())),
            clock: Arc::new(clock.clone()),
            user_agent: "skolbro-conformance".into(),
            transport: Some(Arc::new(line)),
            places: None,
            dry_run,
        };
        let settings = format!(
            "service_account = {{ env = 'KEY' }}\nadmin = '{}'\ncourse_owner = '{OWNER}'\n{more}",
            server.admin()
        );
        let target = build("google", &settings.parse().unwrap(), &context).unwrap().target;
        Self { server, target, clock, ahead, delivered: Mutex::default() }
    }

    pub(super) fn usual() -> Self {
        Self::of(|_| {}, "")
    }

    /// So many calls from now on go well, and then this befalls one. Tokens do not count.
    pub(super) fn expect_after(&self, calls: usize, fate: Fate) {
        self.ahead.lock().unwrap().push_back((calls, fate));
    }

    /// Whether all that was expected has happened; from now on everything goes well.
    pub(super) fn all_happened(&self) -> bool {
        let mut ahead = self.ahead.lock().unwrap();
        let all = ahead.is_empty();
        ahead.clear();
        all
    }

    pub(super) fn wanted(&self, view: &View) -> Vec<WantedObject> {
        self.target.map(view).unwrap()
    }

    /// Brings the domain to what is wanted of one subject, as the hub does: it remembers what was accepted, and what is in
    /// doubt. What comes of the first object that does not succeed, or of the last.
    pub(super) async fn deliver(&self, view: &View) -> Outcome {
        let mut last = Outcome::AlreadyDone;
        for wanted in self.wanted(view) {
            last = self.bring(wanted, None).await;
            if !last.is_success() {
                break;
            }
        }
        last
    }

    /// The same of one object, for which an account is to be taken over.
    pub(super) async fn bring(&self, wanted: WantedObject, remote: Option<&str>) -> Outcome {
        let known = self.known(&wanted);
        let Some(operation) = diff(vec![wanted.clone()], &known).operations.pop() else { return Outcome::AlreadyDone };
        let (mut outcome, mut old) =
            (self.target.apply(&operation, Occasion { remote, change: 0 }).await, known.into_iter().next());
        if outcome == Outcome::Vanished {
            old = None;
            outcome = self.target.apply(&Operation::Create(wanted.clone()), Occasion::default()).await;
        }
        let object = match &outcome {
            Outcome::Done { remote, adopted } => Some(accepted(&wanted, old, remote.clone(), *adopted)),
            Outcome::AlreadyDone => Some(accepted(&wanted, old, None, false)),
            _ => Some(match old {
                Some(mut old) => {
                    old.doubt(&wanted);
                    old
                }
                None => DeliveredObject::begun(&wanted),
            }),
        };
        let mut delivered = self.delivered.lock().unwrap();
        delivered.retain(|it| it.key != wanted.key);
        delivered.extend(object);
        outcome
    }

    /// Delivers until it succeeds; at most a few times.
    pub(super) async fn persist(&self, view: &View) -> Outcome {
        for _ in 0..4 {
            let outcome = self.deliver(view).await;
            if outcome.is_success() {
                return outcome;
            }
        }
        self.deliver(view).await
    }

    /// Takes a subject away.
    pub(super) async fn remove(&self, view: &View) -> Outcome {
        let mut last = Outcome::AlreadyDone;
        for wanted in self.wanted(view) {
            for object in self.known(&wanted) {
                last = self.target.apply(&Operation::Delete(object), Occasion::default()).await;
            }
            if last.is_success() {
                self.delivered.lock().unwrap().retain(|it| it.key != wanted.key);
            }
        }
        last
    }

    pub(super) fn known(&self, wanted: &WantedObject) -> Vec<DeliveredObject> {
        self.delivered.lock().unwrap().iter().filter(|it| it.key == wanted.key).cloned().collect()
    }

    /// What Google calls the object of a kind that a subject has.
    pub(super) fn at_target(&self, kind: &ObjectKind, view: &View) -> Reference {
        let wanted = self.wanted(view).into_iter().find(|it| it.key.kind == *kind).unwrap();
        Reference { id: identity(view), at_target: self.known(&wanted).remove(0).at_target().to_owned() }
    }

    /// Somebody whose account somebody else has made, and who has been found.
    pub(super) async fn found(&self, name: &str) -> Reference {
        self.server.plant_user(&address(name), name, "Provsson");
        assert!(self.deliver(&pupil(name)).await.is_success());
        self.at_target(&targets::google::USERS, &pupil(name))
    }

    /// The one course.
    pub(super) fn course(&self) -> GoogleCourse {
        let courses = self.server.state().courses;
        assert_eq!(courses.len(), 1);
        courses.into_values().next().unwrap()
    }

    /// Who is on a course's rolls, by the part of their address before the full stop.
    pub(super) fn roll(&self) -> (Vec<String>, Vec<String>) {
        let (course, state) = (self.course(), self.server.state());
        let names = |of: std::collections::BTreeSet<String>| {
            of.iter().map(|it| it.split(['.', '@']).next().unwrap().to_owned()).collect()
        };
        (names(state.addresses(course.students.keys())), names(state.addresses(course.teachers.keys())))
    }

    /// Exchanges so far, without those for tokens.
    pub(super) fn calls(&self) -> u64 {
        let counters = self.server.counters();
        counters.calls.iter().filter(|(name, _)| !name.contains("token")).map(|it| it.1).sum()
    }

    pub(super) fn later(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
    }
}

/// Just what any settings need.
fn delegation() -> Delegation {
    let names = [
        "admin.directory.user",
        "admin.directory.user.readonly",
        "admin.directory.group",
        "classroom.courses",
        "classroom.rosters",
    ];
    let scopes = names.map(|it| format!("https://www.googleapis.com/auth/{it}")).into();
    Delegation { account: ServiceAccount::invented(), scopes }
}

fn next(ahead: &Ahead) -> Option<Fate> {
    let mut ahead = ahead.lock().unwrap();
    let (calls, _) = ahead.front_mut()?;
    match calls.checked_sub(1) {
        Some(left) => {
            *calls = left;
            None
        }
        None => ahead.pop_front().map(|it| it.1),
    }
}

fn accepted(
    wanted: &WantedObject,
    old: Option<DeliveredObject>,
    remote: Option<String>,
    adopted: bool,
) -> DeliveredObject {
    let old = old.filter(DeliveredObject::is_certain);
    let origin = if adopted { Origin::Adopted } else { Origin::Created };
    DeliveredObject {
        fingerprint: wanted.fingerprint(),
        origin: old.as_ref().map_or(origin, |it| it.origin),
        remote: remote.or_else(|| old.and_then(|it| it.remote)),
        ..DeliveredObject::begun(wanted)
    }
}

pub(super) fn address(name: &str) -> String {
    format!("{name}.provsson@norrbyholm.example").to_lowercase()
}

pub(super) fn person(name: &str) -> PersonView {
    people::person(name, &address(name))
}

pub(super) fn pupil(name: &str) -> View {
    View::Person(person(name))
}

pub(super) fn class(pupils: &[Reference], teachers: &[Reference]) -> View {
    named_class("7A", "7A", pupils, teachers)
}

/// A class by its identity and its name.
pub(super) fn named_class(id: &str, name: &str, pupils: &[Reference], teachers: &[Reference]) -> View {
    people::class(id, name, pupils, teachers)
}
