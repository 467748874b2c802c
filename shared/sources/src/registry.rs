//! Which sources there are, and how one is made from its table in the configuration.

use std::sync::Arc;

use outbound::{Secrets, Transport};
use roster::{Clock, RecordKind};

use crate::doorbell::{Doorbell, DoorbellError};
use crate::file_drop::identity::persons_of;
use crate::file_drop::landing::Intake;
use crate::file_drop::place::DropPlaces;
use crate::file_drop::{FileDropConfig, FileDropSource};
use crate::graph_education::{GraphEducationConfig, GraphEducationSource};
use crate::ims_enterprise::{ImsEnterpriseConfig, ImsEnterpriseSource};
use crate::manual::{ManualConfig, ManualSource};
use crate::oneroster::{OneRosterConfig, OneRosterSource};
use crate::skolon::{SkolonConfig, SkolonSource};
use crate::ss12000::{Ss12000Config, Ss12000Source};
use crate::{ConfigProblem, Source, configuration};

/// Every kind of source, as `kind` names it in the configuration.
pub const KINDS: [&str; 7] =
    ["file-drop", "graph-education", "ims-enterprise", "manual", "oneroster", "skolon", "ss12000"];

/// What every source needs beside its own settings.
#[derive(Debug, Clone)]
pub struct SourceContext {
    /// Where secrets are fetched from.
    pub secrets: Arc<dyn Secrets>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How the hub presents itself to sources.
    pub user_agent: String,
    /// The tenant's name.
    pub tenant: String,
    /// The source's name within the tenant.
    pub source: String,
    /// What carries the calls instead of the internet: a simulation's own.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where files are dropped. `None`: in folders of this machine.
    pub places: Option<Arc<dyn DropPlaces>>,
}

/// The keys that a kind's own table may hold, beside those that all sources share. `None`: there is no such kind.
#[must_use]
pub fn known_keys(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "file-drop" => Some(FileDropConfig::KEYS),
        "graph-education" => Some(GraphEducationConfig::KEYS),
        "ims-enterprise" => Some(ImsEnterpriseConfig::KEYS),
        "manual" => Some(ManualConfig::KEYS),
        "oneroster" => Some(OneRosterConfig::KEYS),
        "skolon" => Some(SkolonConfig::KEYS),
        "ss12000" => Some(Ss12000Config::KEYS),
        _ => None,
    }
}

/// Reads what a kind of source posts when it rings. `None`: there is no such kind.
#[must_use]
pub fn doorbell(kind: &str, body: &[u8]) -> Option<Result<Doorbell, DoorbellError>> {
    match kind {
        "file-drop" | "graph-education" | "ims-enterprise" | "manual" => Some(Err(DoorbellError::Unreadable)),
        "oneroster" => Some(crate::oneroster::doorbell::parse(body)),
        "skolon" => Some(crate::skolon::doorbell::parse(body)),
        "ss12000" => Some(crate::ss12000::doorbell::parse(body)),
        _ => None,
    }
}

/// What a source takes from whoever sends it files. `None`: nothing.
///
/// # Errors
/// [`ConfigProblem`] when the table cannot work.
pub fn intake(kind: &str, table: &toml::Table, places: &dyn DropPlaces) -> Result<Option<Intake>, ConfigProblem> {
    match kind {
        "file-drop" => Intake::of(&FileDropConfig::of(table)?, places),
        _ => Ok(None),
    }
}

/// Makes a source. `table` holds the kind's own keys only, not those that all sources share.
///
/// # Errors
/// [`ConfigProblem`] when the kind is unknown or the table cannot work.
pub fn build(kind: &str, table: &toml::Table, context: &SourceContext) -> Result<Arc<dyn Source>, ConfigProblem> {
    match kind {
        "file-drop" => Ok(Arc::new(FileDropSource::new(configuration::read(table)?, context)?)),
        "graph-education" => Ok(Arc::new(GraphEducationSource::new(configuration::read(table)?, context)?)),
        "ims-enterprise" => Ok(Arc::new(ImsEnterpriseSource::new(configuration::read(table)?, context)?)),
        "manual" => Ok(Arc::new(ManualSource::new(configuration::read(table)?, context)?)),
        "oneroster" => Ok(Arc::new(OneRosterSource::new(configuration::read(table)?, context)?)),
        "skolon" => Ok(Arc::new(SkolonSource::new(configuration::read(table)?, context)?)),
        "ss12000" => Ok(Arc::new(Ss12000Source::new(configuration::read(table)?, context)?)),
        _ => Err(ConfigProblem::at("kind", format!("no such source; there are {}", KINDS.join(", ")))),
    }
}

