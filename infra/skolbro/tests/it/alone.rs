//! One hub per data folder.

use std::collections::BTreeMap;

use skolbro::machine::TemporaryFolder;

use crate::process::{Up, output};

#[test]
fn a_second_hub_on_the_same_data_is_refused() {
    let folder = TemporaryFolder::new().unwrap();
    let _first = Up::start(&[], &[], folder.path(), &BTreeMap::new());

    let second = output(&["up", "--listen", "127.0.0.1:0", "--data", folder.path().to_str().unwrap()]);

    let words = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && words.contains("machine.data_in_use"), "{words}");
}
