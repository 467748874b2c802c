//! 4: an older state never overwrites a newer one: what a receiver is told of a user follows what was true of the user.

use std::collections::BTreeMap;

use super::Breach;
use crate::play::Run;

pub(super) fn check(run: &Run, found: &mut Vec<Breach>) {
    let writes = run.network.writes();
    for (tenant, world) in run.worlds.iter().enumerate() {
        let mut truths: BTreeMap<String, Vec<[String; 2]>> = BTreeMap::new();
        let history = run.history.of_tenant(tenant);
        for (user, names) in history.iter().flat_map(|it| &it.users) {
            let truths = truths.entry(user.clone()).or_default();
            if truths.last() != Some(names) {
                truths.push(names.clone());
            }
        }
        let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
        let told =
            writes.iter().filter(|it| it.tenant == tenant && it.kind == "Users" && matches!(it.status, 200 | 201));
        for write in told {
            let text = |key: &str| write.body[key].as_str();
            let (Some(user), Some(name), Some(login)) = (text("externalId"), text("displayName"), text("userName"))
            else {
                continue;
            };
            let Some(truths) = truths.get(user) else { continue };
            let reached = reached.entry(user).or_default();
            let later = truths.iter().skip(*reached).position(|it| it[0] == name && it[1] == login);
            match later {
                Some(ahead) => *reached += ahead,
                None if truths.iter().any(|it| it[0] == name && it[1] == login) => {
                    found.push(Breach::new("4", format!("{}: Users/{user} was told an older state", world.name())));
                }
                // Of whom the target should not have had, not everything that was true is known here.
                None if history.iter().any(|it| !it.users.contains_key(user)) => {}
                None => found.push(Breach::new("4", format!("{}: Users/{user} was told what never was", world.name()))),
            }
        }
    }
}
