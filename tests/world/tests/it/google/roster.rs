//! Students and teachers of courses.

use super::*;

const EXISTS: &str = "ALREADY_EXISTS";

#[tokio::test]
async fn a_student_and_a_teacher_are_added_and_removed() {
    let server = with_a_course(|_| {}).await;

    let added = add(&server, "students", "alva").await.json();
    add(&server, "teachers", "bo").await;
    let there = (server.state().students_of("p:ma4a"), server.state().teachers_of("p:ma4a"));
    let removed = [take(&server, "students", "alva").await, take(&server, "teachers", "bo").await];

    assert_eq!(added["profile"]["emailAddress"], address("alva"));
    assert_eq!(there, (names(&["alva"]), names(&["bo", "lo"])));
    assert_eq!(removed.map(|it| (it.status, it.json())), [(200, json!({})), (200, json!({}))]);
    assert!(server.state().students_of("p:ma4a").is_empty());
}

#[tokio::test]
async fn who_is_there_already_in_either_role_exists_already() {
    let server = with_a_course(|_| {}).await;
    add(&server, "students", "alva").await;

    for (what, name) in [("students", "alva"), ("teachers", "alva"), ("students", "lo"), ("teachers", "lo")] {
        let answer = add(&server, what, name).await;
        assert_eq!(detail(&answer), (409, EXISTS.to_owned(), String::new()), "{what} {name}");
    }
}

#[tokio::test]
async fn users_courses_and_students_that_are_not_there_are_not_found() {
    let server = with_a_course(|_| {}).await;

    let answers = [
        add(&server, "students", "nobody").await,
        take(&server, "students", "alva").await,
        classroom(&server, "POST", "/courses/p:none/students", json!({"userId": address("alva")})).await,
        classroom(&server, "GET", &format!("/courses/p:ma4a/students/{}", address("alva")), Value::Null).await,
    ];

    assert_eq!(answers.map(|it| detail(&it)), [(); 4].map(|()| not_found()));
}

#[tokio::test]
async fn the_owner_cannot_be_removed() {
    let server = with_a_course(|_| {}).await;

    assert_eq!(detail(&take(&server, "teachers", "lo").await), failed("CannotRemoveCourseOwner"));
}

#[tokio::test]
async fn an_archived_course_keeps_who_is_in_it() {
    let server = with_a_course(|_| {}).await;
    add(&server, "students", "alva").await;
    patch(&server, json!({"courseState": "ARCHIVED"})).await;

    let answers = [add(&server, "students", "bo").await, take(&server, "students", "alva").await];

    assert_eq!(answers.map(|it| detail(&it)), [(); 2].map(|()| failed("CourseNotModifiable")));
    assert_eq!(server.state().students_of("p:ma4a"), names(&["alva"]));
}

#[tokio::test]
async fn a_course_takes_only_so_many() {
    let server = with_a_course(|it| (it.members_per_course, it.teachers_per_course) = (2, 1)).await;

    let second_teacher = add(&server, "teachers", "bo").await;
    add(&server, "students", "alva").await;
    let third_member = add(&server, "students", "bo").await;

    assert_eq!(detail(&second_teacher), failed("CourseTeacherLimitReached"));
    assert_eq!(detail(&third_member), failed("CourseMemberLimitReached"));
}

#[tokio::test]
async fn a_user_can_join_only_so_often_in_a_day() {
    let server = with_a_course(|it| it.joins_per_user_and_day = Some(1)).await;
    add(&server, "students", "alva").await;
    take(&server, "students", "alva").await;

    let too_often = add(&server, "students", "alva").await;
    server.pass(jiff::SignedDuration::from_hours(24));
    let next_day = add(&server, "students", "alva").await.status;

    let expected = (429, "RESOURCE_EXHAUSTED".to_owned(), "UserCourseJoinRateLimitReached".to_owned());
    assert_eq!((detail(&too_often), next_day), (expected, 200));
}

#[tokio::test]
async fn suspended_users_and_courses_of_suspended_owners_are_refused() {
    let server = with_a_course(|_| {}).await;
    server.edit_user(&address("alva"), |it| it.suspended = true);

    let suspended = add(&server, "students", "alva").await;
    server.edit_user(&address("lo"), |it| it.suspended = true);
    let without_owner = add(&server, "students", "bo").await;

    assert_eq!(detail(&suspended), failed(""));
    assert_eq!(detail(&without_owner), failed("InactiveCourseOwner"));
}

#[tokio::test]
async fn only_administrators_add_others_and_students_join_with_a_code() {
    let server = with_a_course(|_| {}).await;
    let code = server.state().course("p:ma4a").unwrap().enrollment_code.clone();
    let alva = address("alva");
    let join = async |query: &str, body: Value| {
        classroom_as(&server, &alva, "POST", &format!("/courses/p:ma4a/students{query}"), body).await
    };

    let other = join("", json!({"userId": address("bo")})).await;
    let wrong = join("?enrollmentCode=wrong", json!({"userId": "me"})).await;
    let right = join(&format!("?enrollmentCode={code}"), json!({"userId": "me"})).await;

    assert_eq!((detail(&other), detail(&wrong)), (denied("CannotDirectAddUser"), denied("")));
    assert_eq!((right.status, server.state().students_of("p:ma4a")), (200, names(&["alva"])));
}

#[tokio::test]
async fn a_page_may_hold_fewer_than_were_asked_for() {
    let server = with_a_course(|it| it.largest_classroom_page = 1).await;
    add(&server, "students", "alva").await;
    add(&server, "students", "bo").await;

    let path = "/courses/p:ma4a/students?pageSize=100";
    let first = classroom(&server, "GET", path, Value::Null).await.json();
    let token = first["nextPageToken"].as_str().unwrap();
    let second = classroom(&server, "GET", &format!("{path}&pageToken={token}"), Value::Null).await.json();

    let address_of = |page: &Value| page["students"][0]["profile"]["emailAddress"].clone();
    assert_eq!((address_of(&first), address_of(&second)), (json!(address("alva")), json!(address("bo"))));
    assert!(second.get("nextPageToken").is_none());
}

#[tokio::test]
async fn a_list_of_nobody_has_no_list() {
    let server = with_a_course(|_| {}).await;

    assert_eq!(classroom(&server, "GET", "/courses/p:ma4a/students", Value::Null).await.json(), json!({}));
}
