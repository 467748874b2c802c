//! Courses: made, read, listed and deleted.

use super::*;
use world::google::ClassroomService;

async fn create(server: &GoogleServer, body: Value) -> Answer {
    classroom(server, "POST", "/courses", body).await
}

#[tokio::test]
async fn a_course_gets_an_id_and_is_found_by_its_alias() {
    let server = with_a_course(|_| {}).await;

    let by_alias = classroom(&server, "GET", "/courses/p:ma4a", Value::Null).await.json();

    let id = by_alias["id"].as_str().unwrap();
    assert!(id.chars().all(|it| it.is_ascii_digit()));
    assert_eq!(classroom(&server, "GET", &format!("/courses/{id}"), Value::Null).await.json(), by_alias);
    assert_eq!(classroom(&server, "GET", "/courses/p%3Ama4a", Value::Null).await.json(), by_alias);
    let kept = server.state().course("p:ma4a").unwrap().clone();
    assert_eq!((kept.state.as_str(), kept.texts["section"].as_str()), ("ACTIVE", "HT26"));
    assert_eq!(server.state().teachers_of("p:ma4a"), names(&["lo"]));
}

#[tokio::test]
async fn a_course_that_is_made_again_exists_already_and_its_alias_is_named() {
    let server = with_a_course(|_| {}).await;

    let answer = create(&server, course("p:ma4a", "lo")).await;

    assert_eq!(detail(&answer), (409, "ALREADY_EXISTS".to_owned(), "AliasAlreadyExists".to_owned()));
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("p:ma4a"));
    assert_eq!(server.state().courses.len(), 1);
}

#[tokio::test]
async fn a_course_is_provisioned_if_nothing_else_is_asked_for() {
    let server = with_a_course(|_| {}).await;

    let answer = create(&server, with(course("p:sv4a", "lo"), "courseState", Value::Null)).await.json();

    assert_eq!(answer["courseState"], "PROVISIONED");
}

#[tokio::test]
async fn what_a_course_needs_must_be_there_and_fit() {
    let server = with_a_course(|_| {}).await;
    let argument = (400, "INVALID_ARGUMENT".to_owned(), String::new());
    let wrong = [
        ("name", Value::Null, argument.clone()),
        ("name", json!("x".repeat(751)), argument.clone()),
        ("name", json!("Kurs 7A.se"), failed("CourseTitleCannotContainUrl")),
        ("name", json!("https://prov.example/"), failed("CourseTitleCannotContainUrl")),
        ("ownerId", Value::Null, argument.clone()),
        ("ownerId", json!(address("nobody")), not_found()),
        ("courseState", json!("ARCHIVED"), argument.clone()),
        ("section", json!("x".repeat(2_801)), argument.clone()),
        ("id", json!("sv4a"), argument),
    ];
    for (field, value, expected) in wrong {
        assert_eq!(detail(&create(&server, with(course("p:sv4a", "lo"), field, value)).await), expected, "{field}");
    }
    assert_eq!(server.state().courses.len(), 1);
}

#[tokio::test]
async fn a_point_in_a_title_makes_no_address_by_itself() {
    let server = with_a_course(|_| {}).await;

    let answer = create(&server, with(course("p:sv4a", "lo"), "name", json!("Sv. 4A (bl.a. film) v.2"))).await;

    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn who_is_suspended_or_may_own_none_cannot_own_a_course() {
    let server = with_a_course(|_| {}).await;
    server.edit_user(&address("alva"), |it| it.suspended = true);
    let suspended = create(&server, course("p:sv4a", "alva")).await;
    server.set_options(|it| it.course_owners_below = Some("/Personal".to_owned()));
    let elsewhere = create(&server, course("p:sv4a", "bo")).await;

    assert_eq!((detail(&suspended), detail(&elsewhere)), (failed(""), failed("UserCannotOwnCourse")));
}

#[tokio::test]
async fn a_teacher_can_make_courses_of_their_own_only() {
    let server = with_a_course(|_| {}).await;
    let make = async |alias: &str, owner: &str| {
        classroom_as(&server, &address("lo"), "POST", "/courses", course(alias, owner)).await
    };

    let (own, others, for_all) = (make("p:1", "lo").await, make("p:2", "bo").await, make("d:3", "lo").await);

    assert_eq!((own.status, detail(&others), detail(&for_all)), (200, denied(""), denied("")));
}

#[tokio::test]
async fn only_an_archived_course_can_be_deleted() {
    let server = with_a_course(|_| {}).await;
    let delete = async || classroom(&server, "DELETE", "/courses/p:ma4a", Value::Null).await;

    let too_early = delete().await;
    patch(&server, json!({"courseState": "ARCHIVED"})).await;
    let deleted = delete().await;
    let again = delete().await;

    assert_eq!(detail(&too_early), failed(""));
    assert_eq!((deleted.status, deleted.json()), (200, json!({})));
    assert_eq!(detail(&again), not_found());
}

#[tokio::test]
async fn the_newest_courses_come_first() {
    let server = with_a_course(|_| {}).await;
    for (alias, owner) in [("p:sv4a", "lo"), ("p:en4a", "bo")] {
        create(&server, course(alias, owner)).await;
    }

    let first = classroom(&server, "GET", "/courses?pageSize=2&courseStates=ACTIVE", Value::Null).await.json();
    let token = first["nextPageToken"].as_str().unwrap();
    let rest = format!("/courses?pageSize=2&courseStates=ACTIVE&pageToken={token}");
    let rest = classroom(&server, "GET", &rest, Value::Null).await.json();
    let own = classroom(&server, "GET", &format!("/courses?teacherId={}", address("bo")), Value::Null).await.json();

    let id = |alias: &str| server.state().course(alias).unwrap().id.clone();
    assert_eq!(all(&first, "courses", "id"), [id("p:en4a"), id("p:sv4a")]);
    assert_eq!(
        (all(&rest, "courses", "id"), all(&own, "courses", "id")),
        (vec![id("p:ma4a").as_str()], vec![id("p:en4a").as_str()])
    );
}

#[tokio::test]
async fn classroom_can_be_switched_off() {
    for (service, expected) in
        [(ClassroomService::Disabled, "ClassroomDisabled"), (ClassroomService::ApiDisabled, "ClassroomApiDisabled")]
    {
        let server = domain_with(|it| it.classroom = service).await;

        assert_eq!(detail(&classroom(&server, "GET", "/courses", Value::Null).await), denied(expected));
    }
}
