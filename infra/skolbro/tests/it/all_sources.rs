//! `skolbro demo --all-sources`.

use serde_json::{Value, json};

use crate::process::output;

#[test]
fn a_municipality_with_a_register_of_every_kind_comes_out_right() {
    let demo = output(&["demo", "--all-sources", "--json", "--pupils", "120", "--patience", "240"]);

    let report: Value = serde_json::from_slice(&demo.stdout).unwrap();
    let left = ["undelivered", "held", "dead_lettered", "contract_violations", "differences"].map(|it| &report[it]);
    assert_eq!(left, [&json!(0), &json!(0), &json!(0), &json!(0), &json!([])], "{report}");
}