/// Within what identifiers that are no UUIDs are unique at a kind of register: with it, what another source says of
/// somebody or something is said of the same. `None`: there is no such register.
pub(crate) fn within(kind: &str, record: RecordKind) -> Option<String> {
    match (kind, record) {
        (_, RecordKind::Person) => persons_of(kind).map(str::to_owned),
        ("graph-education", _) => Some(format!("graph_education/{record}")),
        ("ims-enterprise", _) => Some("ims-enterprise/group".to_owned()),
        ("skolon", _) => Some(crate::skolon::within(record)),
        ("file-drop" | "oneroster" | "ss12000", _) => Some(format!("{kind}/{record}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use roster::Id;

    use super::*;
    use crate::loopback::context;

    fn problem(kind: &str, table: &str) -> ConfigProblem {
        build(kind, &table.parse().unwrap(), &context()).unwrap_err()
    }

    /// A small table for each kind.
    fn tables() -> [(&'static str, &'static str); 7] {
        [
            (
                "file-drop",
                "format = 'csv'\nfolder = '/srv/drop'\n[[table]]\nfile = 'a.csv'\n\
                 person = { id = 'Id', given_name = 'First', family_name = 'Last' }",
            ),
            ("graph-education", "tenant_id = 'skola.example'\nclient_id = 'hub'\nclient_secret = { env = 'A_SECRET' }"),
            (
                "ims-enterprise",
                "base_url = 'https://register.example'\nschool_types = ['GR']\nlicence_key_header = 'X-Key'\n\
                 licence_key = { env = 'A_SECRET' }",
            ),
            ("manual", "ids_of = 'oneroster'\n[[group]]\nid = 'council'\nname = 'Elevrådet'\norganisation = '4711'"),
            (
                "oneroster",
                "version = '1.1'\nbase_url = 'https://register.example'\nstatic_token = { env = 'A_SECRET' }",
            ),
            ("skolon", "client_id = 'hub'\nclient_secret = { env = 'A_SECRET' }"),
            ("ss12000", "base_url = 'https://register.example/v2.0'\nstatic_token = { env = 'A_SECRET' }"),
        ]
    }

    #[test]
    fn every_kind_is_known_by_its_keys_and_can_be_made() {
        for (kind, table) in tables() {
            let table: toml::Table = table.parse().unwrap();
            assert!(build(kind, &table, &context()).is_ok(), "{kind}");
            assert!(table.keys().all(|key| known_keys(kind).unwrap().contains(&key.as_str())), "{kind}");
        }
        assert_eq!(tables().map(|(kind, _)| kind), KINDS);
    }

    #[test]
    fn what_every_kind_of_register_names_is_known_by_another_source() {
        for (kind, table) in tables().into_iter().filter(|(kind, _)| *kind != "manual") {
            let source = build(kind, &table.parse().unwrap(), &context()).unwrap();
            for record in [RecordKind::Organisation, RecordKind::Person, RecordKind::Group] {
                let within = within(kind, record).unwrap();

                assert_eq!(Id::from_source(&within, "4711"), source.identity(record, "4711"), "{kind} {record}");
            }
        }
    }

    #[test]
    fn an_unknown_kind_names_those_there_are() {
        let problem = problem("procapita", "");

        assert_eq!(
            problem.to_string(),
            "kind: no such source; there are file-drop, graph-education, ims-enterprise, manual, oneroster, \
             skolon, ss12000"
        );
        assert_eq!(known_keys("procapita"), None);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(problem("ss12000", "base_ulr = 'x'").message.contains("base_ulr"));
    }

    #[test]
    fn nothing_printed_of_a_source_holds_a_secret() {
        let table = "base_url = 'https://register.example'\nstatic_token = { env = 'A_SECRET' }".parse().unwrap();

        let source = build("ss12000", &table, &context()).unwrap();

        assert!(!format!("{source:?}").contains("hub-secret"), "{source:?}");
    }
}
