//! A receiver in process, and the target that writes to it as the hub would.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, ManualClock};
use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::outcome::Outcome;
use rules::plan::{Plan, diff};
use rules::view::{PersonView, Reference, View};
use targets::registry::{TargetContext, build};
use targets::{Occasion, Target};
use world::scim::ScimKind;
use world::{ScimOptions, ScimServer, Time};

use crate::kit::Line;
use crate::kit::people::{self, identity};

/// What befalls a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// It goes well.
    Well,
    /// It never arrives; another answers, with this status.
    Status(u16),
    /// The same, with `Retry-After` in seconds.
    Throttled(u32),
    /// It arrives, and its answer is lost.
    AnswerLost,
}

/// What befalls the next calls of a method; of any, without one.
type Fates = Arc<Mutex<VecDeque<(Option<&'static str>, Fate)>>>;

pub(super) struct Stage {
    pub(super) server: ScimServer,
    pub(super) target: Arc<dyn Target>,
    fates: Fates,
    delivered: Mutex<Vec<DeliveredObject>>,
}

impl Stage {
    pub(super) fn of(options: impl FnOnce(&mut ScimOptions), more: &str) -> Self {
        let clock = ManualClock::at("2026-11-27T08:00:00Z".parse().unwrap());
        let told = clock.clone();
        let mut receivers = ScimOptions::new(Time::told_by(move || told.now()));
        options(&mut receivers);
        let token = receivers.bearer.clone().unwrap();
        let server = ScimServer::in_process(receivers);
        let fates = Fates::default();
        let (answering, ahead) = (server.clone(), Arc::clone(&fates));
        let line = Line::to(move |request| {
            let mut ahead = ahead.lock().unwrap();
            let concerns = |method: &Option<&str>| method.is_none_or(|it| it == request.method());
            let fate = ahead.pop_front_if(|(method, _)| concerns(method)).map_or(Fate::Well, |it| it.1);
            let server = answering.clone();
            async move {
                let status = |status: u16| Response::builder().status(status);
                match fate {
                    Fate::Well => server.answer(request).await,
                    Fate::Status(code) => {
                        let error = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"no"}"#;
                        status(code).body(Body::from(error)).ok()
                    }
                    Fate::Throttled(seconds) => status(429).header("retry-after", seconds).body(Body::empty()).ok(),
                    Fate::AnswerLost => {
                        server.answer(request).await;
                        None
                    }
                }
            }
        });
        let context = TargetContext {
            secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("TOKEN".into()), token.clone())),
            clock: Arc::new(clock),
            user_agent: "skolbro-conformance".into(),
            transport: Some(Arc::new(line)),
            places: None,
            dry_run: false,
        };
        let settings = format!("base_url = '{}'\ntoken = {{ env = 'TOKEN' }}\n{more}", server.base_url());
        let target = build("scim", &settings.parse().unwrap(), &context).unwrap().target;
        Self { server, target, fates, delivered: Mutex::default() }
    }

    /// A receiver that does all that the standard says.
    pub(super) fn usual() -> Self {
        Self::of(|_| {}, "")
    }

    /// What befalls the next call.
    pub(super) fn expect(&self, fate: Fate) {
        self.fates.lock().unwrap().push_back((None, fate));
    }

    /// What befalls the next call of a method.
    pub(super) fn expect_of(&self, method: &'static str, fate: Fate) {
        self.fates.lock().unwrap().push_back((Some(method), fate));
    }

    /// From now on everything goes well.
    pub(super) fn forget_fates(&self) {
        self.fates.lock().unwrap().clear();
    }

    pub(super) fn wanted(&self, view: &View) -> WantedObject {
        self.target.map(view).unwrap().remove(0)
    }

    /// Brings the receiver to what is wanted of one subject, as the hub does: it remembers what was accepted, and what is
    /// in doubt.
    pub(super) async fn deliver(&self, view: &View) -> Outcome {
        let wanted = self.wanted(view);
        let known = self.known(&wanted);
        let plan = diff(vec![wanted.clone()], known.as_slice());
        let mut outcome = self.carry_out(&plan).await;
        if outcome == Outcome::Vanished {
            self.remember(None, &wanted);
            outcome = self.carry_out(&diff(vec![wanted.clone()], &[])).await;
        }
        let remote = known.iter().find_map(|it| it.remote.clone());
        let object = match &outcome {
            Outcome::Done { remote: given, .. } => {
                let remote = given.clone().or(remote);
                let fingerprint = wanted.fingerprint();
                Some(DeliveredObject {
                    fingerprint,
                    remote,
                    origin: Origin::Created,
                    ..DeliveredObject::begun(&wanted)
                })
            }
            _ => known.into_iter().next().map(|mut it| {
                it.doubt(&wanted);
                it
            }),
        };
        self.remember(object, &wanted);
        outcome
    }

    /// Takes a subject away.
    pub(super) async fn remove(&self, view: &View) -> Outcome {
        let wanted = self.wanted(view);
        let outcome = self.carry_out(&diff(Vec::new(), &self.known(&wanted))).await;
        if outcome.is_success() {
            self.remember(None, &wanted);
        }
        outcome
    }

    pub(super) fn known(&self, wanted: &WantedObject) -> Vec<DeliveredObject> {
        self.delivered.lock().unwrap().iter().filter(|it| it.key == wanted.key).cloned().collect()
    }

    fn remember(&self, object: Option<DeliveredObject>, wanted: &WantedObject) {
        let mut delivered = self.delivered.lock().unwrap();
        delivered.retain(|it| it.key != wanted.key);
        delivered.extend(object);
    }

    async fn carry_out(&self, plan: &Plan) -> Outcome {
        let mut last = Outcome::AlreadyDone;
        for operation in &plan.operations {
            last = self.target.apply(operation, Occasion::default()).await;
        }
        last
    }

    /// What the target has for this subject's reference.
    pub(super) fn at_target(&self, view: &View) -> Reference {
        let object = self.known(&self.wanted(view)).remove(0);
        Reference { id: identity(view), at_target: object.at_target().to_owned() }
    }

    /// How many of a kind came over the API.
    pub(super) fn made(&self, kind: ScimKind) -> usize {
        self.server.state().by_us(kind).count()
    }
}

pub(super) fn person(name: &str) -> PersonView {
    people::person(name, &format!("{name}.provsson@elev.example").to_lowercase())
}

pub(crate) fn pupil(name: &str) -> View {
    View::Person(person(name))
}

pub(super) fn class(pupils: Vec<Reference>) -> View {
    people::class("7A", "7A", &pupils, &[])
}
