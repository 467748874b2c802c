//! Changing courses.

use super::*;

#[tokio::test]
async fn only_what_the_mask_names_is_changed() {
    let server = with_a_course(|_| {}).await;

    let body = json!({"name": "Matematik 5A", "section": "VT27", "room": "B12"});
    classroom(&server, "PATCH", "/courses/p:ma4a?updateMask=name,room", body).await;

    let kept = server.state().course("p:ma4a").unwrap().clone();
    assert_eq!((kept.name.as_str(), kept.texts["section"].as_str()), ("Matematik 5A", "HT26"));
    assert_eq!(kept.texts["room"], "B12");
}

#[tokio::test]
async fn what_the_mask_names_and_the_body_has_not_goes() {
    let server = with_a_course(|_| {}).await;

    classroom(&server, "PATCH", "/courses/p:ma4a?updateMask=section", json!({})).await;

    assert!(!server.state().course("p:ma4a").unwrap().texts.contains_key("section"));
}

#[tokio::test]
async fn a_mask_is_needed_and_holds_only_what_can_be_changed() {
    let server = with_a_course(|_| {}).await;
    let argument = (400, "INVALID_ARGUMENT".to_owned(), String::new());

    for mask in ["", "?updateMask=", "?updateMask=id", "?updateMask=enrollmentCode"] {
        let answer = classroom(&server, "PATCH", &format!("/courses/p:ma4a{mask}"), json!({"name": "4A"})).await;
        assert_eq!(detail(&answer), argument, "{mask}");
    }
    assert_eq!(server.violations(), ["PATCH courses/{id}: there is no updateMask"]);
}

#[tokio::test]
async fn a_course_goes_from_state_to_state_as_is_documented() {
    let server = with_a_course(|_| {}).await;
    let mut answers = Vec::new();
    for state in ["PROVISIONED", "ARCHIVED", "DECLINED", "ACTIVE"] {
        answers.push(patch(&server, json!({"courseState": state})).await.status);
    }

    assert_eq!(answers, [400, 200, 400, 200]);
    assert_eq!(server.state().course("p:ma4a").unwrap().state, "ACTIVE");
}

#[tokio::test]
async fn an_archived_course_can_only_be_taken_out_of_the_archive() {
    let server = with_a_course(|_| {}).await;
    patch(&server, json!({"courseState": "ARCHIVED"})).await;

    let renamed = patch(&server, json!({"name": "5A"})).await;
    let both = patch(&server, json!({"name": "5A", "courseState": "ACTIVE"})).await;

    assert_eq!((detail(&renamed), both.status), (failed("CourseNotModifiable"), 200));
}

#[tokio::test]
async fn only_a_teacher_of_the_course_can_become_its_owner() {
    let server = with_a_course(|_| {}).await;

    let too_early = patch(&server, json!({"ownerId": address("bo")})).await;
    add(&server, "teachers", "bo").await;
    let given = patch(&server, json!({"ownerId": address("bo")})).await;

    let state = server.state();
    assert_eq!((detail(&too_early), given.status), (failed("IneligibleOwner"), 200));
    assert_eq!(state.course("p:ma4a").unwrap().owner_id, state.user(&address("bo")).unwrap().id);
    assert_eq!(state.teachers_of("p:ma4a"), names(&["bo", "lo"]));
}

#[tokio::test]
async fn a_course_whose_owner_is_suspended_can_only_be_given_away() {
    let server = with_a_course(|_| {}).await;
    add(&server, "teachers", "bo").await;
    server.edit_user(&address("lo"), |it| it.suspended = true);

    let renamed = patch(&server, json!({"name": "5A"})).await;
    let given = patch(&server, json!({"ownerId": address("bo")})).await;

    assert_eq!((detail(&renamed), given.status), (failed("InactiveCourseOwner"), 200));
}

#[tokio::test]
async fn a_put_replaces_the_texts_but_the_levels() {
    let server = with_a_course(|_| {}).await;
    patch(&server, json!({"levels": "4"})).await;

    classroom(&server, "PUT", "/courses/p:ma4a", json!({"name": "Ma", "courseState": "ACTIVE", "room": "B12"})).await;

    let kept = server.state().course("p:ma4a").unwrap().clone();
    let texts: Vec<(&str, &str)> = kept.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!((kept.name.as_str(), texts), ("Ma", vec![("levels", "4"), ("room", "B12")]));
}

#[tokio::test]
async fn a_title_is_looked_at_in_changes_too() {
    let server = with_a_course(|_| {}).await;

    let answer = patch(&server, json!({"name": "www.prov"})).await;

    assert_eq!(detail(&answer), failed("CourseTitleCannotContainUrl"));
}
