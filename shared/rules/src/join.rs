//! Joining: whom a row of a second source is about. A doubt joins nobody: the wrong pupil's address is worse than none.

use std::collections::BTreeSet;

use roster::{Id, Joined};

/// What is known by one of a row's keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// The persons of other sources that have a value of the key.
    pub persons: BTreeSet<Id>,
    /// Whether another row of the same source has one too.
    pub is_shared: bool,
}

/// Decides whom a row is joined to. `keys`: what is known by each of its keys, the most trusted first: the first that
/// finds anybody decides.
#[must_use]
pub fn join(keys: &[Candidates]) -> Joined {
    let Some(found) = keys.iter().find(|it| !it.persons.is_empty()) else { return Joined::Nobody };
    match found.persons.first() {
        Some(person) if found.persons.len() == 1 && !found.is_shared => Joined::Person(*person),
        _ if found.persons.len() > 1 => Joined::Several,
        _ => Joined::NotAlone,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::id;

    fn found(persons: &[u128]) -> Candidates {
        Candidates { persons: persons.iter().map(|n| id(*n)).collect(), is_shared: false }
    }

    #[test]
    fn the_first_key_that_finds_anybody_decides() {
        assert_eq!(join(&[found(&[]), found(&[2]), found(&[3])]), Joined::Person(id(2)));
    }

    #[test]
    fn a_key_that_fits_two_persons_joins_neither() {
        assert_eq!(join(&[found(&[1, 2]), found(&[1])]), Joined::Several);
    }

    #[test]
    fn two_rows_with_one_key_are_joined_to_nobody() {
        assert_eq!(join(&[Candidates { is_shared: true, ..found(&[1]) }]), Joined::NotAlone);
    }

    #[test]
    fn nobody_is_made_of_a_row() {
        assert_eq!(join(&[found(&[]), Candidates { is_shared: true, ..found(&[]) }]), Joined::Nobody);
    }

    fn candidates() -> impl Strategy<Value = Vec<Candidates>> {
        let one = (proptest::collection::btree_set(1u128..6, 0..4), any::<bool>());
        let one = one
            .prop_map(|(persons, is_shared)| Candidates { persons: persons.into_iter().map(id).collect(), is_shared });
        proptest::collection::vec(one, 0..4)
    }

    proptest! {
        #[test]
        fn whoever_is_joined_is_the_only_one_that_the_deciding_key_finds(keys in candidates()) {
            if let Joined::Person(person) = join(&keys) {
                let deciding = keys.iter().find(|it| !it.persons.is_empty()).unwrap();
                prop_assert_eq!(&deciding.persons, &BTreeSet::from([person]));
                prop_assert!(!deciding.is_shared);
            }
        }

        #[test]
        fn another_person_with_the_deciding_key_ends_the_join(keys in candidates()) {
            if let Joined::Person(person) = join(&keys) {
                let mut more = keys;
                let deciding = more.iter_mut().find(|it| it.persons.contains(&person)).unwrap();
                deciding.persons.insert(id(99));
                prop_assert_eq!(join(&more), Joined::Several);
            }
        }
    }
}
