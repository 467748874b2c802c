//! Every row of the classification.

use std::time::Duration;

use rules::outcome::Outcome;
use serde_json::{Value, json};

use crate::google::classify::{Step, judged, together};
use crate::google::reply::Reply;

fn reply(status: u16, body: &Value) -> Reply {
    Reply { status, retry_after: None, body: body.to_string().into_bytes() }
}

/// As the Directory API has it.
fn directory(status: u16, reason: &str, message: &str) -> Reply {
    let error = json!({ "domain": "global", "reason": reason, "message": message });
    reply(status, &json!({ "error": { "code": status, "message": message, "errors": [error] } }))
}

/// As Classroom has it.
fn classroom(status: u16, name: &str, message: &str) -> Reply {
    reply(status, &json!({ "error": { "code": status, "message": message, "status": name } }))
}

/// What an answer comes to, in a word and a code.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { .. } => "done".into(),
        Outcome::AlreadyDone => "already done".into(),
        Outcome::Vanished => "vanished".into(),
        Outcome::WaitFor { code } => format!("wait: {code}"),
        Outcome::Retry { after, code, .. } => format!("retry{}: {code}", seconds(*after)),
        Outcome::Throttled { after, scope } => format!("throttled{}: {scope}", seconds(*after)),
        Outcome::TargetDown { code, .. } => format!("down: {code}"),
        Outcome::Rejected { code, .. } => format!("rejected: {code}"),
    }
}

fn seconds(after: Option<Duration>) -> String {
    after.map(|it| format!(" after {} s", it.as_secs())).unwrap_or_default()
}

fn of(step: Step, reply: &Reply) -> String {
    told(&judged(step, reply, None))
}

#[test]
fn what_was_too_much_is_a_limit_whatever_its_status() {
    for reply in [
        directory(403, "quotaExceeded", "Quota"),
        directory(403, "rateLimitExceeded", "Rate"),
        directory(403, "userRateLimitExceeded", "Rate"),
    ] {
        assert!(of(Step::MakeAccount, &reply).starts_with("throttled after 15 s"), "{reply:?}");
    }
    let metric = classroom(403, "PERMISSION_DENIED", "Quota exceeded for quota metric 'Queries' of service");
    assert_eq!(of(Step::Join, &metric), "throttled after 15 s: PERMISSION_DENIED");
    assert_eq!(of(Step::Join, &classroom(429, "RESOURCE_EXHAUSTED", "no")), "throttled after 15 s: RESOURCE_EXHAUSTED");
    let asked = Reply { retry_after: Some(Duration::from_secs(40)), ..reply(429, &json!({})) };
    assert_eq!(of(Step::Join, &asked), "throttled after 40 s: target");
}

#[test]
fn what_counts_by_the_day_is_waited_for_longer() {
    assert_eq!(
        of(Step::FindAccount, &directory(403, "dailyLimitExceeded", "Daily")),
        "throttled after 3600 s: project per day"
    );
    assert_eq!(
        of(Step::Join, &classroom(429, "RESOURCE_EXHAUSTED", "Quota 'Queries per day' is used up")),
        "throttled after 3600 s: project per day"
    );
    assert_eq!(
        of(Step::Join, &classroom(429, "RESOURCE_EXHAUSTED", "@UserCourseJoinRateLimitReached Too many today")),
        "retry after 21600 s: google.daily_limit"
    );
}

#[test]
fn a_fault_that_passes_is_tried_again() {
    for reply in [
        directory(500, "backendError", "no"),
        directory(500, "internalError", "no"),
        reply(502, &json!("no")),
        classroom(503, "UNAVAILABLE", "no"),
        reply(504, &json!(null)),
        classroom(409, "ABORTED", "no"),
    ] {
        assert_eq!(of(Step::Join, &reply), "retry: google.unavailable", "{reply:?}");
    }
}

#[test]
fn whoever_is_there_already_is_there_and_whoever_is_gone_is_gone() {
    for reply in [
        classroom(409, "ALREADY_EXISTS", "@AlreadyExists"),
        directory(409, "duplicate", "Member already exists."),
        directory(409, "conflict", "may be delayed"),
        directory(412, "conditionNotMet", "Member already exists."),
    ] {
        assert_eq!(of(Step::Join, &reply), "already done", "{reply:?}");
    }
    for reply in [
        directory(404, "memberNotFound", "Resource Not Found: memberKey"),
        classroom(404, "NOT_FOUND", "no"),
        directory(404, "resourceNotFound", "no"),
        directory(409, "conflict", "may be delayed"),
    ] {
        assert_eq!(of(Step::Leave, &reply), "already done", "{reply:?}");
    }
}

#[test]
fn an_account_that_is_new_is_waited_for() {
    let direct = classroom(403, "PERMISSION_DENIED", "@CannotDirectAddUser Unable to directly add the user");
    let making = directory(412, "conditionNotMet", "User creation is not complete.");

    assert_eq!(of(Step::Join, &direct), "wait: google.account_not_ready");
    assert_eq!(of(Step::Join, &classroom(404, "NOT_FOUND", "no")), "wait: google.account_not_ready");
    assert_eq!(of(Step::ChangeAccount, &making), "wait: google.account_not_ready");
    assert_eq!(of(Step::FindAccount, &directory(404, "notFound", "userKey")), "wait: google.account_missing");
}

