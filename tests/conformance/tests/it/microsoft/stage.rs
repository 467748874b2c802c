//! Microsoft 365 in process, and the target that writes to it as the hub would.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, Id, ManualClock};
use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::outcome::Outcome;
use rules::plan::{Operation, diff};
use rules::view::{PersonView, Reference, View};
use serde_json::json;
use targets::registry::{TargetContext, build};
use targets::{InventoryEntry, Occasion, Target};
use world::Time;
use world::microsoft::{MicrosoftGroup, MicrosoftOptions, MicrosoftServer};

use crate::kit::Line;
use crate::kit::people::{self, identity};

/// What befalls a call to Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It never arrives; another answers, with this status.
    Status(u16),
    /// The same, with `Retry-After` in seconds.
    Throttled(u32),
    /// It arrives, and its answer is lost.
    AnswerLost,
}

/// The calls so far, and what befalls which.
#[derive(Default)]
struct Fates {
    calls: usize,
    at: BTreeMap<usize, Fate>,
}

pub(super) struct Stage {
    pub(super) server: MicrosoftServer,
    pub(super) target: Arc<dyn Target>,
    pub(super) clock: ManualClock,
    fates: Arc<Mutex<Fates>>,
    delivered: Mutex<BTreeMap<Id, Vec<DeliveredObject>>>,
    /// Accounts as they were at first contact.
    listed: tokio::sync::OnceCell<Vec<InventoryEntry>>,
}

impl Stage {
    pub(super) fn of(options: impl FnOnce(&mut MicrosoftOptions), more: &str) -> Self {
        Self::running(options, more, false)
    }

    /// A service without delays, and a hub that recognises accounts.
    pub(super) fn usual() -> Self {
        Self::of(|_| {}, "")
    }

    pub(super) fn dry(more: &str) -> Self {
        Self::running(|_| {}, more, true)
    }

