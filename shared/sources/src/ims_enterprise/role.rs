//! What a member is in a group: IMS Enterprise's numbers and words, and the vendor's words beside them.

/// What a member is. Only what gives a place, a duty or a membership is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// `01`, `Learner`, `Student`, `Child`.
    Pupil,
    /// `04`, `Member`: in the group, not said as what.
    Member,
    /// `02`, `Instructor`.
    Instructor,
    /// `06`, `Mentor`.
    Mentor,
    /// `GradeAuthority`: sets marks. Leads no group because of it.
    GradeAuthority,
    /// `08`, `TeachingAssistant`.
    Assistant,
    /// `07`, `Administrator`.
    Administrator,
    /// `05`, `Manager`.
    Manager,
    /// `Principal`.
    Principal,
    /// A guardian or another contact: gives nothing at a school.
    Contact,
}

/// A role that is not known, which gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnknownRole;

impl Role {
    /// Reads `roletype`; absent, it is `01` [IMS Enterprise 1.1, binding].
    pub(super) fn read(text: Option<&str>) -> Result<Self, UnknownRole> {
        match text.unwrap_or("01") {
            "01" | "Learner" | "Student" | "Child" => Ok(Self::Pupil),
            "02" | "Instructor" => Ok(Self::Instructor),
            "04" | "Member" => Ok(Self::Member),
            "05" | "Manager" => Ok(Self::Manager),
            "06" | "Mentor" => Ok(Self::Mentor),
            "07" | "Administrator" => Ok(Self::Administrator),
            "08" | "TeachingAssistant" => Ok(Self::Assistant),
            "Principal" => Ok(Self::Principal),
            "GradeAuthority" => Ok(Self::GradeAuthority),
            "Guardian" | "Contact" | "OtherResponsible" | "Trustee" => Ok(Self::Contact),
            _ => Err(UnknownRole),
        }
    }

    /// The duty that the role gives at the group's unit, in SS 12000's words.
    pub(super) const fn duty(self) -> Option<&'static str> {
        match self {
            Self::Instructor | Self::Mentor | Self::GradeAuthority => Some("Lärare"),
            Self::Assistant => Some("Lärarassistent"),
            Self::Administrator => Some("Skoladministratör"),
            Self::Manager => Some("Övrig arbetsledning"),
            Self::Principal => Some("Rektor"),
            Self::Pupil | Self::Member | Self::Contact => None,
        }
    }
}
