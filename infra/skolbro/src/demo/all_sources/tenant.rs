//! The tenant's file: a source of every kind.

use world::GraphEducationServer;
use world::ImsEnterpriseServer;
use world::graph_education::TENANT as DIRECTORY;
use world::ims_enterprise::KEY_HEADER;

use super::line::ONEROSTER;
use super::{AllSources, OWN_GROUP, RECEIVER, TENANT};
use crate::demo::connect::key_variable;

/// How the columns of the register's files are explained.
const COLUMNS: &str = r#"
[[source.table]]
file = "enheter.csv"
organisation = { id = "Id", name = "Namn", kind = "Typ", parent = "Över", school_unit_code = "Skolenhetskod", school_types = "Skolformer" }

[[source.table]]
file = "personer.csv"
person = { id = "Id", given_name = "Förnamn", family_name = "Efternamn", civic_number = "Personnummer", email = "E-post", security_marking = "Sekretess", status = "Status" }

[[source.table]]
file = "placeringar.csv"
enrolment = { person = "Person", school_unit = "Enhet", school_type = "Skolform", school_year = "Årskurs", start = "Från", end = "Till" }

[[source.table]]
file = "tjanster.csv"
duty = { person = "Person", organisation = "Enhet", role = "Befattning", group = "Grupp", start = "Från", end = "Till" }

[[source.table]]
file = "grupper.csv"
group = { id = "Id", name = "Namn", kind = "Typ", organisation = "Enhet", start = "Från", end = "Till" }

[[source.table]]
file = "medlemmar.csv"
membership = { group = "Grupp", person = "Person", role = "Roll", start = "Från", end = "Till" }
"#;

impl AllSources {
    pub(super) fn file(&self, hub: &str) -> String {
        let urls = self.world.urls();
        let public = if hub.is_empty() { String::new() } else { format!("public_url = \"{hub}\"\n") };
        let council: Vec<String> = self.council.iter().map(|it| format!("\"{it}\"")).collect();
        let school = self.world.register().with_truth(|truth| {
            let class = truth.groups.values().find(|it| it.kind == "Klass").map(|it| it.organisation);
            class.map(|it| it.to_string()).unwrap_or_default()
        });
        [
            format!("tenant = \"{TENANT}\"\n{public}"),
            source("register", "ss12000", &format!(
                "base_url = \"{}\"\ntoken_url = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"REGISTER_SECRET\" }}",
                urls.register, urls.register_token, self.world.register().credentials().client_id
            )),
            source("oneroster", "oneroster", &format!(
                "version = \"1.2\"\nbase_url = \"https://{ONEROSTER}\"\ntoken_url = \"https://{ONEROSTER}/token\"\n\
                 client_id = \"{}\"\nclient_secret = {{ env = \"ONEROSTER_SECRET\" }}",
                self.oneroster.credentials().client_id
            )),
            source("ims", "ims-enterprise", &format!(
                "base_url = \"{}\"\nschool_types = [\"FK\", \"GR\", \"S\"]\nlicence_key = {{ env = \"IMS_KEY\" }}\n\
                 licence_key_header = \"{KEY_HEADER}\"\nchanges = false",
                ImsEnterpriseServer::base_url()
            )),
            source("graph", "graph-education", &format!(
                "tenant_id = \"{DIRECTORY}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"GRAPH_SECRET\" }}\n\
                 base_url = \"{}\"\nlogin_url = \"{}\"",
                self.graph.credentials().client_id,
                GraphEducationServer::base_url(),
                GraphEducationServer::login_url()
            )),
            source("files", "file-drop", &format!(
                "format = \"csv\"\nfolder = \"{}\"\nsettle_seconds = 1\n{COLUMNS}",
                self.register_files().display()
            )),
            source("directory", "file-drop", &format!(
                "format = \"ad\"\nfolder = \"{}\"\nsettle_seconds = 1\nkey = \"source-id\"\nregister = \"file-drop\"\n\
                 join_by = [\"source_id\"]\nowns = [\"principal_names\"]",
                self.directory_files().display()
            )),
            source("skolon", "skolon", &format!(
                "base_url = \"{}\"\ntoken_url = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"SKOLON_SECRET\" }}",
                urls.skolon, urls.skolon_token, self.world.skolon().credentials().client_id
            )),
            source("own", "manual", &format!(
                "[[source.group]]\nid = \"{OWN_GROUP}\"\nname = \"Kommunens elevråd\"\norganisation = \"{school}\"\n\
                 pupils = [{}]",
                council.join(", ")
            )),
            format!(
                "\n[[target]]\nname = \"{RECEIVER}\"\nkind = \"gleerups\"\nbase_url = \"{}\"\n\
                 api_key = {{ env = \"{}\" }}\n",
                urls.receivers[RECEIVER],
                key_variable(RECEIVER)
            ),
        ]
        .concat()
    }
}

fn source(name: &str, kind: &str, more: &str) -> String {
    format!("\n[[source]]\nname = \"{name}\"\nkind = \"{kind}\"\npoll_seconds = 10\n{more}\n")
}
