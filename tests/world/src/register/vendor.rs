//! Whose register it is: the standard's, or one with a vendor's addresses and habits.
//!
//! What each has is known as docs/connectors/ss12000.md says: published, seen, or guessed.

use super::RegisterOptions;
use crate::truth::{Municipality, OrganisationKind, Resource};
use serde_json::{Value, json};
use uuid::Uuid;

/// A vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vendor {
    /// Nobody: the standard.
    #[default]
    Standard,
    /// Edlevo: its own paths; schools and school units only; everything is tied to the school; rings for some types only.
    Edlevo,
    /// IST: a customer in the path; attributes by scope; tells neither deletions nor changes by ringing.
    Ist,
    /// SchoolSoft: empty while it archives.
    SchoolSoft,
}

/// IST's customer.
pub const CUSTOMER: &str = "SE00100";

/// Attributes of persons that come with a scope only, each with the last part of the scope's name.
const BY_SCOPE: [(&str, &str); 7] = [
    ("emails", "email-school"),
    ("civicNo", "civicno"),
    ("eduPersonPrincipalNames", "identifiers"),
    ("externalIdentifiers", "identifiers"),
    ("enrolments", "students"),
    ("responsibles", "responsibles"),
    ("birthDate", "birthdate"),
];

impl Vendor {
    /// Where the data are.
    pub(super) const fn data(self) -> &'static str {
        match self {
            Self::Standard | Self::SchoolSoft => "/v2",
            Self::Edlevo => "/WE.Education.IntegrationPortal.ExternalApi/api/v1",
            Self::Ist => "/ss12000v2-api/source/SE00100/v2.0",
        }
    }

    /// Where tokens are.
    pub(super) const fn token(self) -> &'static str {
        match self {
            Self::Standard | Self::SchoolSoft => "/token",
            Self::Edlevo => "/WE.Education.IdentityServer.Web/connect/token",
            Self::Ist => "/connect/token",
        }
    }

    /// What can be subscribed to.
    pub(super) fn rings_for(self, entity: &str) -> bool {
        self != Self::Edlevo || matches!(entity, "Organisation" | "Placement" | "Duty")
    }

    /// What a vendor's register can do from the start.
    pub fn options(self) -> RegisterOptions {
        let usual = RegisterOptions { vendor: self, ..RegisterOptions::default() };
        match self {
            Self::Ist => RegisterOptions { deleted_entities: false, subscriptions: false, ..usual },
            _ => usual,
        }
    }
}

impl RegisterOptions {
    /// A record as the vendor has it; `None`: it has none such.
    pub(super) fn shaped(&self, truth: &Municipality, resource: Resource, mut record: Value) -> Option<Value> {
        match self.vendor {
            Vendor::Edlevo => return edlevo(truth, resource, record),
            Vendor::Ist if resource == Resource::Person => self.withhold(&mut record),
            _ => {}
        }
        Some(record)
    }

    fn withhold(&self, person: &mut Value) {
        let withheld = |scope: &&str| self.granted.as_ref().is_some_and(|granted| !granted.contains(scope));
        if let Some(person) = person.as_object_mut() {
            for (attribute, _) in BY_SCOPE.iter().filter(|(_, scope)| withheld(scope)) {
                person.remove(*attribute);
            }
        }
    }
}

fn edlevo(truth: &Municipality, resource: Resource, mut record: Value) -> Option<Value> {
    match resource {
        Resource::Organisation => {
            if record["organisationType"] == OrganisationKind::Organiser.name() {
                return None;
            }
            let object = record.as_object_mut()?;
            object.remove("organisationNumber");
            if object.get("organisationType").is_some_and(|it| it == OrganisationKind::School.name()) {
                object.remove("parentOrganisation");
            }
        }
        Resource::Person => {
            let object = record.as_object_mut()?;
            object.remove("externalIdentifiers");
            let enrolments = object.get_mut("enrolments").and_then(Value::as_array_mut);
            for enrolment in enrolments.into_iter().flatten().filter_map(Value::as_object_mut) {
                enrolment.remove("cancelled");
            }
        }
        Resource::Group | Resource::Activity => tie_to_school(truth, &mut record, "organisation"),
        Resource::Duty => tie_to_school(truth, &mut record, "dutyAt"),
    }
    Some(record)
}

/// The school unit's place is taken by the school above it.
fn tie_to_school(truth: &Municipality, record: &mut Value, field: &str) {
    let id = record[field]["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
    let Some(organisation) = id.and_then(|id| truth.organisations.get(&id)) else { return };
    if organisation.kind == OrganisationKind::SchoolUnit
        && let Some(school) = organisation.parent
    {
        record[field] = json!({"id": school});
    }
}
