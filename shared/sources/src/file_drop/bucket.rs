//! A bucket's name and prefix, as the settings may give them.

use super::place::DropAddress;
use crate::ConfigProblem;

/// The longest prefix: names of files come behind it, and a key has at most 1,024 bytes.
const LONGEST_PREFIX: usize = 512;

/// Where a bucket's files are.
///
/// The rules are those of Amazon S3's user guide for names of general purpose buckets, but for full stops: what has one
/// is no name below the certificates of S3's hosts.
pub(super) fn address(name: &str, prefix: Option<&str>) -> Result<DropAddress, ConfigProblem> {
    let prefix = prefix.unwrap_or_default();
    if !is_name(name) {
        let message = "must be a bucket's name: 3 to 63 lower-case letters, digits and hyphens, without full stops";
        return Err(ConfigProblem::at("bucket", message));
    }
    if !is_prefix(prefix) {
        let message = "must be folders with / behind each, such as norrbyholm/ or drop/norrbyholm/";
        return Err(ConfigProblem::at("prefix", message));
    }
    Ok(DropAddress::Bucket { name: name.to_owned(), prefix: prefix.to_owned() })
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [name.bytes().next(), name.bytes().last()];
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && ends.into_iter().flatten().all(plain)
}

fn is_prefix(prefix: &str) -> bool {
    let Some(folders) = prefix.strip_suffix('/') else { return prefix.is_empty() };
    let is_folder = |it: &str| !matches!(it, "" | "." | "..") && !it.contains(|sign: char| sign.is_control());
    prefix.len() <= LONGEST_PREFIX && folders.split('/').all(is_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buckets_name_is_one_that_its_host_may_have() {
        let yes = ["skolbro-drop", "abc", "2026"];
        let no = ["ab", "Skolbro", "a.b.c", "-abc", "abc-", "å-drop", "a_b", "a/b", &"a".repeat(64)];

        assert!(yes.iter().all(|name| is_name(name)));
        assert!(!no.iter().any(|name| is_name(name)));
    }

    #[test]
    fn a_prefix_is_whole_folders() {
        let yes = ["", "norrbyholm/", "drop/Norrby holm/"];
        let no =
            ["/", "norrbyholm", "/norrbyholm/", "a//b/", "../", "a/./b/", "a\n/", &format!("{}/", "a".repeat(512))];

        assert!(yes.iter().all(|prefix| is_prefix(prefix)));
        assert!(!no.iter().any(|prefix| is_prefix(prefix)));
    }
}
