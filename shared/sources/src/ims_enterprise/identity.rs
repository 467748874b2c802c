//! From `sourcedid` to identity.

use roster::{Id, RecordKind};

use super::xml::Element;

/// The longest identifier that is believed to be one, in bytes.
const LONGEST: usize = 256;

/// What a `sourcedid` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Person,
    /// Organisations too: IMS Enterprise has groups only.
    Group,
}

impl Named {
    /// The identity of what the source names so: a UUID (also in braces, as Edlevo writes it) as it is, anything else
    /// derived.
    pub(super) fn identity(self, native: &str) -> Id {
        let namespace = match self {
            Self::Person => "ims-enterprise/person",
            Self::Group => "ims-enterprise/group",
        };
        Id::from_source(namespace, native.trim())
    }
}

/// As [`crate::Source::identity`].
pub(super) fn of_record(kind: RecordKind, native: &str) -> Id {
    if kind == RecordKind::Person { Named::Person.identity(native) } else { Named::Group.identity(native) }
}

/// The identity of an element's own `sourcedid`. Of several the present one: those marked as old or as duplicates
/// name what it was called before [IMS Enterprise 1.1, `sourcedidtype`].
pub(super) fn own(element: &Element, named: Named) -> Option<Id> {
    let earlier = |it: &&Element| matches!(it.attribute("sourcedidtype"), Some("Old" | "Duplicate"));
    let present = element.all("sourcedid").find(|it| !earlier(it));
    of(present.or_else(|| element.child("sourcedid"))?, named)
}

/// The identity that a `sourcedid` gives.
pub(super) fn of(sourcedid: &Element, named: Named) -> Option<Id> {
    sourcedid.at(&["id"]).filter(|native| native.len() <= LONGEST).map(|native| named.identity(native))
}
