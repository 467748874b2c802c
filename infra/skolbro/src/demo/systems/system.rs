//! What all receiving systems of the demonstration have in common.

use std::collections::BTreeSet;

use world::{Expected, Moods, World};

/// A receiving system.
pub(super) trait System: Send + Sync {
    /// The target's name.
    fn name(&self) -> &'static str;

    /// The target's table, without its heading and name.
    fn table(&self) -> String;

    /// The variable that the table refers to, and its secret.
    fn secret(&self) -> Option<(&'static str, String)>;

    /// Accounts are made there by somebody else, where the hub only finds them.
    fn open_accounts(&self, names: &BTreeSet<String>) {
        let _ = names;
    }

    /// It behaves like this from the next request on.
    fn be_moody(&self, moods: &Moods);

    /// How it differs from what it should hold, without anybody's name.
    fn differences(&self, world: &World, expected: &Expected) -> Vec<String>;

    /// What the hub did there that it must not.
    fn violations(&self) -> Vec<String>;

    /// How often it was asked.
    fn requests(&self) -> u64;
}
