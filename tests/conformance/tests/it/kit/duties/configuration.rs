//! How a source is made, and that it is the same everywhere.

use std::collections::BTreeSet;

use roster::{Id, RecordKind};
use sources::registry;

use super::claim;
use crate::kit::{Counterpart, Verdict};

pub(crate) async fn unknown_keys_are_refused(other: &dyn Counterpart) -> Verdict {
    let known = registry::known_keys(other.kind()).ok_or("the registry does not know the kind")?;
    let unknown: Vec<_> = other.table().into_iter().map(|(key, _)| key).filter(|it| !known.contains(&&**it)).collect();
    claim(unknown.is_empty(), || format!("{unknown:?} are not among the keys that the registry names"))?;
    let mut table = other.table();
    table.insert("no_such_key".to_owned(), true.into());
    match other.build(&table) {
        Ok(_) => Err("a key that means nothing is accepted".to_owned()),
        Err(problem) => claim(problem.to_string().contains("no_such_key"), || format!("it is not named: {problem}")),
    }
}

pub(crate) async fn identity_is_the_same_in_every_process(other: &dyn Counterpart) -> Verdict {
    let (one, another) = (other.source(), other.source());
    let uuid = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001";
    for kind in RecordKind::ALL {
        claim(one.identity(kind, "4711") == another.identity(kind, "4711"), || format!("{kind}: it differs"))?;
        claim(one.identity(kind, uuid).to_string() == uuid, || format!("{kind}: a UUID is not kept"))?;
        let natives = ["4711", "4712", "47 11", "a-4711", "A-4711"];
        let distinct: BTreeSet<Id> = natives.iter().map(|native| one.identity(kind, native)).collect();
        claim(distinct.len() == natives.len(), || format!("{kind}: different ones are the same"))?;
    }
    Ok(())
}
