//! What a register cannot say, so that the receiver cannot have it.

use world::receiver::ResourceType;
use world::truth::{Municipality, Words};
use world::{GraphEducationServer, ReceiverState};

use super::{AllSources, OWN_GROUP};

/// OneRoster knows no protected persons, two kinds of class, and few roles.
pub(super) const ONEROSTER: Words = Words {
    markings: false,
    principal_names: true,
    role: |role| {
        Some(match role {
            "Annan personal" => "Lärarassistent",
            "Speciallärare/specialpedagog" => "Lärare",
            other => other,
        })
    },
    kind: homeroom_or_scheduled,
    school_types_of_groups: false,
};

/// Edlevo has no EPPN, and knows headmasters, teachers and others.
pub(super) const IMS_ENTERPRISE: Words = Words {
    markings: true,
    principal_names: false,
    role: |role| {
        Some(match role {
            "Annan personal" | "Kurator" | "Speciallärare/specialpedagog" => "Skoladministratör",
            other => other,
        })
    },
    kind: |kind| kind,
    school_types_of_groups: true,
};

/// School Data Sync knows pupils, teachers and classes.
pub(super) const GRAPH_EDUCATION: Words = Words {
    markings: false,
    principal_names: false,
    role: |role| role.contains("ärare").then_some("Lärare"),
    kind: |_| "Undervisning",
    school_types_of_groups: false,
};

/// A file's columns are whatever the register likes; this one has none for the school type of groups.
pub(super) const FILES: Words =
    Words { markings: true, principal_names: true, role: Some, kind: |kind| kind, school_types_of_groups: false };

fn homeroom_or_scheduled(kind: &'static str) -> &'static str {
    if kind == "Klass" { kind } else { "Undervisning" }
}

/// Edlevo calls the groups of mentors by number.
fn mentors_groups(truth: &Municipality) -> Vec<String> {
    truth.groups.values().filter(|it| it.kind == "Mentor").map(|it| it.id.to_string()).collect()
}

/// A directory has schools only.
fn organisers(truth: &Municipality) -> Vec<String> {
    let organisers = truth.organisations.values().filter(|it| it.parent.is_none());
    organisers.map(|it| GraphEducationServer::object_of(it.id).to_string()).collect()
}

impl AllSources {
    /// Whether a difference has to be, since the register in question has no words for what is true.
    pub(super) fn is_known(&self, difference: &str) -> bool {
        let is_one_of = |ids: Vec<String>, kind: &str, what: &str| {
            ids.iter().any(|id| difference.starts_with(&format!("{kind}/{id} {what}")))
        };
        is_one_of(vec![OWN_GROUP.to_owned()], "StudentGroups", "should not be there")
            || is_one_of(self.ims.with_truth(mentors_groups), "StudentGroups", "displayName: ")
            || is_one_of(self.graph.with_truth(organisers), "Organisations", "is missing")
    }

    /// The operator's own group: there, with whoever was put into it.
    pub(super) fn own_group_differs(&self, receiver: &ReceiverState) -> Option<String> {
        let Some(group) = receiver.find(ResourceType::StudentGroups, OWN_GROUP) else {
            return Some("the operator's own group is missing".to_owned());
        };
        let members = group.body["studentMemberships"].as_array().map_or(0, Vec::len);
        (members != self.council.len()).then(|| format!("the operator's own group has {members} members"))
    }
}
