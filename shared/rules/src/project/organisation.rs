//! Organisations: principals, schools and school units; all others stay in the roster.

use roster::{Organisation, OrganisationType};

use super::{AncestorAtTarget, Frame, Presence, Projection, Surroundings, reference};
use crate::view::{OrganisationView, OrganisationViewKind, Reference, View};

pub(super) fn project(organisation: &Organisation, around: &Surroundings, frame: &Frame<'_>) -> Projection {
    if !organisation.validity.is_active(frame.today) {
        return Projection::Unwanted("rules.not_valid_today");
    }
    if !frame.policy.carries.organisations {
        return Projection::Unwanted("rules.not_carried");
    }
    let kind = match organisation.kind {
        OrganisationType::Principal => OrganisationViewKind::Principal,
        OrganisationType::School => OrganisationViewKind::School,
        OrganisationType::SchoolUnit => OrganisationViewKind::SchoolUnit,
        OrganisationType::Other(_) => return Projection::Unwanted("rules.organisation_type"),
    };
    if kind == OrganisationViewKind::SchoolUnit && organisation.school_unit_code.is_none() {
        return Projection::Refused("rules.school_unit_code_missing");
    }
    let above = |wanted: &OrganisationType| above(around, wanted);
    let (principal, school) = match kind {
        OrganisationViewKind::SchoolUnit => (above(&OrganisationType::Principal), above(&OrganisationType::School)),
        OrganisationViewKind::School => (above(&OrganisationType::Principal), Ok(None)),
        OrganisationViewKind::Principal => (Ok(None), Ok(None)),
    };
    let (Ok(principal), Ok(school)) = (principal, school) else {
        return Projection::Wait("rules.parent_pending");
    };
    Projection::Wanted(Box::new(View::Organisation(OrganisationView {
        id: organisation.id,
        kind,
        name: organisation.name.clone(),
        school_unit_code: organisation.school_unit_code.clone(),
        school_types: organisation.school_types.clone(),
        municipality_code: organisation.municipality_code.clone(),
        principal,
        school,
    })))
}

struct Pending;

fn above(around: &Surroundings, wanted: &OrganisationType) -> Result<Option<Reference>, Pending> {
    let found: Option<&AncestorAtTarget> = around.ancestors.iter().find(|it| it.organisation.kind == *wanted);
    match found {
        Some(it) if it.presence == Presence::Pending => Err(Pending),
        Some(it) => Ok(reference(it.organisation.id, &it.presence)),
        None => Ok(None),
    }
}
