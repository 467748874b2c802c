//! `skolbro demo --all-targets`.

use serde_json::{Value, json};

use crate::process::output;

#[test]
fn a_municipality_with_a_receiving_system_of_every_kind_comes_out_right_on_a_bad_day() {
    let demo = output(&["demo", "--all-targets", "--faults", "--json", "--pupils", "30", "--patience", "300"]);

    let report: Value = serde_json::from_slice(&demo.stdout).unwrap();
    let left = ["undelivered", "held", "dead_lettered", "contract_violations", "differences"].map(|it| &report[it]);
    assert_eq!(left, [&json!(0), &json!(0), &json!(0), &json!(0), &json!([])], "{report}");
}