#[test]
fn a_refusal_is_for_whoever_it_concerns() {
    let forbidden = directory(403, "forbidden", "Not Authorized to access this resource/api");
    for name in ["ClassroomDisabled", "ClassroomApiDisabled", "ProjectPermissionDenied"] {
        let reply = classroom(403, "PERMISSION_DENIED", &format!("@{name} no"));
        assert_eq!(of(Step::Join, &reply), "down: google.not_set_up", "{name}");
    }
    let scopes = directory(403, "insufficientPermissions", "no");
    let switched_off =
        json!({ "error": { "status": "PERMISSION_DENIED", "details": [{ "reason": "SERVICE_DISABLED" }] } });

    assert_eq!(of(Step::FindAccount, &scopes), "down: google.not_set_up");
    assert_eq!(of(Step::FindAccount, &reply(403, &switched_off)), "down: google.not_set_up");
    assert_eq!(of(Step::MakeCourse, &forbidden), "down: google.refused");
    assert_eq!(of(Step::ChangeAccount, &forbidden), "rejected: google.not_permitted");
    assert_eq!(of(Step::Join, &classroom(403, "PERMISSION_DENIED", "no")), "rejected: google.not_permitted");
    assert_eq!(of(Step::FindAccount, &directory(401, "authError", "Invalid Credentials")), "down: google.refused");
    assert_eq!(of(Step::FindAccount, &reply(302, &json!(null))), "down: google.redirected");
}

#[test]
fn what_somebody_has_to_mend_is_told_by_its_own_name() {
    for name in ["CourseMemberLimitReached", "CourseTeacherLimitReached", "UserGroupsMembershipLimitReached"] {
        let outcome = judged(Step::Join, &classroom(400, "FAILED_PRECONDITION", &format!("@{name} x@a.example")), None);
        let message = format!("HTTP 400: FAILED_PRECONDITION @{name}");
        assert_eq!(outcome, Outcome::Rejected { code: "google.precondition", message });
    }
    let failed = |name: &str| classroom(400, "FAILED_PRECONDITION", &format!("@{name} no"));
    assert_eq!(of(Step::Join, &failed("CourseNotModifiable")), "rejected: google.course_not_modifiable");
    assert_eq!(of(Step::MakeCourse, &failed("CourseTitleCannotContainUrl")), "rejected: google.course_title");
    assert_eq!(of(Step::MakeCourse, &failed("UserCannotOwnCourse")), "down: google.course_owner");
    assert_eq!(of(Step::MakeCourse, &classroom(404, "NOT_FOUND", "no")), "down: google.course_owner");
    assert_eq!(of(Step::Join, &failed("InactiveCourseOwner")), "rejected: google.precondition");
    let org_unit = directory(400, "invalid", "Invalid Input: INVALID_OU_ID");
    assert_eq!(of(Step::MakeAccount, &org_unit), "rejected: google.org_unit_missing");
    assert_eq!(of(Step::MakeAccount, &directory(400, "invalid", "Invalid Input: x")), "rejected: google.rejected");
    assert_eq!(
        of(Step::MakeGroup, &directory(409, "duplicate", "Entity already exists.")),
        "rejected: google.conflict"
    );
}

#[test]
fn what_is_not_there_any_more_is_made_anew() {
    let gone = classroom(404, "NOT_FOUND", "Requested entity was not found.");

    let steps = [Step::ChangeAccount, Step::ChangeCourse, Step::ChangeGroup, Step::Remove, Step::Ask];

    assert_eq!(
        steps.map(|step| of(step, &gone)),
        ["vanished", "vanished", "vanished", "already done", "down: google.no_such_endpoint"]
    );
}

#[test]
fn of_several_answers_those_that_pass_by_themselves_go_first() {
    let wait = || Outcome::WaitFor { code: "w" };
    let rejected = || Outcome::Rejected { code: "r", message: String::new() };
    let throttled = || Outcome::Throttled { after: None, scope: String::new() };

    assert_eq!(together([Outcome::AlreadyDone, Outcome::done()]), Outcome::done());
    assert_eq!(together([]), Outcome::done());
    assert_eq!(together([rejected(), wait(), Outcome::done()]), wait());
    assert_eq!(together([throttled(), rejected()]), throttled());
}

#[test]
fn words_are_passed_on_without_what_was_sent_and_not_at_all_where_nothing_was() {
    let sent = json!({ "primaryEmail": "astrid.provsson@a.example", "name": { "givenName": "Astrid" }, "password": "hemligt" });
    let reply = directory(400, "invalid", "Astrid <astrid.provsson@a.example> hemligt is no Astrid");

    let told = |sent: Option<&Value>| match judged(Step::MakeAccount, &reply, sent) {
        Outcome::Rejected { message, .. } => message,
        outcome => panic!("{outcome:?}"),
    };

    assert_eq!(told(Some(&sent)), "HTTP 400: invalid: ••• <•••> ••• is no •••");
    assert_eq!(told(None), "HTTP 400: invalid");
}

#[test]
fn names_that_are_none_are_left_out() {
    let reply = directory(400, "Astrid Provsson", "@astrid@a.example no");

    assert_eq!(
        judged(Step::Join, &reply, None),
        Outcome::Rejected { code: "google.rejected", message: "HTTP 400".into() }
    );
}
