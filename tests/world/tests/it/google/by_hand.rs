//! What people do past the API, and who may touch it.

use super::*;

const TOUCHED: &str = "touched foreign: ";

#[tokio::test]
async fn whoever_writes_to_what_was_made_by_hand_is_noted() {
    let server = domain().await;
    server.plant_user(&address("lo"), "Lo", "Testman");
    server.plant_group(&address("4a"), "4A");
    let course = server.plant_course("Matematik", &address("lo")).unwrap();

    directory(&server, "PATCH", &format!("/users/{}", address("lo")), json!({"suspended": false})).await;
    directory(&server, "DELETE", &format!("/groups/{}", address("4a")), Value::Null).await;
    let admin = json!({"userId": server.admin()});
    classroom(&server, "POST", &format!("/courses/{course}/teachers"), admin).await;

    let expected = ["PATCH users/{userKey}", "DELETE groups/{groupKey}", "POST courses/{courseId}/teachers"];
    assert_eq!(server.violations(), expected.map(|it| format!("{TOUCHED}{it}")));
}

#[tokio::test]
async fn what_may_be_adopted_may_be_written_to() {
    let server = domain().await;
    server.plant_user(&address("lo"), "Lo", "Testman");
    let course = server.plant_course("Matematik", &address("lo")).unwrap();
    let allowed = [address("lo"), course.clone()].map(|it| server.allow_adoption(&it));

    directory(&server, "PATCH", &format!("/users/{}", address("lo")), json!({"suspended": false})).await;
    let path = format!("/courses/{course}?updateMask=room");
    classroom(&server, "PATCH", &path, json!({"room": "B12"})).await;

    assert_eq!((allowed, server.violations()), ([true, true], Vec::new()));
}

#[tokio::test]
async fn members_and_students_put_there_by_hand_are_left_alone() {
    let server = with_a_course(|_| {}).await;
    made_group(&server, "4a").await;
    let planted = [
        server.plant_member(&address("4a"), &address("alva"), "MEMBER"),
        server.plant_student("p:ma4a", &address("alva")),
        server.plant_teacher("p:ma4a", &address("bo")),
    ];

    let path = format!("/groups/{}/members/{}", address("4a"), address("alva"));
    directory(&server, "DELETE", &path, Value::Null).await;
    take(&server, "students", "alva").await;
    take(&server, "teachers", "bo").await;

    assert_eq!(planted, [true, true, true]);
    let expected = [
        "DELETE groups/{groupKey}/members/{memberKey}",
        "DELETE courses/{courseId}/students/{userId}",
        "DELETE courses/{courseId}/teachers/{userId}",
    ];
    assert_eq!(server.violations(), expected.map(|it| format!("{TOUCHED}{it}")));
}

#[tokio::test]
async fn people_edit_and_remove_what_came_over_the_api() {
    let server = with_a_course(|_| {}).await;
    add(&server, "students", "alva").await;
    made_group(&server, "4a").await;

    let done = [
        server.edit_user(&address("bo"), |it| it.primary_email = address("bosse")),
        server.edit_group(&address("4a"), |it| it.name = "Klass 4A".to_owned()),
        server.edit_course("p:ma4a", |it| it.state = "SUSPENDED".to_owned()),
        server.remove_participant("p:ma4a", &address("alva")),
    ];

    let state = server.state();
    assert_eq!(done, [true; 4]);
    assert!(state.user(&address("bosse")).is_some() && state.user(&address("bo")).is_none());
    assert_eq!(
        (state.group(&address("4a")).unwrap().name.as_str(), state.students_of("p:ma4a").len()),
        ("Klass 4A", 0)
    );
    assert_eq!(detail(&patch(&server, json!({"name": "5A"})).await), failed("CourseNotModifiable"));
}

#[tokio::test]
async fn what_people_remove_is_gone() {
    let server = with_a_course(|_| {}).await;
    made_group(&server, "4a").await;
    server.plant_member(&address("4a"), &address("alva"), "OWNER");

    let removed = [
        server.remove_member(&address("4a"), &address("alva")),
        server.remove_group(&address("4a")),
        server.remove_course("p:ma4a"),
        server.remove_user(&address("alva")),
        server.remove_user(&address("alva")),
    ];

    let state = server.state();
    assert_eq!(removed, [true, true, true, true, false]);
    assert!(state.groups.is_empty() && state.courses.is_empty() && state.user(&address("alva")).is_none());
}

#[tokio::test]
async fn a_planted_alias_is_its_projects() {
    let server = domain().await;
    server.plant_user(&address("lo"), "Lo", "Testman");
    let course = server.plant_course("Matematik", &address("lo")).unwrap();
    let planted =
        [server.plant_alias(&course, "p:own", "skolbro-prov"), server.plant_alias(&course, "p:other", "other")];

    let own = classroom(&server, "GET", "/courses/p:own", Value::Null).await.status;
    let other = classroom(&server, "GET", "/courses/p:other", Value::Null).await.status;

    assert_eq!((planted, own, other), ([true, true], 200, 404));
}

#[tokio::test]
async fn a_planted_user_is_found_by_its_external_id() {
    let server = domain().await;

    let id = server.plant_user_with_external_id(&address("alva"), "0b1c");

    assert_eq!(server.state().user_with_external_id("0b1c").unwrap().id, id);
}
