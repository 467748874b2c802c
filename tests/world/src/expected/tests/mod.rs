mod sender;

use super::{DeliverUsers, Expected, ExpectedOptions};
use crate::receiver::{ReceiverTenant, ResourceType};
use crate::skolon::{SkolonChange, UserType};
use crate::truth::{Change, Dialect, Marking, Municipality, PersonStatus};
use crate::{World, WorldOptions};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use sender::deliver;
use serde_json::Value;
use std::collections::BTreeSet;

const TODAY: Date = date(2026, 10, 14);

fn truth() -> Municipality {
    Municipality::generate(5, 300, TODAY)
}

fn options() -> ExpectedOptions {
    ExpectedOptions { today: TODAY, ..ExpectedOptions::default() }
}

async fn delivered_world() -> World {
    let options = WorldOptions { seed: 5, pupils: 150, today: Some(TODAY), ..WorldOptions::default() };
    let world = World::start(options).await.unwrap();
    for tenant in world.receivers() {
        deliver(&world.expected(&tenant.options().name).unwrap(), tenant);
    }
    world
}

fn gleerups(world: &World) -> &ReceiverTenant {
    world.receiver("gleerups").unwrap()
}

fn only_difference(world: &World) -> String {
    let mut found = world.differences("gleerups");
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn guardians_protected_and_inactive_people_are_not_expected() {
    let truth = truth();
    let expected = Expected::from_register(&truth, &options());
    let ids: BTreeSet<&str> = expected.user_ids().collect();
    let guardians: BTreeSet<_> = truth.persons.values().flat_map(|p| &p.responsibles).collect();
    let unwanted = truth
        .persons
        .values()
        .filter(|p| p.marking != Marking::None || p.status != PersonStatus::Active || guardians.contains(&p.id));
    let unwanted: Vec<String> = unwanted.map(|p| p.id.to_string()).collect();
    assert!(unwanted.len() > 50);
    assert!(unwanted.iter().all(|id| !ids.contains(id.as_str())));
}

#[test]
fn everybody_else_with_an_active_place_and_a_user_name_is_expected() {
    let truth = truth();
    let expected = Expected::from_register(&truth, &options());
    let places = |id| truth.duties.values().any(|d| d.person == id && d.period.covers(TODAY));
    let wanted = truth.persons.values().filter(|p| {
        let named = !p.principal_names.is_empty() || p.emails.iter().any(|e| e.kind != "Privat");
        let placed = p.enrolments.iter().any(|e| e.period.covers(TODAY)) || places(p.id);
        named && placed && p.marking == Marking::None && p.status == PersonStatus::Active
    });
    assert_eq!(expected.user_ids().count(), wanted.count());
}

#[test]
fn a_pupil_without_principal_name_is_called_by_the_school_address() {
    let truth = truth();
    let expected = Expected::from_register(&truth, &options());
    let quirky = |p: &&crate::truth::Person| p.dialect == Dialect::Quirky && p.marking == Marking::None;
    let pupil = truth.pupils().find(quirky).unwrap();
    let user = &expected.users[&pupil.id.to_string()];
    assert_eq!(user["userName"], super::one(&pupil.emails[0].value));
    assert_eq!(user["emails"], super::one(&pupil.emails[0].value));
}

#[test]
fn a_duty_at_a_school_with_two_units_is_one_employment_at_each() {
    let truth = truth();
    let expected = Expected::from_register(&truth, &options());
    let two_units = |at| truth.organisations[&at].school_unit_code.is_none() && truth.units_of(at).len() == 2;
    let duty = truth.duties.values().find(|d| two_units(d.at) && d.role == "Rektor").unwrap();
    let of_user = expected.unnamed_employments.iter().filter(|e| e.user == duty.person.to_string());
    assert_eq!(of_user.count(), 2);
    assert!(!expected.employments.contains_key(&duty.id.to_string()));
}

#[test]
fn a_group_of_a_school_is_owned_by_the_unit_with_its_school_type() {
    let truth = truth();
    let expected = Expected::from_register(&truth, &options());
    let tied = truth.groups.values().filter(|g| truth.units_of(g.organisation).len() == 2);
    let preschool = tied.clone().find(|g| g.school_type == Some("FKLASS")).unwrap();
    let owner = &expected.groups[&preschool.id.to_string()]["owner"];
    let unit = truth.units_of(preschool.organisation)[0];
    assert_eq!(owner, &super::one(unit.id));
    assert!(unit.school_types.contains(&"FKLASS"));
}

#[test]
fn what_begins_later_is_expected_when_its_day_comes() {
    let truth = truth();
    let coming = truth.groups.values().find(|g| g.period.start > TODAY).unwrap();
    let then = ExpectedOptions { today: coming.period.start, ..options() };
    let id = coming.id.to_string();
    assert!(!Expected::from_register(&truth, &options()).groups.contains_key(&id));
    assert!(Expected::from_register(&truth, &then).groups.contains_key(&id));
}

#[test]
fn every_class_has_its_mentor_in_a_generated_activity() {
    let truth = truth();
    let expected = Expected::from_register(&truth, &options());
    let with_mentor =
        |d: &&crate::truth::Duty| d.period.covers(TODAY) && expected.users.contains_key(&d.person.to_string());
    let assigned: BTreeSet<String> = truth
        .duties
        .values()
        .filter(with_mentor)
        .flat_map(|d| d.assignments.iter().map(|a| a.group.to_string()))
        .collect();
    assert!(assigned.len() > 10);
    assert_eq!(expected.generated_activities.keys().cloned().collect::<BTreeSet<_>>(), assigned);
}

#[tokio::test]
async fn a_delivery_by_the_book_leaves_no_difference_and_no_violation() {
    let world = delivered_world().await;
    for tenant in ["gleerups", "gleerups-test", "gleerups-skolon"] {
        assert_eq!(world.differences(tenant), Vec::<String>::new(), "{tenant}");
    }
    assert_eq!(world.contract_violations(), Vec::<String>::new());
    assert_eq!(gleerups(&world).counters().adopted, 5);
}

#[tokio::test]
async fn school_days_make_differences_that_a_new_delivery_removes() {
    let world = delivered_world().await;
    for _ in 0..5 {
        let day = world.play_school_day().await;
        assert!(day.register.len() >= 12 && day.skolon.len() >= 7);
        for tenant in ["gleerups", "gleerups-skolon"] {
            assert!(world.differences(tenant).len() >= 5);
            deliver(&world.expected(tenant).unwrap(), world.receiver(tenant).unwrap());
            assert_eq!(world.differences(tenant), Vec::<String>::new());
        }
    }
    assert_eq!(world.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_school_day_removes_too_little_to_look_like_an_accident() {
    let world = delivered_world().await;
    let before = gleerups(&world).state().senders(ResourceType::Users).count();
    world.play_school_day().await;
    let expected = world.expected("gleerups").unwrap();
    let now: BTreeSet<&str> = expected.user_ids().collect();
    let state = gleerups(&world).state();
    let gone = state.senders(ResourceType::Users).filter(|u| !now.contains(u.external_id.as_deref().unwrap()));
    assert!(gone.count() * 20 <= before);
}

#[tokio::test]
async fn a_missing_user_shows() {
    let world = delivered_world().await;
    let has_code = |o: &crate::truth::Organisation| o.school_unit_code.is_some();
    let unit = |t: &Municipality| t.organisations.values().find(|o| has_code(o)).unwrap().id;
    let at = world.register().with_truth(unit);
    world.register().apply(&[Change::TeacherEmployed { at }]).await;
    let found = world.differences("gleerups");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("Users/") && found[0].ends_with("is missing"));
    assert!(found[1].starts_with("Employment") && found[1].ends_with("is missing"));
}

#[tokio::test]
async fn an_extra_user_shows() {
    let world = delivered_world().await;
    let held = gleerups(&world).state();
    let mut body = Value::clone(&held.senders(ResourceType::Users).next().unwrap().body);
    body["externalId"] = "0f0f0f0f-0000-4000-8000-000000000009".into();
    body["userName"] = "extra@prov.example".into();
    body["emails"] = Value::Array(Vec::new());
    assert_eq!(gleerups(&world).create(ResourceType::Users, body).0, 201);
    assert!(only_difference(&world).ends_with("should not be there"));
}

#[tokio::test]
async fn a_wrong_member_shows_by_identity() {
    let world = delivered_world().await;
    let state = gleerups(&world).state();
    let has_members = |body: &Value| body["studentMemberships"].as_array().is_some_and(|m| !m.is_empty());
    let class = state.senders(ResourceType::StudentGroups).find(|g| has_members(&g.body)).unwrap();
    let mut body = Value::clone(&class.body);
    let removed = body["studentMemberships"].as_array_mut().unwrap().remove(0);
    gleerups(&world).replace(ResourceType::StudentGroups, Some(&class.id), body);
    let member = removed["value"].as_str().unwrap();
    assert!(only_difference(&world).ends_with(&format!("members: lacks {member}")));
}

#[tokio::test]
async fn a_wrong_name_shows_without_being_told() {
    let world = delivered_world().await;
    let state = gleerups(&world).state();
    let user = state.senders(ResourceType::Users).next().unwrap();
    let mut body = Value::clone(&user.body);
    body["name"]["familyName"] = "Hemligsson".into();
    gleerups(&world).replace(ResourceType::Users, Some(&user.id), body);
    assert!(only_difference(&world).ends_with("familyName: lacks another value, has another value"));
}

#[tokio::test]
async fn a_wrong_teacher_shows() {
    let world = delivered_world().await;
    let state = gleerups(&world).state();
    let has_teacher = |body: &Value| body["teachers"].as_array().is_some_and(|t| !t.is_empty());
    let taught = state.senders(ResourceType::Activities).find(|a| has_teacher(&a.body)).unwrap();
    let mut body = Value::clone(&taught.body);
    body["teachers"] = Value::Array(Vec::new());
    gleerups(&world).replace(ResourceType::Activities, Some(&taught.id), body);
    assert!(only_difference(&world).contains("teachers: lacks"));
}

#[tokio::test]
async fn a_touched_manual_group_shows_and_is_a_violation() {
    let world = delivered_world().await;
    let by_hand = gleerups(&world).portal_makes_group("Bokcirkeln", &[]);
    gleerups(&world).delete(ResourceType::StudentGroups, &by_hand);
    assert!(only_difference(&world).ends_with("was not the sender's and is gone"));
    assert_eq!(
        world.contract_violations(),
        ["gleerups: DELETE StudentGroups: touched something that is not the sender's"]
    );
}

#[tokio::test]
async fn with_skolon_only_counting_licences_make_a_user() {
    let world = delivered_world().await;
    let user = world.skolon().with_platform(|p| {
        let licensed = p.licensed_users(TODAY);
        *licensed.iter().find(|u| p.users[u].content.kind == UserType::Student).unwrap()
    });
    let is_expected =
        |world: &World| world.expected("gleerups-skolon").unwrap().user_ids().any(|id| id == user.to_string());
    assert!(is_expected(&world));
    world.skolon().apply(&[SkolonChange::LicencesRevoked { user }]).await;
    assert!(!is_expected(&world));
}

#[tokio::test]
async fn a_licence_no_longer_counts_after_its_last_day() {
    let world = delivered_world().await;
    let tenant = world.receiver("gleerups-skolon").unwrap();
    let count = |today| {
        let users = DeliverUsers::LicensedOnly;
        let agreement = ExpectedOptions { users, today, ..options() };
        world.expected_with(tenant, &agreement).user_ids().count()
    };
    assert!(count(TODAY.saturating_add(1.year())) < count(TODAY));
}
