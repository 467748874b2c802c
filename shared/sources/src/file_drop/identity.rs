//! From what files call somebody or something to identity.

use roster::{Id, RecordKind};

use super::config::{FileDropConfig, Format};

/// What an identifier names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Organisation,
    Person,
    Group,
}

impl Named {
    /// A UUID as it is, anything else derived.
    pub(super) fn identity(self, native: &str) -> Id {
        let kind = match self {
            Self::Organisation => RecordKind::Organisation,
            Self::Person => RecordKind::Person,
            Self::Group => RecordKind::Group,
        };
        of_record(kind, native)
    }
}

/// As [`crate::Source::identity`]: within the format's own names, where it is one that other sources speak too.
pub(super) fn of_format(config: &FileDropConfig, kind: RecordKind, native: &str) -> Id {
    let within = match (config.format, kind) {
        (Format::ImsEnterprise, RecordKind::Person) => "ims-enterprise/person".to_owned(),
        (Format::ImsEnterprise, _) => "ims-enterprise/group".to_owned(),
        (Format::OneRoster, kind) => format!("oneroster/{kind}"),
        (_, RecordKind::Person) => config.persons().unwrap_or("file-drop/person").to_owned(),
        (_, kind) => return of_record(kind, native),
    };
    Id::from_source(&within, native.trim())
}

fn of_record(kind: RecordKind, native: &str) -> Id {
    Id::from_source(&format!("file-drop/{kind}"), native.trim())
}

/// Within what the identifiers of persons that are no UUIDs are unique at a kind of source: with it, what another
/// source says of somebody is said of the same person. `None`: there is no such kind.
pub(crate) fn persons_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "file-drop" => "file-drop/person",
        "graph-education" => "graph_education/person",
        "ims-enterprise" => "ims-enterprise/person",
        "oneroster" => "oneroster/person",
        "skolon" => "skolon/user",
        "ss12000" => "ss12000/person",
        _ => return None,
    })
}
