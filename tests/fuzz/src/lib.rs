//! What meets bytes from outside, with what is promised of it whatever the bytes are.
//!
//! Each entry is a plain function that reads some bytes and asserts: it does not panic, it says the same twice, what
//! is read survives being stored, no list that may come in any order decides anything by its order, and nothing
//! printed depends on anybody's personal data. `cargo test` runs the entries over a corpus and over mutations of it;
//! `.ci/fuzz` lets libFuzzer look for more.

mod answers;
mod canary;
mod doorbells;
mod file_drop;
mod graph_education;
mod identities;
mod ims_enterprise;
mod messages;
mod oneroster;
mod questions;
mod record;
mod secrets;
mod skolon;
mod ss12000;
mod stored;
mod tenant;

pub use answers::{
    dnp_job, egil_answer, egil_inventory, federation_entities, federation_metadata, retry_after, token_answer,
};
pub use canary::{CANARY, CANARY_NUMBER};
pub use doorbells::{skolon_doorbell, ss12000_doorbell};
pub use file_drop::{file_drop_columns, file_drop_elements, file_drop_unikum};
pub use graph_education::{
    graph_education_batch, graph_education_classes, graph_education_link, graph_education_schools,
    graph_education_users,
};
pub use identities::{civic_number, identifier, validity};
pub use ims_enterprise::{ims_enterprise_changes, ims_enterprise_document};
pub use messages::{job, notice};
pub use oneroster::{
    oneroster_classes, oneroster_enrollments, oneroster_files, oneroster_orgs, oneroster_users, oneroster_zip,
};
pub use questions::{ss12000_lookup, ss12000_question};
pub use secrets::secret_reference;
pub use skolon::{skolon_groups, skolon_licenses, skolon_organizations, skolon_schools, skolon_users};
pub use ss12000::{
    ss12000_activities, ss12000_deletions, ss12000_duties, ss12000_error, ss12000_groups, ss12000_organisations,
    ss12000_persons, ss12000_subscription,
};
pub use stored::{source_memory, stored_item, stored_subject};
pub use tenant::tenant_file;

/// An entry: reads bytes and asserts what is promised of them.
pub type Entry = fn(&[u8]);

/// Every entry by its name, which is also that of its folder in `corpus/`.
pub const ENTRIES: &[(&str, Entry)] = &[
    ("civic_number", civic_number),
    ("dnp_job", dnp_job),
    ("egil_answer", egil_answer),
    ("egil_inventory", egil_inventory),
    ("federation_entities", federation_entities),
    ("federation_metadata", federation_metadata),
    ("file_drop_columns", file_drop_columns),
    ("file_drop_elements", file_drop_elements),
    ("file_drop_unikum", file_drop_unikum),
    ("graph_education_batch", graph_education_batch),
    ("graph_education_classes", graph_education_classes),
    ("graph_education_link", graph_education_link),
    ("graph_education_schools", graph_education_schools),
    ("graph_education_users", graph_education_users),
    ("identifier", identifier),
    ("ims_enterprise_changes", ims_enterprise_changes),
    ("ims_enterprise_document", ims_enterprise_document),
    ("job", job),
    ("notice", notice),
    ("oneroster_classes", oneroster_classes),
    ("oneroster_enrollments", oneroster_enrollments),
    ("oneroster_files", oneroster_files),
    ("oneroster_orgs", oneroster_orgs),
    ("oneroster_users", oneroster_users),
    ("oneroster_zip", oneroster_zip),
    ("retry_after", retry_after),
    ("secret_reference", secret_reference),
    ("skolon_doorbell", skolon_doorbell),
    ("skolon_groups", skolon_groups),
    ("skolon_licenses", skolon_licenses),
    ("skolon_organizations", skolon_organizations),
    ("skolon_schools", skolon_schools),
    ("skolon_users", skolon_users),
    ("source_memory", source_memory),
    ("ss12000_activities", ss12000_activities),
    ("ss12000_deletions", ss12000_deletions),
    ("ss12000_doorbell", ss12000_doorbell),
    ("ss12000_duties", ss12000_duties),
    ("ss12000_error", ss12000_error),
    ("ss12000_groups", ss12000_groups),
    ("ss12000_lookup", ss12000_lookup),
    ("ss12000_organisations", ss12000_organisations),
    ("ss12000_persons", ss12000_persons),
    ("ss12000_question", ss12000_question),
    ("ss12000_subscription", ss12000_subscription),
    ("stored_item", stored_item),
    ("stored_subject", stored_subject),
    ("tenant_file", tenant_file),
    ("token_answer", token_answer),
    ("validity", validity),
];

/// The instant at which everything here is read.
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_795_000_000).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// The date in Sweden then.
pub(crate) fn today() -> jiff::civil::Date {
    roster::validity::date_in_sweden(now())
}

/// The first line, and what follows it: how an entry is given more than a body.
pub(crate) fn head_and_body(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (data.get(..end).unwrap_or_default(), data.get(end + 1..).unwrap_or_default())
}

/// A first line such as `429 120`: the status, and what stands in `Retry-After`.
pub(crate) fn status_line(head: &[u8]) -> (u16, &[u8]) {
    let end = head.iter().position(|byte| *byte == b' ').unwrap_or(head.len());
    let status = std::str::from_utf8(head.get(..end).unwrap_or_default()).ok().and_then(|text| text.parse().ok());
    (status.unwrap_or(200), head.get(end + 1..).unwrap_or_default())
}
