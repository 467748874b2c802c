//! `PATCH`: paths, and what providers make of them.

use super::*;
use world::scim::ScimPatch;

/// What is kept of a user after some operations, and what they were answered.
async fn patched(operations: Value) -> (Value, Answer) {
    let server = provider().await;
    let id = made_user(&server, "alva").await;
    let answer = patch(&server, &format!("/Users/{id}"), operations).await;
    (kept(&server, &id), answer)
}

#[tokio::test]
async fn values_are_added_replaced_and_removed() {
    let operations = json!([
        {"op": "add", "path": "title", "value": "Lärare"},
        {"op": "replace", "path": "active", "value": false},
        {"op": "replace", "path": "name.givenName", "value": "Alvina"},
        {"op": "remove", "path": "displayName"},
        {"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:nickName", "value": "A"},
        {"op": "replace", "path": "externalId", "value": "ny"},
    ]);

    let (user, answer) = patched(operations).await;

    assert_eq!((answer.status, &answer.json()["title"]), (200, &json!("Lärare")));
    assert_eq!(user["name"], json!({"givenName": "Alvina", "familyName": "Prov"}));
    assert_eq!((&user["active"], user.get("displayName")), (&json!(false), None));
    assert_eq!((&user["nickName"], &user["externalId"]), (&json!("A"), &json!("ny")));
}

#[tokio::test]
async fn without_a_path_an_object_says_what_is_changed() {
    let value = json!({"active": false, "name": {"familyName": "Ny"}, "name.middleName": "B",
        format!("{ENTERPRISE}:department"): "4A"});

    let (user, answer) = patched(json!([{"op": "replace", "value": value}])).await;

    assert_eq!((answer.status, &user["active"]), (200, &json!(false)));
    assert_eq!(user["name"], json!({"givenName": "Alva", "familyName": "Ny", "middleName": "B"}));
    assert_eq!(user[ENTERPRISE]["department"], "4A");
}

#[tokio::test]
async fn an_extension_comes_and_goes_with_its_last_attribute() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);
    let department = format!("{ENTERPRISE}:department");

    let came = patch(&server, &path, json!([{"op": "add", "path": department, "value": "4A"}])).await.json();
    let went = patch(&server, &path, json!([{"op": "remove", "path": department}])).await.json();

    assert_eq!(
        (&came[ENTERPRISE], &came["schemas"]),
        (&json!({"department": "4A"}), &json!([USER_SCHEMA, ENTERPRISE]))
    );
    assert_eq!((went.get(ENTERPRISE), &went["schemas"]), (None, &json!([USER_SCHEMA])));
}

#[tokio::test]
async fn a_whole_extension_can_be_added_and_removed() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    let add = json!([{"op": "add", "path": ENTERPRISE, "value": {"division": "Norr", "department": "4A"}}]);
    let came = patch(&server, &path, add).await.json();
    let went = patch(&server, &path, json!([{"op": "remove", "path": ENTERPRISE}])).await.json();

    assert_eq!((&came[ENTERPRISE]["division"], went.get(ENTERPRISE)), (&json!("Norr"), None));
}

#[tokio::test]
async fn addresses_are_changed_within_the_list() {
    let home = json!({"value": "a@home.example", "type": "home"});
    let work = |value: &str| json!({"value": value, "type": "work", "primary": true});
    let changed = "ny@prov.example";
    let cases = [
        (json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": changed}), json!([work(changed)])),
        (json!({"op": "add", "path": "emails", "value": [home]}), json!([work("alva@prov.example"), home])),
        (json!({"op": "add", "path": "emails", "value": home}), json!([work("alva@prov.example"), home])),
        (json!({"op": "replace", "path": "emails", "value": [home]}), json!([home])),
        (
            json!({"op": "add", "path": "emails[type eq \"home\"].value", "value": "a@home.example"}),
            json!([work("alva@prov.example"), home]),
        ),
        (json!({"op": "remove", "path": "emails[type eq \"work\"]"}), Value::Null),
        (json!({"op": "remove", "path": "emails"}), Value::Null),
    ];
    for (operation, emails) in cases {
        let (user, answer) = patched(json!([operation])).await;
        assert_eq!((answer.status, &user["emails"]), (200, &emails), "{operation}");
    }
}

#[tokio::test]
async fn a_new_primary_address_takes_the_place_of_the_old_one() {
    let new = json!({"value": "ny@prov.example", "type": "work", "primary": true});

    let (user, _) = patched(json!([{"op": "add", "path": "emails", "value": [new]}])).await;

    assert_eq!(user["emails"], json!([{"value": "alva@prov.example", "type": "work"}, new]));
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_and_changes_nothing() {
    let cases = [
        (json!({"op": "replace", "path": "shoeSize", "value": 43}), "invalidPath"),
        (json!({"op": "replace", "path": "name.firstName", "value": "A"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails.value", "value": "A"}), "invalidPath"),
        (json!({"op": "replace", "path": "urn:other:User:department", "value": "A"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type sw \"w\"].value", "value": "A"}), "invalidFilter"),
        (json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "A"}), "noTarget"),
        (json!({"op": "remove"}), "noTarget"),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (json!({"op": "replace", "path": "id", "value": NOBODY}), "mutability"),
        (json!({"op": "replace", "path": "active", "value": "False"}), "invalidValue"),
        (json!({"op": "add", "value": "A"}), "invalidValue"),
        (json!({"op": "move", "path": "title"}), "invalidSyntax"),
    ];
    for (operation, kind) in cases {
        let first = json!({"op": "replace", "path": "displayName", "value": "Ny"});
        let (user, answer) = patched(json!([first, operation])).await;
        assert_eq!(refusal(&answer), refused(400, kind), "{operation}");
        assert_eq!(user["displayName"], "Alva Prov", "{operation}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_noted_without_what_is_in_its_brackets() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    patch(&server, &path, json!([{"op": "remove", "path": "friends[value eq \"bo\"]"}])).await;

    assert_eq!(server.violations(), ["PATCH Users: a path that is not understood, friends"]);
}

#[tokio::test]
async fn a_patch_without_its_schema_is_refused_and_noted() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    let answer = ask(&server, "PATCH", &path, &json!({"Operations": [{"op": "remove", "path": "title"}]})).await;

    assert_eq!(refusal(&answer), refused(400, "invalidSyntax"));
    assert_eq!(server.violations(), ["PATCH Users: PatchOp is not in schemas"]);
}

#[tokio::test]
async fn capital_letters_are_taken_by_some() {
    for (capitalised, status) in [(true, 200), (false, 400)] {
        let server = provider_with(|it| it.capitalised_operations = capitalised).await;
        let path = format!("/Users/{}", made_user(&server, "alva").await);

        let answer = patch(&server, &path, json!([{"op": "Replace", "path": "active", "value": false}])).await;

        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_provider_may_know_no_patch_or_answer_it_with_nothing() {
    let cases = [
        (ScimPatch::Supported, 200, true),
        (ScimPatch::SupportedWithoutBody, 204, true),
        (ScimPatch::NotImplemented, 501, false),
        (ScimPatch::NotAllowed, 405, false),
    ];
    for (support, status, told) in cases {
        let server = provider_with(|it| it.patch = support).await;
        let path = format!("/Users/{}", made_user(&server, "alva").await);

        let answer = patch(&server, &path, json!([{"op": "replace", "path": "active", "value": false}])).await;

        assert_eq!((answer.status, answer.body.is_empty()), (status, status == 204));
        assert_eq!(get(&server, "/ServiceProviderConfig").await.json()["patch"]["supported"], told);
    }
}
