//! SS 12000 registers.

use std::collections::BTreeSet;

use async_trait::async_trait;
use roster::{Clock, Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use sources::report::{Finding, Reported};
use sources::{Scope, SourceErrorKind};
use uuid::Uuid;
use world::register::{CUSTOMER, Vendor};
use world::truth::{Municipality, OrganisationKind};

use crate::kit::reading::{Whole, everything, go_on, report, request};
use crate::kit::town::{SECRET, Town, happens, people};
use crate::kit::{Abilities, Counterpart, Happening, Holdings, Line, People};

/// A vendor's register, read with the vendor's profile.
pub(crate) struct Register {
    vendor: Vendor,
    town: Town,
}

impl Register {
    pub(crate) fn generic() -> Self {
        Self::of(Vendor::Standard)
    }

    fn of(vendor: Vendor) -> Self {
        Self { vendor, town: Town::new(|options| options.register = vendor.options()) }
    }

    /// What the profile wants to be told of where the register is.
    fn place(&self) -> String {
        let urls = self.town.world.urls();
        let server = "https://register.provby.example";
        match self.vendor {
            Vendor::Standard => format!("base_url = '{}'\ntoken_url = '{}'", urls.register, urls.register_token),
            Vendor::SchoolSoft => {
                format!("profile = 'schoolsoft'\nbase_url = '{}'\ntoken_url = '{}'", urls.register, urls.register_token)
            }
            Vendor::Edlevo => format!("profile = 'edlevo'\nbase_url = '{server}'"),
            Vendor::Ist => format!(
                "profile = 'ist'\nbase_url = '{server}/ss12000v2-api/source'\ncustomer = '{CUSTOMER}'\ntoken_url = '{}'",
                urls.register_token
            ),
        }
    }

    fn secret(&self) -> String {
        self.town.world.register().credentials().client_secret.clone()
    }
}

#[async_trait]
impl Counterpart for Register {
    fn kind(&self) -> &'static str {
        "ss12000"
    }

    fn table(&self) -> toml::Table {
        let table = format!(
            "{}\nclient_id = '{}'\nclient_secret = {{ env = '{SECRET}' }}\npage_size = 20\nreport_back = true",
            self.place(),
            self.town.world.register().credentials().client_id
        );
        table.parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        self.town.context(&self.secret())
    }

    fn clock(&self) -> &ManualClock {
        &self.town.clock
    }

    async fn happens(&self, what: Happening) -> Id {
        self.town.world.register().alter_truth(|truth| happens(truth, what))
    }

    fn holds(&self) -> Holdings {
        let mut all = self.town.world.register().with_truth(holds);
        if self.vendor == Vendor::Edlevo {
            let schools = self.town.world.register().with_truth(schools);
            all.insert(RecordKind::Organisation, schools);
        }
        all
    }

    fn people(&self) -> People {
        let mut people = self.town.world.register().with_truth(people);
        let client = &self.town.world.register().credentials().client_id;
        people.secrets.extend([self.secret(), format!("{client}-token")]);
        people
    }

    fn line(&self) -> Option<&Line> {
        Some(&self.town.line)
    }

    fn abilities(&self) -> Abilities {
        Abilities { removals: self.vendor != Vendor::Ist, ..Abilities::ALL }
    }

    fn complaints(&self) -> Vec<String> {
        [self.town.world.contract_violations(), self.town.world.mistakes()].concat()
    }
}

fn holds(truth: &Municipality) -> Holdings {
    let ids = |keys: Vec<&Uuid>| keys.into_iter().copied().map(Id::from_uuid).collect();
    Holdings::from([
        (RecordKind::Organisation, ids(truth.organisations.keys().collect())),
        (RecordKind::Person, ids(truth.persons.keys().collect())),
        (RecordKind::Group, ids(truth.groups.keys().collect())),
        (RecordKind::Duty, ids(truth.duties.keys().collect())),
        (RecordKind::Activity, ids(truth.activities.keys().collect())),
    ])
}

