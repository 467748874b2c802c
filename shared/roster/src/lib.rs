//! The roster: people, organisations, groups, memberships, duties, activities and licences of one tenant,
//! in the English terms of SS 12000:2020 (API 2.1.0).
//!
//! Everything a source reads becomes a [`Record`]; what a record says about one subject is a [`Fact`].
//! Reading is lenient (unknown enumeration values are kept as they came), what is inside is strict
//! (identifiers are UUIDs, dates are dates, personal data cannot be printed).
//!
//! This crate must not know: any vendor's wire format, any target, tenants' configuration, storage, I/O, async.

mod activity;
pub mod chance;
pub mod civic_number;
pub mod clock;
mod duty;
mod fact;
mod group;
mod id;
mod licence;
mod organisation;
mod person;
pub mod personal;
mod protection;
mod record;
mod subject;
mod supplement;
pub mod validity;

pub use activity::{Activity, Instructor, Teacher};
pub use chance::{Chance, SystemChance};
pub use civic_number::CivicNumber;
pub use clock::{Clock, ManualClock, SystemClock};
pub use duty::{Assignment, Duty};
pub use fact::{AssignmentFact, Fact, LicenceFact, facts_of};
pub use group::{Group, Membership, MembershipRole};
pub use id::{Id, InvalidId};
pub use licence::Licence;
pub use organisation::{Organisation, OrganisationType};
pub use person::{Email, Enrolment, ExternalId, Person, PersonAttribute, PersonStatus};
pub use personal::Personal;
pub use protection::SecurityMarking;
pub use record::{Record, RecordKey, RecordKind, UnknownRecordKind, fingerprint};
pub use subject::{InvalidSubjectKey, SubjectKey, SubjectKind};
pub use supplement::{JoinKey, JoinKeyKind, Joined, Supplement, UnknownJoinKey};
pub use validity::Validity;
