//! What is above what, without believing that it has a top.

use std::collections::BTreeSet;

use roster::Id;

/// Those that are above themselves, by way of any number of others.
pub(crate) fn in_cycle<'a>(all: impl Iterator<Item = &'a Id>, parent: impl Fn(&Id) -> Option<Id>) -> BTreeSet<Id> {
    let mut cyclic = BTreeSet::new();
    let mut done = BTreeSet::new();
    for start in all {
        let (mut path, mut here) = (Vec::new(), Some(*start));
        while let Some(id) = here {
            if let Some(place) = path.iter().position(|it| *it == id) {
                cyclic.extend(path.iter().skip(place).copied());
                break;
            }
            if done.contains(&id) {
                break;
            }
            path.push(id);
            here = parent(&id);
        }
        done.extend(path);
    }
    cyclic
}
