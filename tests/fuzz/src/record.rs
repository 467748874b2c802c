//! What is promised of every record, whatever page it was read from.

use roster::{CivicNumber, Duty, Email, ExternalId, Fact, Person, Personal, Record, Supplement, facts_of};

use crate::today;

/// How many bytes a record may have for each byte it was read from: a duty is made of a school's number alone.
const WIDEST: usize = 256;

/// What even the smallest record may have.
const LEAST: usize = 4_096;

/// Asserts what is promised of records read from `read` bytes.
pub(crate) fn hold(records: &[Record], read: usize) {
    let mut width = 0;
    for record in records {
        let facts = facts_of(record);
        assert!(facts.len() <= 1 + mentioned(record), "a record speaks about more subjects than it names");
        for fact in facts.values() {
            width += survives_storage(fact);
        }
        let (printed, disguised) = (format!("{record:?}"), format!("{:?}", disguised(record.clone())));
        assert_eq!(printed, disguised, "what is printed depends on personal data");
    }
    let named: usize = records.iter().map(mentioned).max().unwrap_or(0);
    assert!(width <= (WIDEST * read + LEAST) * (1 + named), "{width} bytes out of {read}");
}

/// Asserts that a fact read back from the table is the same. Gives how wide it is there.
pub(crate) fn survives_storage(fact: &Fact) -> usize {
    let stored = serde_json::to_string(fact).unwrap_or_default();
    let back: Option<Fact> = serde_json::from_str(&stored).ok();
    assert_eq!(back.as_ref(), Some(fact), "a fact changes in the table");
    stored.len()
}

/// How many others a record names.
fn mentioned(record: &Record) -> usize {
    match record {
        Record::Duty(it) => it.assignments.len(),
        Record::Activity(it) => it.groups.len(),
        Record::Licence(it) => it.holders.len(),
        Record::Organisation(_) | Record::Person(_) | Record::Group(_) | Record::Supplement(_) => 0,
    }
}

/// The same fact about somebody else.
pub(crate) fn disguised_fact(fact: Fact) -> Fact {
    match fact {
        Fact::Person(it) => Fact::Person(disguised_person(it)),
        Fact::Duty(it) => Fact::Duty(disguised_duty(it)),
        Fact::Supplement(it) => Fact::Supplement(disguised_supplement(it)),
        other => other,
    }
}

/// The same record with other people's data.
fn disguised(record: Record) -> Record {
    match record {
        Record::Person(it) => Record::Person(disguised_person(it)),
        Record::Duty(it) => Record::Duty(disguised_duty(it)),
        Record::Supplement(it) => Record::Supplement(disguised_supplement(it)),
        other => other,
    }
}

fn somebody() -> Personal<String> {
    Personal::new("Somebody".to_owned())
}

fn of_somebody(emails: Vec<Email>) -> Vec<Email> {
    emails.into_iter().map(|it| Email { address: somebody(), kind: it.kind }).collect()
}

fn of_nobody(ids: Vec<ExternalId>) -> Vec<ExternalId> {
    ids.into_iter().map(|it| ExternalId { value: somebody(), context: it.context }).collect()
}

/// Its keys are fingerprints, and show nothing.
fn disguised_supplement(supplement: Supplement) -> Supplement {
    Supplement {
        principal_names: supplement.principal_names.iter().map(|_| somebody()).collect(),
        emails: of_somebody(supplement.emails),
        login_identity: supplement.login_identity.map(|_| somebody()),
        external_ids: of_nobody(supplement.external_ids),
        ..supplement
    }
}

fn disguised_person(person: Person) -> Person {
    Person {
        given_name: somebody(),
        family_name: somebody(),
        principal_names: person.principal_names.iter().map(|_| somebody()).collect(),
        emails: of_somebody(person.emails),
        civic_number: person.civic_number.as_ref().and_then(of_the_same_kind),
        duties: person.duties.into_iter().map(disguised_duty).collect(),
        login_identity: person.login_identity.map(|_| somebody()),
        external_ids: of_nobody(person.external_ids),
        ..person
    }
}

fn disguised_duty(duty: Duty) -> Duty {
    Duty { signature: duty.signature.map(|_| Personal::new("some".to_owned())), ..duty }
}

fn of_the_same_kind(number: &CivicNumber) -> Option<CivicNumber> {
    use roster::civic_number::CivicNumberKind as Kind;
    let text = match number.kind() {
        Kind::Personal => "191212121212",
        Kind::Coordination => "191212721219",
        Kind::Temporary => "20130101TF01",
        Kind::Unrecognised => "?",
    };
    CivicNumber::read(text, today()).map(|(number, _)| number)
}
