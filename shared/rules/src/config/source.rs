//! What all sources share in the tenant's file.

use std::fmt::Display;
use std::str::FromStr;

use toml::{Table, Value};

use super::{Pause, Reader, SOURCE_KEYS, SourceConfig, own_keys};

/// Each key that a doorbell may be signed with costs a digest of its body.
const MOST_SIGNING_SECRETS: usize = 8;

impl Reader<'_> {
    pub(super) fn source(&mut self, at: usize, table: &Table) -> SourceConfig {
        let place = Some(("source", at));
        let minute = self.minute(table, place);
        let poll = table.get("poll_seconds").map_or(Some(60), |it| it.as_integer().and_then(|n| u32::try_from(n).ok()));
        if !poll.is_some_and(|seconds| (10..=86_400).contains(&seconds)) {
            self.problem(place, "poll_seconds", "must be a number of seconds from 10 to 86400");
        }
        let kind = self.text_of(table, "kind", place).unwrap_or_default();
        let source = SourceConfig {
            name: self.text_of(table, "name", place).unwrap_or_default(),
            poll_seconds: poll.unwrap_or(60),
            full_compare_minute: minute,
            pauses: self.pauses(table, place),
            route_token: table.get("route_token").cloned(),
            signing_secrets: self.signing_secrets(table, place),
            join_by: self.words(table, "join_by", place),
            owns: self.words(table, "owns", place),
            settings: own_keys(table, &SOURCE_KEYS),
            kind,
        };
        let keys = self.connectors.source_keys(&source.kind);
        if self.kind_is_known(keys, &source.kind, table, &SOURCE_KEYS, place) {
            let tried = self.connectors.try_source(&source);
            self.tried(tried, place);
        }
        source
    }

    /// An empty list is refused: it would look like protection and be none.
    fn signing_secrets(&mut self, table: &Table, place: Option<(&'static str, usize)>) -> Vec<Value> {
        let Some(value) = table.get("signing_secrets") else { return Vec::new() };
        let secrets = value.as_array().filter(|it| (1..=MOST_SIGNING_SECRETS).contains(&it.len()));
        secrets.cloned().unwrap_or_else(|| {
            self.problem(place, "signing_secrets", "must be a list of 1 to 8 references to secrets");
            Vec::new()
        })
    }

    /// A list of words, each with a meaning of its own, none of them twice. Empty when there is no such key.
    fn words<T: FromStr<Err: Display> + PartialEq>(
        &mut self,
        table: &Table,
        key: &str,
        place: Option<(&'static str, usize)>,
    ) -> Vec<T> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let texts: Option<Vec<&str>> = value.as_array().and_then(|it| it.iter().map(Value::as_str).collect());
        let mut words = Vec::new();
        for text in texts.unwrap_or_default() {
            match text.parse() {
                Ok(word) if !words.contains(&word) => words.push(word),
                Ok(_) => self.problem(place, key, &format!("names {text} twice")),
                Err(error) => self.problem(place, key, &format!("{text} {error}")),
            }
        }
        if words.is_empty() {
            self.problem(place, key, "must be a list of at least one word");
        }
        words
    }

    fn pauses(&mut self, table: &Table, place: Option<(&'static str, usize)>) -> Vec<Pause> {
        let Some(value) = table.get("pauses") else { return Vec::new() };
        let pauses: Option<Vec<Pause>> = value.as_array().and_then(|it| it.iter().map(Pause::read).collect());
        pauses.unwrap_or_else(|| {
            let example = "must be a list such as [{ from = \"06-20\", to = \"07-31\" }], with or without the year";
            self.problem(place, "pauses", example);
            Vec::new()
        })
    }

    fn minute(&mut self, table: &Table, place: Option<(&'static str, usize)>) -> u16 {
        let Some(value) = table.get("full_compare_at") else { return 2 * 60 + 30 };
        let minute = value.as_str().and_then(|text| {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        });
        minute.unwrap_or_else(|| {
            self.problem(place, "full_compare_at", "must be a time of day such as \"02:30\"");
            0
        })
    }
}