/// Without the organiser above them.
fn schools(truth: &Municipality) -> BTreeSet<Id> {
    let all = truth.organisations.values().filter(|it| it.kind != OrganisationKind::Organiser);
    all.map(|it| Id::from_uuid(it.id)).collect()
}

conforms!(generic, crate::ss12000::Register::generic());
conforms!(edlevo, crate::ss12000::Register::of(world::register::Vendor::Edlevo));
conforms!(ist, crate::ss12000::Register::of(world::register::Vendor::Ist));
conforms!(schoolsoft, crate::ss12000::Register::of(world::register::Vendor::SchoolSoft));

#[tokio::test(start_paused = true)]
async fn nobody_is_gone_while_a_school_year_is_archived() {
    let register = Register::of(Vendor::SchoolSoft);
    let before = everything(&register).await.unwrap();
    let server = register.town.world.register();
    server.set_options(|it| it.archiving = true);

    let (now, memory) = (register.clock().now(), before.memory.clone());
    let first = request(Scope::Full, memory.clone(), now);
    let during = go_on(&|| register.source(), first, Whole { memory, ..Whole::default() }).await.unwrap();

    let warned: BTreeSet<&str> = during.unreadable.iter().map(|it| it.code.as_str()).collect();
    assert_eq!((during.records.len(), during.complete), (0, vec![]));
    assert_eq!(warned, BTreeSet::from(["ss12000.list_empty"]));
}

#[tokio::test(start_paused = true)]
async fn the_same_empty_lists_are_believed_of_anybody_else_and_left_to_the_guard() {
    let register = Register::generic();
    register.town.world.register().set_options(|it| it.archiving = true);

    let read = everything(&register).await.unwrap();

    assert_eq!(read.complete, RecordKind::ALL[..5]);
}

#[tokio::test(start_paused = true)]
async fn a_register_is_told_what_became_of_a_read() {
    let register = Register::generic();

    let reported = register.source().report(&report(&register)).await.unwrap();

    let counters = register.town.world.register().counters();
    assert_eq!((reported, counters.statistics, counters.log_entries), (Reported::Taken(6), 5, 1));
}

#[tokio::test(start_paused = true)]
async fn what_each_vendor_can_is_found_out_by_asking() {
    for (vendor, can) in [(Vendor::Standard, true), (Vendor::Ist, false)] {
        let probe = Register::of(vendor).source().probe().await.unwrap().unwrap();

        let found = [&probe.removals, &probe.doorbell].map(|it| *it == Finding::Yes);
        assert_eq!((found, &probe.changes, &probe.page_size), ([can; 2], &Finding::Yes, &Finding::Yes), "{vendor:?}");
        // The town's quirky school has what the standard has not.
        let odd = &probe.unknown_values["duties.assignmentRole.assignmentRoleType"];
        assert_eq!(odd, &BTreeSet::from(["Lärare".to_owned()]), "{vendor:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_scope_that_is_not_granted_is_an_attribute_that_nobody_has() {
    let register = Register::of(Vendor::Ist);
    let granted = BTreeSet::from(["students", "email-school"]);
    register.town.world.register().set_options(|it| it.granted = Some(granted));

    let probe = register.source().probe().await.unwrap().unwrap();

    let seen = |name: &str| probe.lists["persons"].attributes.contains_key(name);
    assert_eq!(["emails", "enrolments", "civicNo", "eduPersonPrincipalNames"].map(seen), [true, true, false, false]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_is_said_with_404_is_no_missing_list() {
    let register = Register::of(Vendor::Ist);
    register.town.world.register().set_options(|it| it.outage = true);

    let stopped = everything(&register).await.unwrap_err();

    assert_eq!((stopped.kind(), stopped.error.code), (SourceErrorKind::Passing, "source.page_failed"));
}
