//! What stands there as rooms: the classes of the sender's, with those who have accounts.

use super::{MicrosoftGroup, MicrosoftState};
use crate::expected::Room;
use std::collections::{BTreeMap, BTreeSet};

impl MicrosoftState {
    /// The classes by external id, archived ones aside. `extra_owner`: who owns every class beside its teachers.
    pub fn rooms(&self, extra_owner: &str) -> BTreeMap<String, Room> {
        let open = self.classes().filter(|(_, it)| !it.is_archived() && (it.owners.len() < 2 || it.team.is_some()));
        let identified = |class: &MicrosoftGroup| class.class_text("externalId").unwrap_or_default().to_owned();
        open.map(|(_, it)| (identified(it), self.room(it, extra_owner))).collect()
    }

    fn room(&self, class: &MicrosoftGroup, extra_owner: &str) -> Room {
        let name = |id: &String| {
            let user = self.users.get(id).and_then(|it| it.text("userPrincipalName"));
            user.map(str::to_lowercase).filter(|it| it != extra_owner)
        };
        let teachers: BTreeSet<String> = class.owners.iter().filter_map(name).collect();
        let pupils = class.members.iter().filter_map(name).filter(|it| !teachers.contains(it)).collect();
        Room { name: class.text("displayName").unwrap_or_default().to_owned(), pupils, teachers }
    }
}
