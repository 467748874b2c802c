//! Documents with what changed, put on top of those with everything.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::ims_enterprise::touched::Touched;
use crate::ims_enterprise::xml::Reading;

/// A document of changes with this in it.
fn changes(inside: &str) -> String {
    document(inside).replace("CompleteOrganization", "DeltaOrganization")
}

fn deleted(record: &str) -> String {
    record.replacen("<person>", "<person recstatus='3'>", 1).replacen("<group>", "<group recstatus='3'>", 1)
}

fn left(member: &str) -> String {
    member.replace("<role ", "<role recstatus='3' ")
}

fn complete(host: &str, members: &str) -> String {
    membership(host, members).replacen("<membership>", "<membership complete='true'>", 1)
}

fn intake(everything: &str, later: &[&str]) -> Result<Intake, Refusal> {
    let mut open = Intake::new(Rules::default(), date(2026, 11, 25)).open(100_000_000, None);
    open.feed(everything.as_bytes())?;
    let mut intake = open.close()?;
    for changes in later {
        intake = on_top(intake, changes)?;
    }
    Ok(intake)
}

fn on_top(intake: Intake, changes: &str) -> Result<Intake, Refusal> {
    let mut open = intake.open_changes(100_000_000);
    open.feed(changes.as_bytes())?;
    open.close()
}

/// The class's members after these changes to a class with one pupil.
fn members_after(inside: &str) -> Value {
    let before = person(PUPIL, "Student", "")
        + &person(TEACHER, "Staff", "")
        + &school()
        + &of_school()
        + &membership(CLASS, &pupil("2026-08-17", "2027-06-10"));
    let snapshot = intake(&document(&before), &[&changes(inside)]).unwrap().finish();
    record(&snapshot, RecordKind::Group, CLASS)["m"].clone()
}

fn pupil(begin: &str, end: &str) -> String {
    let frame = format!("<timeframe><begin>{begin}</begin><end>{end}</end></timeframe>");
    member(PUPIL, "Person", "Student", &frame)
}

