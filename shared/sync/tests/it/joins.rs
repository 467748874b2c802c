//! Two sources, one person: a register has the people, a directory their addresses.

use std::collections::BTreeMap;

use proptest::prelude::*;
use roster::{Email, Enrolment, ExternalId, Id, Person, PersonStatus, Personal, Validity};

use crate::stage::{DIRECTORY, REGISTER, Stage};

const BY_NUMBER: &str = "join_by = ['external_id:number']\nowns = ['emails']";

pub(crate) fn id(n: u16) -> Id {
    Id::derived(&[&n.to_string()])
}

/// Somebody in the register with a number.
pub(crate) fn pupil(n: u8, number: u8) -> Person {
    Person {
        id: id(n.into()),
        given_name: Personal::new("Astrid".into()),
        family_name: Personal::new("Provsson".into()),
        principal_names: vec![],
        emails: vec![],
        civic_number: None,
        security_marking: None,
        status: PersonStatus::Active,
        enrolments: vec![Enrolment {
            school_unit: id(200),
            school_type: None,
            school_year: Some(7),
            education_code: None,
            validity: Validity::ALWAYS,
            cancelled: false,
        }],
        duties: vec![],
        login_identity: None,
        external_ids: vec![ExternalId { context: "number".into(), value: Personal::new(number.to_string()) }],
    }
}

/// A row of the directory, with an address that tells it apart.
fn row(n: u8, number: u8) -> Person {
    let address = Email { address: Personal::new(address(n)), kind: "Skola elev".into() };
    Person { id: id(100 + u16::from(n)), emails: vec![address], ..pupil(n, number) }
}

fn address(n: u8) -> String {
    format!("row{n}@ad.example")
}

async fn address_of(stage: &Stage, n: u8) -> Option<String> {
    let person = stage.person(id(n.into())).await?;
    person.emails.first().map(|it| it.address.expose().clone())
}

fn put(stage: &Stage, source: &str, person: Person) {
    stage.lists.change(source, |all| drop(all.insert(person.id, person)));
}

/// One pupil and the row that is about it, both read.
async fn joined() -> Stage {
    let stage = Stage::with(BY_NUMBER).await;
    put(&stage, REGISTER, pupil(1, 7));
    put(&stage, DIRECTORY, row(1, 7));
    assert!(stage.read(REGISTER).await && stage.read(DIRECTORY).await);
    stage.notices().await;
    stage
}

#[tokio::test]
async fn a_row_adds_to_the_person_it_is_about() {
    let stage = joined().await;

    assert_eq!(address_of(&stage, 1).await, Some(address(1)));
}

#[tokio::test]
async fn a_row_that_came_before_its_person_waits_for_it() {
    let stage = Stage::with(BY_NUMBER).await;
    put(&stage, DIRECTORY, row(1, 7));
    stage.read(DIRECTORY).await;
    put(&stage, REGISTER, pupil(1, 7));

    stage.read(REGISTER).await;
    stage.notices().await;

    assert_eq!(address_of(&stage, 1).await, Some(address(1)));
}

#[tokio::test]
async fn a_person_only_in_the_second_source_is_not_made_and_is_told_of() {
    let stage = Stage::with(BY_NUMBER).await;
    put(&stage, DIRECTORY, row(1, 7));

    stage.read(DIRECTORY).await;

    assert_eq!(stage.person(id(101)).await, None);
    assert_eq!(stage.warnings(DIRECTORY).await, ["join.nobody"]);
}

#[tokio::test]
async fn a_join_moves_with_its_key() {
    let stage = joined().await;
    put(&stage, REGISTER, pupil(1, 8));
    put(&stage, REGISTER, pupil(2, 7));

    stage.read(REGISTER).await;
    stage.notices().await;

    assert_eq!((address_of(&stage, 1).await, address_of(&stage, 2).await), (None, Some(address(1))));
}

#[tokio::test]
async fn a_key_that_comes_to_fit_two_persons_joins_neither_and_is_told_of() {
    let stage = joined().await;
    put(&stage, REGISTER, pupil(2, 7));

    stage.read(REGISTER).await;
    stage.notices().await;
    stage.read(DIRECTORY).await;

    assert_eq!((address_of(&stage, 1).await, address_of(&stage, 2).await), (None, None));
    assert_eq!(stage.warnings(DIRECTORY).await, ["join.several_persons"]);
}

#[tokio::test]
async fn two_rows_about_one_person_are_both_left_out_until_one_is_gone() {
    let stage = joined().await;
    put(&stage, DIRECTORY, row(2, 7));
    stage.read(DIRECTORY).await;
    stage.notices().await;
    let with_two = address_of(&stage, 1).await;

    stage.lists.change(DIRECTORY, |all| drop(all.remove(&id(101))));
    stage.read(DIRECTORY).await;
    stage.notices().await;

    assert_eq!((with_two, address_of(&stage, 1).await), (None, Some(address(2))));
}