    fn running(options: impl FnOnce(&mut MicrosoftOptions), more: &str, dry_run: bool) -> Self {
        let clock = ManualClock::at("2026-11-27T08:00:00Z".parse().unwrap());
        let told = clock.clone();
        let mut services = MicrosoftOptions::new(Time::told_by(move || told.now()));
        options(&mut services);
        let server = MicrosoftServer::in_process(services.clone());
        let fates = Arc::<Mutex<Fates>>::default();
        let line = line_to(&server, &fates);
        let context = TargetContext {
            secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("SECRET".into()), services.client_secret)),
            clock: Arc::new(clock.clone()),
            user_agent: "skolbro-conformance".into(),
            transport: Some(Arc::new(line)),
            places: None,
            dry_run,
        };
        let settings = format!(
            "tenant_id = '{}'\nclient_id = '{}'\nclient_secret = {{ env = 'SECRET' }}\nbase_url = '{}'\nlogin_url = '{}'\n{more}",
            services.tenant,
            services.client_id,
            server.base_url(),
            server.login_url(),
        );
        let target = build("microsoft", &settings.parse().unwrap(), &context).unwrap().target;
        Self { server, target, clock, fates, delivered: Mutex::default(), listed: tokio::sync::OnceCell::new() }
    }

    /// What befalls the next call but `calls`.
    pub(super) fn befall(&self, calls: usize, fate: Fate) {
        let mut fates = self.fates.lock().unwrap();
        let at = fates.calls + calls;
        fates.at.insert(at, fate);
    }

    /// Whether something has yet to befall a call; from now on everything goes well.
    pub(super) fn is_spared(&self) -> bool {
        let mut fates = self.fates.lock().unwrap();
        let calls = fates.calls;
        let ahead = fates.at.keys().any(|it| *it >= calls);
        fates.at.clear();
        ahead
    }

    /// Calls to Graph so far.
    pub(super) fn calls(&self) -> usize {
        self.fates.lock().unwrap().calls
    }

    /// Brings the service to what is wanted of one subject, as the hub does: it remembers what was accepted, and what is in
    /// doubt.
    pub(super) async fn deliver(&self, view: &View) -> Outcome {
        let wanted = self.target.map(view).unwrap();
        self.carry_out(identity(view), wanted).await
    }

    /// Takes a subject away.
    pub(super) async fn remove(&self, view: &View) -> Outcome {
        self.carry_out(identity(view), Vec::new()).await
    }

    /// Again and again, as time passes, until it is done or refused. Gives everything that was in the way.
    pub(super) async fn until_done(&self, view: &View) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for _ in 0..40 {
            match self.deliver(view).await {
                outcome if outcome.is_success() => return outcomes,
                outcome => outcomes.push(outcome),
            }
            self.clock.advance_seconds(15);
        }
        panic!("it never ends: {outcomes:?}");
    }

    async fn carry_out(&self, subject: Id, wanted: Vec<WantedObject>) -> Outcome {
        let known = self.known(subject);
        let mut last = Outcome::AlreadyDone;
        for operation in diff(wanted, &known).operations {
            let remote = self.account_for(&operation).await;
            let mut outcome = self.target.apply(&operation, Occasion { remote: remote.as_deref(), change: 0 }).await;
            let vanished = outcome == Outcome::Vanished;
            if vanished {
                self.forget(subject, &operation);
                let (Operation::Create(wanted) | Operation::Update { wanted, .. }) = &operation else { continue };
                outcome = self.target.apply(&Operation::Create(wanted.clone()), Occasion::default()).await;
            }
            let in_doubt = self.known(subject).iter().any(|it| it.key == *operation.key() && !it.is_certain());
            if (vanished || in_doubt) && matches!(outcome, Outcome::Rejected { .. }) {
                outcome = Outcome::WaitFor { code: rules::delivery::NOT_SPREAD };
            }
            if !outcome.is_success() {
                self.leave_in_doubt(subject, &operation, &outcome, vanished);
                return outcome;
            }
            self.record(subject, operation, &outcome);
            last = outcome;
        }
        last
    }

    /// The account that is recognised among those that were there at first contact.
    async fn account_for(&self, operation: &Operation) -> Option<String> {
        let Operation::Create(wanted) = operation else { return None };
        if self.target.adoptable().as_ref() != Some(&wanted.key.kind) {
            return None;
        }
        let listed = self.listed.get_or_init(|| self.accounts()).await;
        let is = |entry: &&InventoryEntry| wanted.recognised_by.iter().any(|it| entry.recognised_by.contains(it));
        listed.iter().find(is).map(|it| it.remote.clone())
    }

    /// Every account, page by page.
    pub(super) async fn accounts(&self) -> Vec<InventoryEntry> {
        let (mut found, mut page) = (Vec::new(), None);
        loop {
            let listed = self.target.inventory(&targets::microsoft::USERS, page.as_deref()).await;
            let Ok(Some(listed)) = listed else { return found };
            found.extend(listed.entries);
            page = listed.next;
            if page.is_none() {
                return found;
            }
        }
    }

    fn record(&self, subject: Id, operation: Operation, outcome: &Outcome) {
        let old = self.known(subject).into_iter().find(|it| it.is_certain() && it.key == *operation.key());
        self.forget(subject, &operation);
        let (Operation::Create(wanted) | Operation::Update { wanted, .. }) = operation else { return };
        let (remote, adopted) = match outcome {
            Outcome::Done { remote, adopted } => (remote.clone(), *adopted),
            _ => (None, false),
        };
        let origin = if adopted { Origin::Adopted } else { Origin::Created };
        let object = DeliveredObject {
            fingerprint: wanted.fingerprint(),
            origin: old.as_ref().map_or(origin, |it| it.origin),
            remote: remote.or_else(|| old.and_then(|it| it.remote)),
            ..DeliveredObject::begun(&wanted)
        };
        self.delivered.lock().unwrap().entry(subject).or_default().push(object);
    }

    fn leave_in_doubt(&self, subject: Id, operation: &Operation, outcome: &Outcome, vanished: bool) {
        let unanswered = matches!(outcome, Outcome::Retry { .. } | Outcome::TargetDown { .. });
        let mut delivered = self.delivered.lock().unwrap();
        let objects = delivered.entry(subject).or_default();
        match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } if vanished => begin(objects, wanted),
            Operation::Create(wanted) if unanswered || !wanted.ties.is_empty() => begin(objects, wanted),
            Operation::Update { wanted, .. } if unanswered || !wanted.ties.is_empty() => {
                objects.iter_mut().filter(|it| it.key == wanted.key).for_each(|it| it.doubt(wanted));
            }
            Operation::Delete(_) if unanswered => {
                objects.iter_mut().filter(|it| it.key == *operation.key()).for_each(DeliveredObject::leave);
            }
            _ => {}
        }
    }

    pub(super) fn known(&self, subject: Id) -> Vec<DeliveredObject> {
        self.delivered.lock().unwrap().get(&subject).cloned().unwrap_or_default()
    }

    /// What needs an object that was made again is sent again, as the hub does.
    pub(super) fn doubt_teams(&self) {
        let mut delivered = self.delivered.lock().unwrap();
        let objects = delivered.values_mut().flatten().filter(|it| !it.needs.is_empty());
        objects.for_each(|it| it.fingerprint.clear());
    }

    fn forget(&self, subject: Id, operation: &Operation) {
        let mut delivered = self.delivered.lock().unwrap();
        delivered.entry(subject).or_default().retain(|it| it.key != *operation.key());
    }

    /// Pupils whose accounts are there and recognised, as groups refer to them.
    pub(super) async fn people(&self, names: &[&str]) -> Vec<Reference> {
        for name in names {
            self.plant(name);
        }
        let mut found = Vec::new();
        for name in names {
            let view = pupil(name);
            assert!(self.deliver(&view).await.is_success(), "{name}");
            found.push(self.at_target(&view));
        }
        found
    }

    /// Somebody makes an account by hand, as the directory of the school would.
    pub(super) fn plant(&self, name: &str) -> String {
        self.server.plant_user(json!({
            "userPrincipalName": address(name),
            "mail": address(name),
            "displayName": format!("{name} Provsson"),
            "accountEnabled": true,
        }))
    }

    /// What the target has for this subject's reference.
    pub(super) fn at_target(&self, view: &View) -> Reference {
        let object = self.known(identity(view)).remove(0);
        Reference { id: identity(view), at_target: object.at_target().to_owned() }
    }

    /// The only class that came over the API, with its identity.
    pub(super) fn only_class(&self) -> (String, MicrosoftGroup) {
        let state = self.server.state();
        let mut made = state.classes().filter(|(_, it)| it.by_us);
        let (id, class) = made.next().unwrap();
        assert!(made.next().is_none(), "more than one class was made");
        (id.clone(), class.clone())
    }
}

