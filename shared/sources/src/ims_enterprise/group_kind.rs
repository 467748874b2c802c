//! What a group is: an organisation, a place of a school, a class, or nothing that concerns a school's systems.

use serde::{Deserialize, Serialize};

/// What a group is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A school: an organisation, with school units below it if it has several.
    Unit,
    /// Part of the municipality above its schools: an organisation.
    Area,
    /// A class: who is in it has a place at the school.
    Class,
    /// A teaching group.
    Teaching,
    /// A group for the timetable.
    Schedule,
    /// A mentor's pupils. Its name is the mentor's personal number at Edlevo, and is left there.
    Mentor,
    /// A group for examinations.
    Exam,
    /// A preschool's or leisure time centre's department: who is in it has a place there.
    Department,
    /// Any other group.
    Other,
    /// A pupil's contacts. Not read: its name is the pupil's personal number, and its members are guardians.
    Ignored,
}

impl GroupKind {
    /// Reads `typevalue` [Organization API v12 §4.3].
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(match text {
            "Unit" => Self::Unit,
            "Organization" | "Area" => Self::Area,
            "Class" => Self::Class,
            "EducationGroup" => Self::Teaching,
            "ScheduleGroup" => Self::Schedule,
            "MentorGroup" => Self::Mentor,
            "ExamGroup" => Self::Exam,
            "Department" | "DepartmentGroup" => Self::Department,
            "OtherGroup" => Self::Other,
            "ContactGroup" => Self::Ignored,
            _ => return None,
        })
    }

    pub(super) const fn is_organisation(&self) -> bool {
        matches!(self, Self::Unit | Self::Area)
    }

    /// Whether a pupil who is in it has a place at the school because of it.
    pub(super) const fn is_place(&self) -> bool {
        matches!(self, Self::Unit | Self::Class | Self::Department)
    }

    /// SS 12000's `groupType`.
    pub(super) const fn standard(&self) -> &'static str {
        match self {
            Self::Class => "Klass",
            Self::Teaching => "Undervisning",
            Self::Schedule => "Schema",
            Self::Mentor => "Mentor",
            Self::Exam => "Provgrupp",
            Self::Department => "Avdelning",
            Self::Unit | Self::Area | Self::Other | Self::Ignored => "Övrigt",
        }
    }
}
