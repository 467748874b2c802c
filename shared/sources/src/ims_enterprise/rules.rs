//! What a school has agreed on with its register's supplier about the content of documents.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::group_kind::GroupKind;

/// How documents are understood, whether they come over HTTP or as files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Elements of a person that hold e-mails of the school, the most important first. All others never enter the hub.
    pub emails: Vec<String>,
    /// Values of `useridtype` that mark a personal number.
    pub civic_number_types: Vec<String>,
    /// Values of `useridtype` that mark a name to sign in with (EPPN), the most important first.
    pub principal_name_types: Vec<String>,
    /// What further values of `typevalue` mean.
    pub group_types: BTreeMap<String, GroupKind>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            emails: ["emailworkschool", "emailworkschool2", "email"].map(str::to_owned).into(),
            civic_number_types: vec!["PID".to_owned()],
            principal_name_types: Vec::new(),
            group_types: BTreeMap::new(),
        }
    }
}
