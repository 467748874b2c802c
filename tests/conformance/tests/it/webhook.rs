//! `webhook` against a receiver that believes only what Standard Webhooks has it believe.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, ManualClock};
use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use targets::registry::{TargetContext, build};
use targets::{Occasion, Target};
use world::{EventReceiver, Time};

use crate::kit::Line;
use crate::scim::stage::pupil;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// What befalls a call.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It never arrives; another answers, with this status.
    Status(u16),
    /// It arrives, and its answer is lost.
    AnswerLost,
}

struct Stage {
    receiver: EventReceiver,
    target: Arc<dyn Target>,
    fates: Arc<Mutex<VecDeque<Fate>>>,
}

impl Stage {
    /// A receiver with a key, and a target that signs with those that `secrets` names.
    fn of(key: &str, secrets: &str, more: &str) -> Self {
        let clock = ManualClock::at("2026-11-27T08:00:00Z".parse().unwrap());
        let told = clock.clone();
        let receiver = EventReceiver::in_process("receiver.example", key, Time::told_by(move || told.now()));
        let fates: Arc<Mutex<VecDeque<Fate>>> = Arc::default();
        let (answering, ahead) = (receiver.clone(), Arc::clone(&fates));
        let line = Line::to(move |request| {
            let (fate, receiver) = (ahead.lock().unwrap().pop_front(), answering.clone());
            async move {
                match fate {
                    None => receiver.answer(request).await,
                    Some(Fate::Status(code)) => {
                        Response::builder().status(code).header("retry-after", "7").body(Body::from("Astrid, no")).ok()
                    }
                    Some(Fate::AnswerLost) => {
                        receiver.answer(request).await;
                        None
                    }
                }
            }
        });
        let secret = |name: &str| SecretRef::Env(name.to_owned());
        let known = FixedSecrets::new().with(secret("OLD"), OLD.to_owned()).with(secret("NEW"), NEW.to_owned());
        let context = TargetContext {
            secrets: Arc::new(known.with(secret("SHORT"), "whsec_c2hvcnQ=".to_owned())),
            clock: Arc::new(clock),
            user_agent: "skolbro-conformance".into(),
            transport: Some(Arc::new(line)),
            places: None,
            dry_run: false,
        };
        let settings = format!("url = '{}'\nsecrets = {secrets}\n{more}", receiver.url());
        let target = build("webhook", &settings.parse().unwrap(), &context).unwrap().target;
        Self { receiver, target, fates }
    }

    fn usual() -> Self {
        Self::of(OLD, "[{ env = 'OLD' }]", "")
    }

    fn expect(&self, fate: Fate) {
        self.fates.lock().unwrap().push_back(fate);
    }

    fn wanted(&self, name: &str) -> WantedObject {
        self.target.map(&pupil(name)).unwrap().remove(0)
    }

    async fn apply(&self, operation: &Operation, change: u64) -> Outcome {
        self.target.apply(operation, Occasion { remote: None, change }).await
    }

    async fn create(&self, change: u64) -> Outcome {
        self.apply(&Operation::Create(self.wanted("Astrid")), change).await
    }

    fn delivered(&self) -> DeliveredObject {
        DeliveredObject { origin: Origin::Created, ..DeliveredObject::begun(&self.wanted("Astrid")) }
    }

    fn violations(&self) -> Vec<String> {
        self.receiver.taken().violations.into_iter().collect()
    }
}

#[tokio::test]
async fn what_comes_changes_and_goes_is_told() {
    let stage = Stage::usual();
    let update = Operation::Update { wanted: stage.wanted("Astrid"), delivered: stage.delivered() };

    let outcomes = [
        stage.create(1).await,
        stage.apply(&update, 2).await,
        stage.apply(&Operation::Delete(stage.delivered()), 3).await,
    ];

    let taken = stage.receiver.taken();
    assert!(outcomes.iter().all(Outcome::is_success), "{outcomes:?}");
    assert_eq!(taken.types, ["user.created", "user.updated", "user.deleted"]);
    assert_eq!((taken.known.len(), stage.violations()), (0, vec![]));
}

#[tokio::test]
async fn an_event_whose_answer_was_lost_is_taken_once() {
    let stage = Stage::usual();
    stage.expect(Fate::AnswerLost);

    let (lost, again) = (stage.create(1).await, stage.create(1).await);

    let taken = stage.receiver.taken();
    assert!(matches!(lost, Outcome::Retry { .. }) && again.is_success(), "{lost:?}, {again:?}");
    assert_eq!((taken.types.len(), taken.repeated, stage.violations()), (1, 1, vec![]));
}

#[tokio::test]
async fn what_is_as_it_was_before_is_told_all_the_same() {
    let stage = Stage::usual();
    let update = Operation::Update { wanted: stage.wanted("Astrid"), delivered: stage.delivered() };
    stage.create(1).await;

    for change in 2..5 {
        stage.apply(&update, change).await;
    }

    assert_eq!((stage.receiver.taken().types.len(), stage.receiver.taken().repeated), (4, 0));
}

#[tokio::test]
async fn while_keys_are_rotated_a_receiver_with_either_believes() {
    for key in [OLD, NEW] {
        let stage = Stage::of(key, "[{ env = 'NEW' }, { env = 'OLD' }]", "");

        let outcome = stage.create(1).await;

        assert!(outcome.is_success() && stage.violations().is_empty(), "{key}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_none_signs_nothing() {
    let stage = Stage::of(OLD, "[{ env = 'OLD' }, { env = 'SHORT' }]", "");

    let outcome = stage.create(1).await;

    let unusable = matches!(&outcome, Outcome::TargetDown { code: "webhook_target.signing_key_unusable", .. });
    assert!(unusable && stage.receiver.taken().types.is_empty(), "{outcome:?}");
}

#[tokio::test]
async fn a_thin_event_tells_no_more_than_who() {
    let stage = Stage::of(OLD, "[{ env = 'OLD' }]", "payload = 'thin'");

    stage.create(1).await;

    let key = ("user".to_owned(), stage.wanted("Astrid").key.key);
    assert_eq!(stage.receiver.taken().known[&key], serde_json::Value::Null);
}

#[tokio::test]
async fn each_refusal_ends_where_it_should() {
    let stage = Stage::usual();
    let mut ends = Vec::new();
    for status in [302, 400, 401, 404, 410, 413, 429, 500, 503] {
        stage.expect(Fate::Status(status));
        ends.push(match stage.create(1).await {
            Outcome::TargetDown { code, .. } => format!("{status} down {code}"),
            Outcome::Rejected { code, message } => format!("{status} rejected {code}: {message}"),
            Outcome::Throttled { after, .. } => format!("{status} throttled {after:?}"),
            Outcome::Retry { code, after, .. } => format!("{status} retry {code} {after:?}"),
            other => format!("{status} {other:?}"),
        });
    }

    assert_eq!(
        ends,
        [
            "302 down webhook_target.redirected",
            "400 rejected webhook_target.rejected: HTTP 400: •••, no",
            "401 down webhook_target.refused",
            "404 down webhook_target.no_such_endpoint",
            "410 down webhook_target.endpoint_gone",
            "413 rejected webhook_target.too_large: HTTP 413: •••, no",
            "429 throttled Some(7s)",
            "500 retry webhook_target.unavailable Some(7s)",
            "503 retry webhook_target.unavailable Some(7s)",
        ]
    );
}