fn begin(objects: &mut Vec<DeliveredObject>, wanted: &WantedObject) {
    objects.retain(|it| it.key != wanted.key);
    objects.push(DeliveredObject::begun(wanted));
}

/// The line to the service. The login is another system, whose calls nothing befalls.
fn line_to(server: &MicrosoftServer, fates: &Arc<Mutex<Fates>>) -> Line {
    let (server, fates) = (server.clone(), Arc::clone(fates));
    Line::to(move |request| {
        let is_login = request.uri().path().ends_with("/token");
        let fate = {
            let mut fates = fates.lock().unwrap();
            let at = fates.calls;
            if is_login {
                None
            } else {
                fates.calls += 1;
                fates.at.get(&at).copied()
            }
        };
        let server = server.clone();
        async move {
            let status = |status: u16| Response::builder().status(status);
            let error = || Body::from(r#"{"error":{"code":"SomethingElse","message":"no"}}"#);
            match fate {
                None => server.answer(request).await,
                Some(Fate::Status(code)) => status(code).body(error()).ok(),
                Some(Fate::Throttled(seconds)) => status(429).header("retry-after", seconds).body(error()).ok(),
                Some(Fate::AnswerLost) => {
                    server.answer(request).await;
                    None
                }
            }
        }
    })
}

pub(super) fn address(name: &str) -> String {
    format!("{name}.provsson@elev.example").to_lowercase()
}

pub(super) fn person(name: &str) -> PersonView {
    people::person(name, &address(name))
}

pub(super) fn pupil(name: &str) -> View {
    View::Person(person(name))
}

pub(super) fn class_named(name: &str, pupils: &[Reference], teachers: &[Reference]) -> View {
    people::class("7A", name, pupils, teachers)
}

pub(super) fn class(pupils: &[Reference], teachers: &[Reference]) -> View {
    class_named("7A", pupils, teachers)
}

/// The identities of these people, to be compared with lists.
pub(super) fn ids<'r>(of: impl IntoIterator<Item = &'r Reference>) -> BTreeSet<String> {
    of.into_iter().map(|it| it.at_target.clone()).collect()
}
