//! The tenants' files.

use super::{AllTargets, PORTAL, READER, READER_SECRET, READERS_PORTAL, TENANT};
use crate::demo::connect::{register_tenant, target};
use crate::demo::systems::table;

impl AllTargets {
    pub(super) fn file(&self, hub: &str) -> String {
        let (_, file) = register_tenant(&self.world, hub);
        let source = file.split("\n[[target]]").next().unwrap_or_default();
        let published = format!(
            "kind = \"ss12000-provider\"\ntokens = [{{ env = \"{READER_SECRET}\" }}]\nnotify = [\"{hub}/hooks/\"]\n\
             civic_numbers = true\n"
        );
        let portal = target(&self.world, PORTAL, "");
        format!("{source}{portal}{}{}", self.systems.tables(), table("reader", &published))
    }

    pub(super) fn readers_file(&self, hub: &str) -> String {
        format!(
            "tenant = \"{READER}\"\npublic_url = \"{hub}\"\n[[source]]\nname = \"provider\"\nkind = \"ss12000\"\n\
             base_url = \"{hub}/ss12000/{TENANT}/reader/v2.0\"\nstatic_token = {{ env = \"{READER_SECRET}\" }}\n\
             poll_seconds = 3600\nroute_token = {{ env = \"ROUTE_TOKEN\" }}\n{}",
            target(&self.world, READERS_PORTAL, "environment = \"test\"\n"),
        )
    }
}
