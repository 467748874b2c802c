//! What all sources owe.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use world::truth::Municipality;
use world::{ExportForm, Exporter, Time};

use super::folder::Folder;
use crate::kit::town::{SECRET, happens, people};
use crate::kit::{Abilities, Counterpart, Happening, Holdings, Line, People, Trouble};

/// A small town's register that writes files.
pub(crate) struct Register {
    pub(super) clock: ManualClock,
    pub(super) folder: Folder,
    form: ExportForm,
}

/// How the register's own columns are explained.
const OWN: &str = r#"
encoding = "iso-8859-1"

[[table]]
file = "enheter.csv"
organisation = { id = "Id", name = "Namn", kind = "Typ", parent = "Över", school_unit_code = "Skolenhetskod", school_types = "Skolformer" }

[[table]]
file = "personer.csv"
person = { id = "Id", given_name = "Förnamn", family_name = "Efternamn", civic_number = "Personnummer", email = "E-post", security_marking = "Sekretess", status = "Status" }

[[table]]
file = "placeringar.csv"
enrolment = { person = "Person", school_unit = "Enhet", school_type = "Skolform", school_year = "Årskurs", start = "Från", end = "Till" }

[[table]]
file = "tjanster.csv"
duty = { person = "Person", organisation = "Enhet", role = "Befattning", group = "Grupp", start = "Från", end = "Till" }

[[table]]
file = "grupper.csv"
group = { id = "Id", name = "Namn", kind = "Typ", organisation = "Enhet", start = "Från", end = "Till" }

[[table]]
file = "medlemmar.csv"
membership = { group = "Grupp", person = "Person", role = "Roll", start = "Från", end = "Till" }
"#;

impl Register {
    /// Everything was written twenty minutes ago, and again, or what changed, ten minutes ago.
    pub(crate) fn of(form: ExportForm) -> Self {
        let clock = ManualClock::at("2026-11-22T11:40:00Z".parse().unwrap());
        let told = clock.clone();
        let truth = Municipality::generate(5, 40, jiff::civil::date(2026, 11, 22));
        let exporter = Exporter::new(truth, form, Time::told_by(move || told.now()));
        exporter.deliver();
        clock.advance_seconds(600);
        exporter.alter_and_deliver(|truth| happens(truth, Happening::PersonAdded));
        clock.advance_seconds(600);
        Self { clock, folder: Folder::of(exporter), form }
    }
}

#[async_trait]
impl Counterpart for Register {
    fn kind(&self) -> &'static str {
        "file-drop"
    }

    fn table(&self) -> toml::Table {
        let (format, more) = match self.form {
            ExportForm::SdsV2_1 => ("sds-v2.1", ""),
            ExportForm::Own => ("csv", OWN),
            ExportForm::Unikum => ("unikum", ""),
        };
        format!("format = '{format}'\nfolder = '/srv/drop'\npage_size = 20\n{more}").parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        SourceContext {
            secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env(SECRET.into()), NO_SECRET)),
            clock: Arc::new(self.clock.clone()),
            user_agent: "conformance/1".to_owned(),
            tenant: "demo".to_owned(),
            source: "register".to_owned(),
            transport: None,
            places: Some(Arc::new(self.folder.clone())),
        }
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    async fn happens(&self, what: Happening) -> Id {
        let exporter = &self.folder.exporter;
        let before = exporter.with_truth(|truth| truth.persons.clone());
        let whom = exporter.alter_and_deliver(|truth| happens(truth, what));
        if self.form != ExportForm::Unikum {
            return whom;
        }
        let number = exporter.number_of(whom.uuid()).or_else(|| before.get(&whom.uuid())?.civic_number.clone());
        person_of_unikum(&number.unwrap())
    }

    fn holds(&self) -> Holdings {
        let told = self.folder.exporter.told();
        let uuids = |ids: &BTreeSet<String>| -> BTreeSet<Id> { ids.iter().map(|id| id.parse().unwrap()).collect() };
        let person = |name: &String| match self.form {
            ExportForm::Unikum => person_of_unikum(name),
            _ => name.parse().unwrap(),
        };
        let duties = told
            .duties
            .iter()
            .map(|(who, at, role)| Id::derived(&["file-drop/duty", &person(who).to_string(), at, role]));
        Holdings::from([
            (RecordKind::Organisation, uuids(&told.organisations)),
            (RecordKind::Person, told.persons.iter().map(person).collect()),
            (RecordKind::Group, uuids(&told.groups)),
            (RecordKind::Duty, duties.collect()),
        ])
    }

    fn people(&self) -> People {
        let mut people = self.folder.exporter.with_truth(people);
        people.secrets.insert(NO_SECRET.to_owned());
        people
    }

    /// Only Unikum's files say what changed. What was written is read when it has been the same for a minute.
    fn abilities(&self) -> Abilities {
        let changes = self.form == ExportForm::Unikum;
        Abilities { changes, removals: changes, renews_tokens: false, told_after: 61, ..Abilities::ALL }
    }

    fn line(&self) -> Option<&Line> {
        None
    }

    fn suffers(&self, trouble: Trouble, pages: usize, times: usize) -> bool {
        self.folder.suffers(trouble, pages, times)
    }

    fn recovers(&self) -> bool {
        self.folder.recovers()
    }
}

/// Files need none; whatever the context holds must not be printed all the same.
const NO_SECRET: &str = "a-secret-of-another-source";

/// The identity that a personal number gives.
fn person_of_unikum(number: &str) -> Id {
    Id::derived(&["file-drop/person", number])
}
