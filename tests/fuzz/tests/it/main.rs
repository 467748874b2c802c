//! The entries over their corpora and over mutations of them, the same ones in every run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod corpus;
mod mutation;

use std::collections::BTreeSet;

/// One test for each entry, named as the entry.
macro_rules! entries {
    ($($entry:ident)*) => {
        const TESTED: &[&str] = &[$(stringify!($entry)),*];

        $(#[test]
        fn $entry() {
            mutation::holds(stringify!($entry), fuzz::$entry);
        })*
    };
}

entries! {
    civic_number dnp_job egil_answer egil_inventory federation_entities federation_metadata file_drop_columns
    file_drop_elements file_drop_unikum graph_education_batch graph_education_classes graph_education_link graph_education_schools graph_education_users identifier ims_enterprise_changes ims_enterprise_document job notice
    oneroster_classes oneroster_enrollments oneroster_files oneroster_orgs oneroster_users oneroster_zip
    retry_after secret_reference
    skolon_doorbell skolon_groups skolon_licenses skolon_organizations skolon_schools skolon_users source_memory
    ss12000_activities ss12000_deletions ss12000_doorbell ss12000_duties ss12000_error ss12000_groups
    ss12000_lookup ss12000_organisations ss12000_persons ss12000_question ss12000_subscription stored_item stored_subject tenant_file token_answer
    validity
}

#[test]
fn every_entry_is_tested_here() {
    let entries: BTreeSet<&str> = fuzz::ENTRIES.iter().map(|(name, _)| *name).collect();

    assert_eq!(entries, TESTED.iter().copied().collect());
}

#[test]
fn every_entry_has_a_corpus_and_every_corpus_an_entry() {
    let entries: BTreeSet<String> = fuzz::ENTRIES.iter().map(|(name, _)| (*name).to_owned()).collect();

    assert_eq!(corpus::names(), entries);
}
