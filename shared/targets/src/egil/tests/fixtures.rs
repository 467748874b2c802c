//! Ways to write, and what was delivered.

use rules::object::{DeliveredObject, Origin, Ties, WantedObject};
use rules::view::{PersonView, View};

use crate::egil::mapping::Mapping;
use crate::invented::pupil;

/// All that can be sent is sent.
pub(super) fn everything() -> Mapping {
    Mapping { supplier: "gleerups".to_owned(), licence_assignments: true, adopt_by_email: true, ..Mapping::default() }
}

/// The barest that the portal can use.
pub(super) fn bare() -> Mapping {
    Mapping {
        omit_optional_fields: true,
        omit_reference_urls: true,
        licence_assignments: true,
        supplier: "gleerups".to_owned(),
        adopt_by_email: false,
    }
}

/// The pupil's user alone.
pub(super) fn user() -> WantedObject {
    Mapping::default().map(&View::Person(PersonView { licences: Vec::new(), ..pupil() })).unwrap().remove(0)
}

/// The same as it was delivered, under an identity of the portal's if given.
pub(super) fn delivered(remote: Option<&str>) -> DeliveredObject {
    DeliveredObject {
        key: user().key,
        fingerprint: String::new(),
        origin: Origin::Created,
        remote: remote.map(str::to_owned),
        needs: Vec::new(),
        ties: Ties::new(),
        leaving: false,
    }
}
