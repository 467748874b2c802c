//! A tenant's file.

use std::sync::Arc;

use outbound::{FixedSecrets, SecretRef};
use roster::ManualClock;
use serde::Deserialize;
use sync::connectors::{Shipped, read_tenant};
use toml::{Table, Value};

use crate::canary::{CANARY, CANARY_NUMBER, is_silent};
use crate::now;

/// Where only a reference to a secret may stand.
const SECRETS: [&str; 4] = ["client_secret", "static_token", "api_key", "route_token"];

/// A tenant's file, read with the connectors that are shipped.
pub fn tenant_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let shipped = Shipped::new(Arc::new(FixedSecrets::new()), Arc::new(ManualClock::at(now())));
    let read = read_tenant(&text, &shipped);
    assert_eq!(read, read_tenant(&text, &shipped), "a file is read differently the second time");
    if only_secrets_sing(&text) {
        is_silent("a tenant's file", &read);
    }
    match read {
        Ok(config) => {
            assert!(!config.tenant.is_empty() && !config.tenant.contains('#'), "a name that is no part of a key");
            let sources = config.sources.iter().map(|it| &it.name);
            let mut names = sources.chain(config.targets.iter().map(|it| &it.name));
            assert!(names.all(|it| !it.is_empty() && !it.contains('#')), "a name that is no part of a key");
            assert!(config.guard.removed_percent <= 100.0 && config.guard.replaced_percent <= 100.0, "no guard");
        }
        Err(problems) => {
            let lines = text.lines().count().max(1);
            assert!(!problems.is_empty(), "refused without a word");
            assert!(problems.iter().all(|it| it.line.is_none_or(|line| (1..=lines + 1).contains(&line))));
        }
    }
}

/// Whether what was seeded stands only where a secret was written instead of a reference.
fn only_secrets_sing(text: &str) -> bool {
    let Ok(mut file) = text.parse::<Table>() else { return false };
    for section in ["source", "target"] {
        if let Some(Value::Array(tables)) = file.get_mut(section) {
            tables.iter_mut().filter_map(Value::as_table_mut).for_each(forget_secrets);
        }
    }
    let rest = file.to_string();
    !rest.contains(CANARY) && !rest.contains(CANARY_NUMBER)
}

/// Takes away what is written where a reference belongs and is none.
fn forget_secrets(table: &mut Table) {
    table.retain(|key, value| !SECRETS.contains(&key) || SecretRef::deserialize(value.clone()).is_ok());
}
