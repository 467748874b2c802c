//! The Directory API: users, groups with their members, organizational units.

mod address;
mod group_aliases;
mod group_fields;
mod groups;
mod lists;
mod member_lists;
mod members;
mod org_units;
mod query;
mod render;
mod user_fields;
mod user_lists;
mod users;

pub(super) use groups::group_id;
pub(super) use org_units::unit_id;
pub(super) use query::is_below;
pub(super) use users::user_id;

use super::answer::{Outcome, Refusal};
use super::call::Api;
use super::service::{Call, Service};

impl Service<'_> {
    pub(super) fn directory(&mut self, call: &Call) -> Outcome {
        match call.endpoint.id {
            "directory.users.list" => self.list_users(call),
            "directory.users.get" => self.get_user(call),
            "directory.users.insert" => self.insert_user(call),
            "directory.users.patch" | "directory.users.update" => self.change_user(call),
            "directory.users.delete" => self.delete_user(call),
            "directory.users.undelete" => self.undelete_user(call),
            "directory.groups.list" => self.list_groups(call),
            "directory.groups.get" => self.get_group(call),
            "directory.groups.insert" => self.insert_group(call),
            "directory.groups.patch" | "directory.groups.update" => self.change_group(call),
            "directory.groups.delete" => self.delete_group(call),
            "directory.groups.aliases.list" => self.list_group_aliases(call),
            "directory.groups.aliases.insert" => self.insert_group_alias(call),
            "directory.groups.aliases.delete" => self.delete_group_alias(call),
            "directory.members.list" => self.list_members(call),
            "directory.members.get" => self.get_member(call),
            "directory.members.hasMember" => self.has_member(call),
            "directory.members.insert" => self.insert_member(call),
            "directory.members.patch" | "directory.members.update" => self.change_member(call),
            "directory.members.delete" => self.delete_member(call),
            "directory.orgunits.list" => self.list_org_units(call),
            "directory.orgunits.get" => self.get_org_unit(call),
            "directory.orgunits.insert" => self.insert_org_unit(call),
            _ => Err(Refusal::no_such_method(Api::Directory)),
        }
    }

    /// The method of a change, for an object's history.
    fn method_of(call: &Call) -> &'static str {
        call.endpoint.http
    }
}
