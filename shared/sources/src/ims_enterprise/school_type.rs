//! School types: the vendor's codes, its services, and SS 12000's codes.

use serde::{Deserialize, Serialize};

/// A school type of the Organization API, which has services for each [Organization API v12 §2, §9].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SchoolType {
    /// Pedagogical care. Has no service for changes.
    Pc,
    /// Preschool.
    Fs,
    /// Leisure time centre.
    F,
    /// Preschool class.
    Fk,
    /// Compulsory school.
    Gr,
    /// Adapted compulsory school.
    S,
    /// Upper secondary school.
    Gy,
    /// Adapted upper secondary school.
    Gs,
    /// Swedish for immigrants.
    Sf,
    /// Adult education for people with learning disabilities.
    Sv,
    /// Municipal adult education.
    Kv,
    /// Higher vocational education.
    Yh,
}

impl SchoolType {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Pc,
        Self::Fs,
        Self::F,
        Self::Fk,
        Self::Gr,
        Self::S,
        Self::Gy,
        Self::Gs,
        Self::Sf,
        Self::Sv,
        Self::Kv,
        Self::Yh,
    ];

    /// The vendor's code, as it stands in `properties/schooltype` and in a unit's extension.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pc => "PC",
            Self::Fs => "FS",
            Self::F => "F",
            Self::Fk => "FK",
            Self::Gr => "GR",
            Self::S => "S",
            Self::Gy => "GY",
            Self::Gs => "GS",
            Self::Sf => "SF",
            Self::Sv => "SV",
            Self::Kv => "KV",
            Self::Yh => "YH",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Pc => "PedagogicalCare",
            Self::Fs => "PreSchool",
            Self::F => "LeisureTimeCentre",
            Self::Fk => "PreSchoolClass",
            Self::Gr => "CompulsorySchool",
            Self::S => "CompulsorySchoolForLearningDisabilities",
            Self::Gy => "UpperSecondarySchool",
            Self::Gs => "UpperSecondarySchoolForLearningDisabilities",
            Self::Sf => "SwedishForImmigrantsSchool",
            Self::Sv => "AdultSchoolForLearningDisabilities",
            Self::Kv => "MunicipalAdultSchool",
            Self::Yh => "HigherVocationalEducation",
        }
    }

    /// The service that gives everything.
    #[must_use]
    pub fn service(self) -> String {
        format!("Get{}Organization", self.word())
    }

    /// The service that gives changes; `None`: there is none.
    #[must_use]
    pub fn delta_service(self) -> Option<String> {
        (self != Self::Pc).then(|| format!("Get{}OrganizationDelta", self.word()))
    }
}

/// SS 12000's code of a school type as a document spells it; an unknown one is kept as it came.
pub(super) fn standard_code(text: &str) -> String {
    let code = match text {
        "F" => "FTH",
        "FK" | "PreSchoolClass" => "FKLASS",
        "CompulsorySchool" => "GR",
        "S" | "CompulsorySchoolForLearningDisabilities" => "GRS",
        "GS" => "GYS",
        "SF" => "VUXSFI",
        "SV" => "SARVUX",
        "KV" => "VUX",
        same => same,
    };
    code.to_owned()
}