#[tokio::test]
async fn what_a_row_said_is_gone_with_it() {
    let stage = joined().await;
    stage.lists.change(DIRECTORY, |all| all.clear());
    put(&stage, DIRECTORY, row(9, 99));

    stage.read(DIRECTORY).await;

    assert_eq!(address_of(&stage, 1).await, None);
}

#[tokio::test]
async fn a_source_that_becomes_a_second_one_adds_to_persons_who_were_there_before() {
    let stage = Stage::with("").await;
    put(&stage, REGISTER, pupil(1, 7));
    put(&stage, DIRECTORY, row(1, 7));
    stage.read(REGISTER).await;
    stage.read(DIRECTORY).await;

    stage.configure(BY_NUMBER).await;

    assert_eq!(address_of(&stage, 1).await, Some(address(1)));
    assert_eq!(stage.person(id(101)).await, None);
}

#[tokio::test]
async fn persons_of_a_source_that_became_a_second_one_keep_nobody_from_being_joined() {
    let stage = Stage::with("").await;
    let other = "[[source]]\nname = 'other'\nkind = 'list'\njoin_by = ['external_id:number']";
    stage.configure(other).await;
    put(&stage, REGISTER, pupil(1, 7));
    put(&stage, DIRECTORY, row(1, 7));
    stage.read(REGISTER).await;
    stage.read(DIRECTORY).await;
    put(&stage, "other", row(2, 7));

    stage.configure(&format!("{BY_NUMBER}\n{other}")).await;
    stage.read("other").await;

    assert_eq!(stage.warnings("other").await, Vec::<String>::new());
}

#[derive(Debug, Clone)]
enum Step {
    Put {
        second: bool,
        n: u8,
        number: u8,
    },
    Remove {
        second: bool,
        n: u8,
    },
    /// Reads a source, which may be cut short after some writes.
    Read {
        second: bool,
        cut_short: Option<u8>,
    },
    /// Reads both at once.
    ReadBoth,
    Notices,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (any::<bool>(), 1u8..4, 1u8..4).prop_map(|(second, n, number)| Step::Put { second, n, number }),
        1 => (any::<bool>(), 1u8..4).prop_map(|(second, n)| Step::Remove { second, n }),
        3 => (any::<bool>(), proptest::option::of(0u8..90))
            .prop_map(|(second, cut_short)| Step::Read { second, cut_short }),
        2 => Just(Step::ReadBoth),
        1 => Just(Step::Notices),
    ];
    proptest::collection::vec(step, 1..20)
}

/// What is in the lists: numbers by person.
#[derive(Debug, Default)]
struct Truth {
    persons: BTreeMap<u8, u8>,
    rows: BTreeMap<u8, u8>,
}

impl Truth {
    fn address_of(&self, n: u8) -> Option<String> {
        let number = self.persons.get(&n)?;
        let mut rows = self.rows.iter().filter(|(_, it)| *it == number);
        let alone = self.persons.values().filter(|it| *it == number).count() == 1;
        let (row, more) = (rows.next(), rows.next());
        row.filter(|_| alone && more.is_none()).map(|(row, _)| address(*row))
    }
}

async fn play(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let stage = Stage::with(BY_NUMBER).await;
    let mut truth = Truth::default();
    // Whoever is left by all is not believed: there are enough others.
    for n in 50..90 {
        put(&stage, REGISTER, pupil(n, n));
        put(&stage, DIRECTORY, row(n + 50, n + 100));
    }
    let source = |second| if second { DIRECTORY } else { REGISTER };
    for step in steps {
        match step {
            Step::Put { second: false, n, number } => {
                truth.persons.insert(n, number);
                put(&stage, REGISTER, pupil(n, number));
            }
            Step::Put { second: true, n, number } => {
                truth.rows.insert(n, number);
                put(&stage, DIRECTORY, row(n, number));
            }
            Step::Remove { second, n } => {
                if second { &mut truth.rows } else { &mut truth.persons }.remove(&n);
                let gone = if second { id(100 + u16::from(n)) } else { id(n.into()) };
                stage.lists.change(source(second), |all| drop(all.remove(&gone)));
            }
            Step::Read { second, cut_short } => {
                stage.table.allow(cut_short);
                stage.read(source(second)).await;
                stage.table.allow(None);
            }
            Step::ReadBoth => drop(tokio::join!(stage.read(REGISTER), stage.read(DIRECTORY))),
            Step::Notices => stage.notices().await,
        }
    }
    // The messages of those cut short are lost: what they left in the table is enough.
    for _ in 0..2 {
        prop_assert!(stage.read(REGISTER).await && stage.read(DIRECTORY).await);
    }
    stage.notices().await;
    for n in 1..4 {
        prop_assert_eq!(address_of(&stage, n).await, truth.address_of(n), "of person {}", n);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn however_two_sources_are_read_everybody_has_the_address_of_the_one_row_about_them(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(play(steps))?;
    }
}
