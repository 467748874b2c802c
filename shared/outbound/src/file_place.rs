//! Where files are fetched from, or put: a folder or a bucket, as the settings may say it.

use std::path::{Component, PathBuf};

/// The longest prefix: names of files come behind it, and a key has at most 1,024 bytes.
const LONGEST_PREFIX: usize = 512;

/// Where files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePlace {
    /// A folder of this machine, by its absolute path.
    Folder(PathBuf),
    /// What lies in a bucket of Amazon S3, in the hub's own region, directly below a prefix.
    Bucket {
        /// The bucket's name.
        name: String,
        /// What the keys of its files begin with: empty, or with `/` at its end.
        prefix: String,
    },
}

/// Settings name no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct NoFilePlace {
    /// The key it is about.
    pub key: &'static str,
    /// What is wrong.
    pub message: &'static str,
}

impl NoFilePlace {
    const fn because(key: &'static str, message: &'static str) -> Self {
        Self { key, message }
    }
}

impl FilePlace {
    /// The place that `folder`, or `bucket` with `prefix`, name.
    ///
    /// The rules for a bucket's name are those of Amazon S3's user guide for general purpose buckets, but for full stops:
    /// what has one is no name below the certificates of S3's hosts.
    ///
    /// # Errors
    /// [`NoFilePlace`].
    pub fn of(folder: Option<&PathBuf>, bucket: Option<&str>, prefix: Option<&str>) -> Result<Self, NoFilePlace> {
        let folder = match (folder, bucket) {
            (None, Some(bucket)) => return Self::bucket(bucket, prefix.unwrap_or_default()),
            (Some(_), Some(_)) => return Err(NoFilePlace::because("bucket", "only where no folder is named")),
            (None, None) => {
                return Err(NoFilePlace::because("folder", "missing; or name a bucket, for a hub in AWS"));
            }
            (Some(folder), None) => folder,
        };
        if prefix.is_some() {
            return Err(NoFilePlace::because("prefix", "only with bucket"));
        }
        let leads_up = folder.components().any(|it| it == Component::ParentDir);
        if !folder.is_absolute() || leads_up {
            return Err(NoFilePlace::because("folder", "must be an absolute path without .."));
        }
        Ok(Self::Folder(folder.clone()))
    }

    fn bucket(name: &str, prefix: &str) -> Result<Self, NoFilePlace> {
        if !is_name(name) {
            let message = "must be a bucket's name: 3 to 63 lower-case letters, digits and hyphens, without full stops";
            return Err(NoFilePlace::because("bucket", message));
        }
        if !is_prefix(prefix) {
            let message = "must be folders with / behind each, such as norrbyholm/ or drop/norrbyholm/";
            return Err(NoFilePlace::because("prefix", message));
        }
        Ok(Self::Bucket { name: name.to_owned(), prefix: prefix.to_owned() })
    }
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
