use serde_json::json;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn read(resource: Resource, query: &[(&str, &str)]) -> Result<Question, Unanswerable> {
    let pairs: Vec<(String, String)> = query.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Question::read(resource, &pairs)
}

fn admits(resource: Resource, query: &[(&str, &str)], content: &Value) -> bool {
    read(resource, query).unwrap().admits(content, at(0), at(60))
}

fn code(resource: Resource, query: &[(&str, &str)]) -> (&'static str, String) {
    let refused = read(resource, query).unwrap_err();
    (refused.code, refused.message)
}

#[test]
fn a_question_without_filters_is_about_everything() {
    assert!(admits(Resource::Person, &[], &json!({})));
}

#[test]
fn of_several_values_of_a_filter_one_has_to_be_so() {
    let query = [("groupType", "Klass"), ("groupType", "Undervisning")];
    let admitted =
        ["Klass", "Undervisning", "Mentor"].map(|kind| admits(Resource::Group, &query, &json!({"groupType": kind})));

    assert_eq!(admitted, [true, true, false]);
}

#[test]
fn of_several_filters_all_have_to_be_so() {
    let query = [("organisation", "a"), ("dutyRole", "Rektor")];
    let of =
        |unit: &str, role: &str| admits(Resource::Duty, &query, &json!({"dutyAt": {"id": unit}, "dutyRole": role}));

    assert_eq!([of("a", "Rektor"), of("a", "Kurator"), of("b", "Rektor")], [true, false, false]);
}

#[test]
fn a_filter_looks_through_lists() {
    let activity = json!({"teachers": [{"duty": {"id": "a"}}, {"duty": {"id": "b"}}], "groups": [{"id": "c"}]});
    let of = |name: &str, id: &str| admits(Resource::Activity, &[(name, id)], &activity);

    assert_eq!([of("teacher", "b"), of("teacher", "c"), of("group", "c")], [true, false, true]);
}

#[test]
fn all_of_several_parts_of_a_name_have_to_be_in_it() {
    let person = json!({"givenName": "Åsa", "familyName": "Provsson"});
    let of = |parts: &[&str]| {
        let query: Vec<(&str, &str)> = parts.iter().map(|it| ("nameContains", *it)).collect();
        admits(Resource::Person, &query, &person)
    };

    assert_eq!([of(&["ås"]), of(&["ås", "PROV"]), of(&["ås", "berg"])], [true, true, false]);
}

#[test]
fn what_has_no_end_ends_after_every_day() {
    let (open, closed) =
        (json!({"startDate": "2026-08-17"}), json!({"startDate": "2026-08-17", "endDate": "2026-12-18"}));
    let of = |name: &str, day: &str| [&open, &closed].map(|it| admits(Resource::Group, &[(name, day)], it));

    assert_eq!(of("endDate.onOrAfter", "2026-12-19"), [true, false]);
    assert_eq!(of("endDate.onOrBefore", "2026-12-18"), [false, true]);
    assert_eq!(of("startDate.onOrBefore", "2026-08-17"), [true, true]);
    assert_eq!(of("startDate.onOrAfter", "2026-08-18"), [false, false]);
}

#[test]
fn both_ends_of_meta_count() {
    let of = |name: &str, value: &str| admits(Resource::Group, &[(name, value)], &json!({}));
    let (created, modified) = (at(0).to_string(), at(60).to_string());

    assert!(of("meta.created.after", &created) && of("meta.created.before", &created));
    assert!(of("meta.modified.after", &modified) && of("meta.modified.before", &modified));
    assert!(!of("meta.modified.after", &at(61).to_string()) && !of("meta.created.before", &at(-1).to_string()));
}

#[test]
fn a_plus_sign_that_was_not_escaped_is_one_all_the_same() {
    let question = read(Resource::Person, &[("meta.modified.after", "2026-08-17T10:30:00 02:00")]).unwrap();

    assert_eq!(question.modified_since(), Some("2026-08-17T08:30:00Z".parse().unwrap()));
}

#[test]
fn what_is_not_offered_is_refused_by_its_name() {
    for name in ["expand", "sortkey", "relationship.organisation", "civicNo", "no.such"] {
        let (code, message) = code(Resource::Group, &[(name, "200001012384")]);
        assert_eq!(
            (code, message.as_str()),
            ("provider.parameter_not_offered", &*format!("{name} is not offered here"))
        );
    }
}

#[test]
fn a_value_that_cannot_be_read_is_not_repeated() {
    let queries = [("limit", "0"), ("meta.modified.after", "Astrid"), ("startDate.onOrAfter", "Astrid")];

    let refused = queries.map(|query| code(Resource::Duty, &[query]));

    assert!(
        refused.iter().all(|(code, message)| *code == "provider.parameter_unreadable" && !message.contains("Astrid"))
    );
}

#[test]
fn a_lookup_is_of_identities_and_of_what_else_the_resource_is_known_by() {
    let body = json!({"ids": ["a", "b"], "schoolUnitCodes": ["12345678"]});

    let (ids, questions) = Question::lookup(Resource::Organisation, &body).unwrap();

    let unit = json!({"schoolUnitCode": "12345678"});
    assert_eq!(
        (ids, questions.len(), questions[0].admits(&unit, at(0), at(0))),
        (vec!["a".into(), "b".into()], 1, true)
    );
}

#[test]
fn a_lookup_that_cannot_be_read_is_refused() {
    for body in [json!([]), json!({"ids": "a"}), json!({"ids": [1]}), json!({"civicNos": ["a"]})] {
        assert!(Question::lookup(Resource::Group, &body).is_err(), "{body}");
    }
}
