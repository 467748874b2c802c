//! Members [Organization API v12 §4.4].

use roster::{RecordKind, Validity};

use super::group::numeric_code;
use super::{Intake, is_deleted};
use crate::ims_enterprise::dates::{NoEnd, period};
use crate::ims_enterprise::identity::{Named, of};
use crate::ims_enterprise::index::{MOST_MEMBERS, Member, Parent, Place, Responsibility};
use crate::ims_enterprise::refusal::Refusal;
use crate::ims_enterprise::role::Role;
use crate::ims_enterprise::school_type::standard_code;
use crate::ims_enterprise::xml::Element;
use crate::periods::overlap;

/// Pupils are in school year 0 (förskoleklass) to 10.
const LAST_SCHOOL_YEAR: u8 = 10;

/// A period that somebody is a member for, with what is said of the place.
type Stay = (Validity, Option<Place>);

impl Intake {
    pub(super) fn member(&mut self, host: u32, element: &Element) -> Result<(), Refusal> {
        let is_group = matches!(element.at(&["idtype"]), Some("2" | "Group"));
        let named = if is_group { Named::Group } else { Named::Person };
        let Some(id) = element.child("sourcedid").and_then(|it| of(it, named)) else {
            self.of_host(
                host,
                "ims_enterprise.field_unreadable",
                "a member's sourcedid cannot be read; it is left out",
            );
            return Ok(());
        };
        if is_group {
            return self.subgroup(host, id, element);
        }
        let person = self.index.persons.number(id)?;
        self.leave_roles(host, person, element);
        for role in element.all("role").filter(|role| is_active(role)) {
            self.role(host, person, role)?;
        }
        Ok(())
    }

    /// A group in a group: what it belongs to.
    fn subgroup(&mut self, host: u32, id: roster::Id, element: &Element) -> Result<(), Refusal> {
        if self.index.ignored.contains(&id) {
            return Ok(());
        }
        let (number, document) = (self.index.groups.number(id)?, self.document);
        self.leave_parent(host, number, element);
        for role in element.all("role").filter(|role| is_active(role)) {
            let Ok(period) = period(role.child("timeframe")) else {
                self.end_unreadable(host);
                continue;
            };
            if let Some(row) = self.index.groups.get_mut(number).filter(|_| number != host) {
                row.parents.push(Parent { group: host, document, validity: period.validity });
            }
        }
        Ok(())
    }

    fn role(&mut self, host: u32, person: u32, element: &Element) -> Result<(), Refusal> {
        let Ok(role) = Role::read(element.attribute("roletype")) else {
            self.of_host(host, "ims_enterprise.role_unknown", "a member's role is not known and gives nothing");
            return Ok(());
        };
        if role == Role::Contact {
            return Ok(());
        }
        let Ok(frame) = period(element.child("timeframe")) else {
            self.end_unreadable(host);
            return Ok(());
        };
        if role == Role::Principal {
            self.responsibilities(host, person, element);
        }
        for (validity, place) in self.stays(host, role, element) {
            let Some(validity) = overlap(validity, frame.validity) else { continue };
            self.index.members += 1;
            if self.index.members > MOST_MEMBERS {
                return Err(Refusal::TooMany("members"));
            }
            let place = place.map(|place| self.index.number_of(place)).transpose()?.unwrap_or_default();
            let document = self.document;
            if let Some(row) = self.index.groups.get_mut(host) {
                row.members.push(Member { person, document, role, validity, place });
            }
        }
        Ok(())
    }

    /// The periods that the extension tells; without an extension, one that only the time frame limits. A place that is
    /// only proposed is none.
    fn stays(&mut self, host: u32, role: Role, element: &Element) -> Vec<Stay> {
        let always = || vec![(Validity::ALWAYS, None)];
        let Some(extension) = element.child("extension") else { return always() };
        if extension.child("proposedunitplacement").is_some() {
            return Vec::new();
        }
        let name = match role {
            Role::Pupil if extension.child("placement").is_some() => "placement",
            Role::Mentor => "mentor",
            Role::Pupil | Role::Instructor | Role::GradeAuthority | Role::Assistant => "activity",
            Role::Member | Role::Administrator | Role::Manager | Role::Principal | Role::Contact => return always(),
        };
        if extension.child(name).is_none() {
            return always();
        }
        let mut stays = Vec::new();
        for told in extension.all(name).filter(|it| !is_cancelled(it)) {
            match period(Some(told)) {
                Ok(period) => stays.push((period.validity, (name == "placement").then(|| place(told)))),
                Err(NoEnd) => self.end_unreadable(host),
            }
        }
        stays
    }

    fn responsibilities(&mut self, host: u32, principal: u32, element: &Element) {
        let document = self.document;
        let told = element.all("extension").flat_map(|it| it.all("responsibility"));
        let told = told.filter_map(|it| {
            let name = it.at(&["schoolunitname"]).unwrap_or_default();
            let code = numeric_code(it.at(&["schoolunitcode"])?)?;
            Some(Responsibility { principal, document, code, name: name.into() })
        });
        if let Some(row) = self.index.groups.get_mut(host) {
            row.responsibilities.extend(told);
        }
    }

    fn end_unreadable(&mut self, host: u32) {
        let reason = "the end of a membership is no date; without it it would be valid for ever, so it is left out";
        self.of_host(host, "ims_enterprise.end_date_unreadable", reason);
    }

    fn of_host(&mut self, host: u32, code: &str, reason: &str) {
        let id = self.index.groups.get(host).map(|row| row.id);
        self.notes.warn(RecordKind::Group, id, code, reason);
    }
}

/// A role that has been taken away, or is marked as inactive, is none.
pub(super) fn is_active(role: &Element) -> bool {
    !is_deleted(role) && !matches!(role.at(&["status"]), Some("0" | "Inactive"))
}

/// `cancelled` that cannot be read counts as cancelled: nobody can know that it goes on.
fn is_cancelled(activity: &Element) -> bool {
    !matches!(activity.at(&["cancelled"]), None | Some("false" | "False" | "0"))
}

fn place(placement: &Element) -> Place {
    let year = placement.at(&["schoolyear"]).and_then(|it| it.parse().ok());
    let integrated = placement.at(&["integratedschooltype"]).filter(|it| *it != "None");
    let education = placement.at(&["officialprogramcode"]).or_else(|| placement.at(&["programcode"]));
    Place {
        code: placement.at(&["schoolunitcode"]).and_then(numeric_code),
        school_year: year.filter(|year| *year <= LAST_SCHOOL_YEAR),
        school_type: integrated.map(|it| standard_code(it).into()),
        education_code: education.map(Into::into),
    }
}
