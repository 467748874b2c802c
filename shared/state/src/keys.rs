//! Keys: the one place where partition and sort keys are spelled.

use roster::{Id, JoinKey, RecordKey, RecordKind, SubjectKey, SubjectKind};

/// Shards of the `due` index and of listings: no tenant is one hot partition.
pub(crate) const SHARDS: u8 = 16;

/// Shards of the lines that wait for a target's window. Those of one person are in one of them.
pub(crate) const LINE_SHARDS: u8 = 32;

/// The sort key of a subject.
pub(crate) const SUBJECT: &str = "SUBJECT";

pub(crate) fn subject(tenant: &str, key: SubjectKey) -> String {
    format!("T#{tenant}#{key}")
}

pub(crate) fn duty(tenant: &str, duty: Id) -> String {
    format!("T#{tenant}#D#{duty}")
}

pub(crate) fn record(tenant: &str, source: &str, key: RecordKey) -> String {
    format!("T#{tenant}#S#{source}#{}#{}", key.kind, key.id)
}

pub(crate) fn meeting(tenant: &str, key: &JoinKey) -> String {
    format!("T#{tenant}#J#{key}")
}

pub(crate) fn source(tenant: &str, source: &str) -> String {
    format!("T#{tenant}#S#{source}")
}

pub(crate) fn target(tenant: &str, target: &str) -> String {
    format!("T#{tenant}#T#{target}")
}

/// A limit that all tenants share.
pub(crate) fn shared_limit(name: &str) -> String {
    format!("LIMIT#{name}")
}

pub(crate) fn lines(tenant: &str, target: &str, shard: u8) -> String {
    format!("T#{tenant}#T#{target}#{shard:02}")
}

pub(crate) fn line_shard(digest: &str) -> u8 {
    spread(digest.as_bytes(), LINE_SHARDS)
}

/// One of some shards.
pub(crate) fn spread(name: &[u8], shards: u8) -> u8 {
    name.iter().fold(0u8, |sum, byte| sum.rotate_left(3) ^ byte) % shards.max(1)
}

/// What is published for those who read at a target.
pub(crate) fn published(tenant: &str, target: &str, resource: &str, id: &str) -> String {
    format!("T#{tenant}#T#{target}#{resource}#{id}")
}

pub(crate) fn published_listing(tenant: &str, target: &str, shelf: &str, shard: u8) -> String {
    format!("T#{tenant}#T#{target}#{shelf}#{shard:02}")
}

pub(crate) fn holds(tenant: &str) -> String {
    format!("T#{tenant}#HOLDS")
}

/// The partition of the `due` index that a subject belongs to.
pub(crate) fn due_shard(shard: u8) -> String {
    format!("DUE#{shard:02}")
}

/// The partition of the `listing` index that a subject belongs to.
pub(crate) fn subject_listing(tenant: &str, key: SubjectKey, shards: u8) -> String {
    format!("T#{tenant}#{}#{:02}", key.kind.letter(), shard(key.id, shards))
}

pub(crate) fn subject_listings(tenant: &str, kind: SubjectKind, shards: u8) -> impl Iterator<Item = String> {
    (0..shards).map(move |shard| format!("T#{tenant}#{}#{shard:02}", kind.letter()))
}

pub(crate) fn record_listing(tenant: &str, source: &str, key: RecordKey, shards: u8) -> String {
    format!("T#{tenant}#S#{source}#{}#{:02}", key.kind, shard(key.id, shards))
}

pub(crate) fn record_listings(
    tenant: &str,
    source: &str,
    kind: RecordKind,
    shards: u8,
) -> impl Iterator<Item = String> {
    (0..shards).map(move |shard| format!("T#{tenant}#S#{source}#{kind}#{shard:02}"))
}

pub(crate) fn shard(id: Id, shards: u8) -> u8 {
    // Every byte takes part: name-based and random identities spread alike.
    spread(id.uuid().as_bytes(), shards)
}

/// Reads `T#{tenant}#{subject}` back.
pub(crate) fn parse_subject(pk: &str) -> Option<(String, SubjectKey)> {
    let rest = pk.strip_prefix("T#")?;
    let split = rest.len().checked_sub("P#00000000-0000-0000-0000-000000000000".len())?;
    let (tenant, key) = rest.split_at_checked(split)?;
    Some((tenant.strip_suffix('#')?.to_owned(), key.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subjects_key_reads_back() {
        let key = SubjectKey::group(Id::derived(&["7A"]));

        assert_eq!(parse_subject(&subject("demo-skolan", key)), Some(("demo-skolan".to_owned(), key)));
    }

    #[test]
    fn identities_spread_over_the_shards() {
        let used: std::collections::BTreeSet<_> =
            (0..500).map(|n: u32| shard(Id::derived(&[&n.to_string()]), SHARDS)).collect();

        assert_eq!(used.len(), usize::from(SHARDS));
    }
}