#[test]
fn a_change_of_a_stay_takes_the_place_of_what_was_known() {
    let members = members_after(&membership(CLASS, &pupil("2026-08-17", "2026-11-30")));

    insta::assert_json_snapshot!(members, @r#"
    [
      {
        "p": "17084b40-08f5-4bcd-a739-c0d08c176bad",
        "v": {
          "e": "2026-11-30",
          "s": "2026-08-17"
        }
      }
    ]
    "#);
}

#[test]
fn a_pupil_who_moved_out_and_in_on_one_day_is_in() {
    let back = pupil("2026-11-25", "2027-06-10");
    let moved =
        left(&pupil("2026-08-17", "2027-06-10")).replace("</member>", "") + &back[back.find("<role").unwrap()..];

    let members = members_after(&membership(CLASS, &moved));

    assert_eq!(members[0]["v"]["s"], "2026-11-25");
    assert_eq!(members.as_array().unwrap().len(), 1);
}

#[test]
fn whoever_is_not_in_a_complete_list_has_left() {
    let members = members_after(&complete(CLASS, &member(TEACHER, "Person", "Instructor", "")));

    assert_eq!(members.as_array().unwrap().iter().map(|it| &it["r"]).collect::<Vec<_>>(), ["t"]);
}

#[test]
fn an_end_that_is_no_date_changes_nothing() {
    let members = members_after(&membership(CLASS, &pupil("2026-08-17", "någon gång")));

    assert_eq!(members[0]["v"]["e"], "2027-06-10");
}

#[test]
fn protection_is_lifted_only_by_changes_that_say_so() {
    let marked = |more: &str| person(PUPIL, "Student", &format!("<extension>{more}</extension>"));
    let after = |change: &str| {
        let before = marked("<privacy level='3'>true</privacy>") + &school() + &of_school();
        let snapshot = intake(&document(&before), &[&changes(&marked(change))]).unwrap().finish();
        record(&snapshot, RecordKind::Person, PUPIL)["sm"].clone()
    };

    assert_eq!([after(""), after("<privacy>false</privacy>")], ["f", "n"]);
}

#[test]
fn a_group_that_was_not_read_before_is_not_read_before_everything_is_told() {
    let before = person(PUPIL, "Student", "") + &school().replace("Class", "ContactGroup") + &of_school();

    let snapshot = intake(&document(&before), &[&changes(&group(CLASS, "Class", "7A", ""))]).unwrap().finish();

    assert_eq!(record(&snapshot, RecordKind::Group, CLASS), Value::Null);
    assert!(warnings(&snapshot).contains(&"!ims_enterprise.members_unknown".to_owned()));
}

#[test]
fn a_document_on_top_must_not_say_that_it_holds_everything_nor_the_first_that_it_does_not() {
    let (everything, later) = (document(&school()), changes(&school()));

    assert_eq!(intake(&everything, &[&everything]).err(), Some(Refusal::NotDelta));
    assert_eq!(intake(&later, &[]).err(), Some(Refusal::NotComplete));
}

/// A small register: what there is, and who is where until when.
#[derive(Debug, Clone)]
struct Register {
    persons: BTreeMap<u8, u8>,
    groups: BTreeMap<u8, u8>,
    /// By host, member and role; persons are below 10, groups from 10.
    stays: BTreeMap<(u8, u8, u8), u8>,
}

const ROLES: [&str; 4] = ["Student", "Instructor", "Principal", "GradeAuthority"];
const KINDS_OF_GROUP: [&str; 5] = ["Unit", "Class", "EducationGroup", "Department", "ContactGroup"];

fn registers() -> impl Strategy<Value = Register> {
    let persons = proptest::collection::btree_map(0..4u8, 0..3u8, 0..4);
    let groups = proptest::collection::btree_map(10..14u8, 0..10u8, 1..5);
    let members = prop_oneof![0..4u8, 10..14u8];
    let stays = proptest::collection::btree_map((10..14u8, members, 0..4u8), 0..3u8, 0..14);
    (persons, groups, stays).prop_map(|(persons, mut groups, mut stays)| {
        // The last one is never read, and the others always are.
        groups.iter_mut().for_each(|(id, it)| *it = if *id == 13 { 4 } else { *it - u8::from(*it % 5 == 4) });
        let there = |it: &u8| persons.contains_key(it) || groups.contains_key(it);
        // A group is in a group as one thing only, and none in itself.
        stays.retain(|(host, it, role), _| {
            groups.contains_key(host) && there(it) && (*it < 10 || (*role == 0 && it != host))
        });
        Register { persons, groups, stays }
    })
}

fn name(number: u8) -> String {
    format!("{{00000000-0000-0000-0000-0000000000{number:02}}}")
}

fn written_person(number: u8, variant: u8) -> String {
    let mail = format!("<emailworkschool>mail{variant}@elev.example</emailworkschool>");
    person(&name(number), "Student", &mail)
}

fn written_group(number: u8, variant: u8) -> String {
    let more = if variant < 5 { "" } else { "<timeframe><begin>2026-08-17</begin></timeframe>" };
    group(&name(number), KINDS_OF_GROUP[usize::from(variant % 5)], &format!("Grupp {variant}"), more)
}

fn written_member(number: u8, role: u8, variant: u8) -> String {
    let frame = format!("<timeframe><end>2027-06-{:02}</end></timeframe>", variant + 1);
    let code = if variant == 2 { "<placement><schoolunitcode>990004</schoolunitcode></placement>" } else { "" };
    let answers = "<responsibility><schoolunitcode>990004</schoolunitcode><schoolunitname>Enhet</schoolunitname></responsibility>";
    let told = if role == 2 { answers } else { code };
    let more = format!("{frame}<extension>{told}</extension>");
    let kind = if number < 10 { "Person" } else { "Group" };
    member(&name(number), kind, ROLES[usize::from(role)], &more)
}

impl Register {
    fn everything(&self) -> String {
        let persons = self.persons.iter().map(|(number, variant)| written_person(*number, *variant));
        let groups = self.groups.iter().map(|(number, variant)| written_group(*number, *variant));
        let stays = self
            .stays
            .iter()
            .map(|((host, member, role), variant)| membership(&name(*host), &written_member(*member, *role, *variant)));
        document(&persons.chain(groups).chain(stays).collect::<String>())
    }

    fn of(&self, host: u8) -> String {
        let of_host = self.stays.iter().filter(|((it, ..), _)| *it == host);
        of_host.map(|((_, member, role), variant)| written_member(*member, *role, *variant)).collect()
    }

    /// What has changed since, as the vendor lists it: nothing is said of the memberships of what is deleted.
    fn changes_since(&self, before: &Self, lists: &BTreeSet<u8>) -> String {
        let mut told = String::new();
        for (number, variant) in before.persons.iter().filter(|(it, _)| !self.persons.contains_key(it)) {
            told += &deleted(&written_person(*number, *variant));
        }
        for (number, variant) in before.groups.iter().filter(|(it, _)| !self.groups.contains_key(it)) {
            told += &deleted(&written_group(*number, *variant));
        }
        for (number, variant) in self.persons.iter().filter(|(it, variant)| before.persons.get(it) != Some(variant)) {
            told += &written_person(*number, *variant);
        }
        for (number, variant) in self.groups.iter().filter(|(it, variant)| before.groups.get(it) != Some(variant)) {
            told += &written_group(*number, *variant);
        }
        let there = |it: &u8| self.persons.contains_key(it) || self.groups.contains_key(it);
        for host in self.groups.keys() {
            let gone = before.stays.iter().filter(|(key, _)| key.0 == *host && !self.stays.contains_key(key));
            let gone: String = gone
                .filter(|((_, member, _), _)| there(member))
                .map(|((_, member, role), variant)| left(&written_member(*member, *role, *variant)))
                .collect();
            let new =
                self.stays.iter().filter(|(key, variant)| key.0 == *host && before.stays.get(key) != Some(variant));
            let new: String = new.map(|((_, it, role), variant)| written_member(*it, *role, *variant)).collect();
            if lists.contains(host) {
                told += &complete(&name(*host), &self.of(*host));
            } else if !(gone.is_empty() && new.is_empty()) {
                told += &membership(&name(*host), &(gone + &new));
            }
        }
        changes(&told)
    }
}

fn keyed(snapshot: &Snapshot) -> BTreeMap<RecordKey, Record> {
    all(snapshot).into_iter().map(|it| (it.key(), it)).collect()
}

fn lists() -> impl Strategy<Value = BTreeSet<u8>> {
    proptest::collection::btree_set(10..14u8, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn everything_with_its_changes_is_what_the_register_would_say_now(
        registers in proptest::collection::vec(registers(), 2..4), lists in lists()
    ) {
        let later: Vec<String> =
            registers.windows(2).map(|it| it[1].changes_since(&it[0], &lists)).collect();
        let later: Vec<&str> = later.iter().map(String::as_str).collect();

        let snapshot = intake(&registers[0].everything(), &later).unwrap().finish();

        let now = taken(&[&registers.last().unwrap().everything()]).unwrap();
        prop_assert_eq!(keyed(&snapshot), keyed(&now));
        prop_assert_eq!(snapshot.complete(), now.complete());
    }

    #[test]
    fn what_is_told_is_what_differs(before in registers(), now in registers(), lists in lists()) {
        let (known, intake) = intake(&before.everything(), &[]).unwrap().known();
        let mut snapshot = on_top(intake, &now.changes_since(&before, &lists)).unwrap().finish();

        let removed = snapshot.since(&known);

        let (before, now) = (taken(&[&before.everything()]).unwrap(), taken(&[&now.everything()]).unwrap());
        let lost: BTreeSet<Option<String>> = now.page(0, 0).unreadable.into_iter().filter(|it| it.lost).map(|it| it.id).collect();
        let (before, now) = (keyed(&before), keyed(&now));
        let differs: Vec<&RecordKey> = now.iter().filter(|(key, it)| before.get(key) != Some(it)).map(|it| it.0).collect();
        let told = keyed(&snapshot);
        prop_assert_eq!(told.keys().collect::<Vec<_>>(), differs);
        let gone: Vec<RecordKey> = before.keys().filter(|key| !now.contains_key(key) && !lost.contains(&Some(key.id.to_string()))).copied().collect();
        prop_assert_eq!(removed, gone);
    }

    /// Over HTTP everything is asked for, and told of is who may have changed.
    #[test]
    fn whoever_differs_is_among_those_who_may_have_been_touched(before in registers(), now in registers(), lists in lists()) {
        let mut reading = Reading::new(100_000_000, Touched::default());
        reading.feed(now.changes_since(&before, &lists).as_bytes()).unwrap();
        let touched = reading.finish().unwrap().0;
        let mut told = taken(&[&now.everything()]).unwrap();

        told.narrow(&touched);

        let told = keyed(&told);
        let before = keyed(&taken(&[&before.everything()]).unwrap());
        let now = keyed(&taken(&[&now.everything()]).unwrap());
        let missed: Vec<&Record> = now.iter().filter(|(key, it)| before.get(key) != Some(it) && !told.contains_key(key)).map(|it| it.1).collect();
        prop_assert!(missed.is_empty(), "{missed:?}");
    }
}
