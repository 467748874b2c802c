//! Organizational units.

use super::*;

const UNITS: &str = "/customer/my_customer/orgunits";

async fn paths(server: &GoogleServer, parameters: &str) -> Vec<String> {
    let list = directory(server, "GET", &format!("{UNITS}{parameters}"), Value::Null).await.json();
    all(&list, "organizationUnits", "orgUnitPath").into_iter().map(str::to_owned).collect()
}

async fn make(server: &GoogleServer, name: &str, parent: &str) -> Answer {
    directory(server, "POST", UNITS, json!({"name": name, "parentOrgUnitPath": parent})).await
}

#[tokio::test]
async fn a_unit_is_made_below_another_and_read_by_path_and_id() {
    let server = domain().await;

    let made = make(&server, "4A", "/Elever").await.json();

    let id = made["orgUnitId"].as_str().unwrap();
    let by_path = directory(&server, "GET", &format!("{UNITS}/Elever/4A"), Value::Null).await.json();
    assert_eq!((&made["orgUnitPath"], &by_path), (&json!("/Elever/4A"), &made));
    assert_eq!(directory(&server, "GET", &format!("{UNITS}/{id}"), Value::Null).await.json(), made);
}

#[tokio::test]
async fn units_are_listed_right_below_one_or_all() {
    let server = domain().await;
    make(&server, "4A", "/Elever").await;

    assert_eq!(paths(&server, "").await, ["/Elever", "/Personal"]);
    assert_eq!(paths(&server, "?type=all").await, ["/Elever", "/Elever/4A", "/Personal"]);
    assert_eq!(paths(&server, "?type=children&orgUnitPath=%2FElever").await, ["/Elever/4A"]);
}

#[tokio::test]
async fn a_unit_that_is_there_or_has_nothing_above_it_is_invalid() {
    let server = domain().await;

    for answer in
        [make(&server, "Elever", "/").await, make(&server, "4A", "/Okänd").await, make(&server, "", "/").await]
    {
        assert_eq!(reason(&answer), refused(400, "invalid"));
    }
    let unknown = directory(&server, "GET", &format!("{UNITS}/Ok%C3%A4nd"), Value::Null).await;
    assert_eq!(reason(&unknown), refused(404, "notFound"));
}
