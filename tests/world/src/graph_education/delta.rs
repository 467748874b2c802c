//! Delta functions: what there is, then what changed since, page by page.
//!
//! A token says since when, until when, after which object, and what was selected.

use super::directory::{Directory, Objects, Relation, there};
use super::list::Object;
use super::reply::{Asked, Reply};
use super::{GraphEducationOptions, GraphEducationServer};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Where a round of a delta is.
struct Round {
    since: u64,
    until: u64,
    after: Uuid,
    select: Vec<String>,
}

/// The collections that have a delta.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Schools,
    Users,
    Classes,
    Groups,
}

impl Kind {
    fn of(path: &str) -> Option<(Self, &'static str)> {
        Some(match path {
            "education/schools/delta" => (Self::Schools, "educationSchool"),
            "education/users/delta" => (Self::Users, "educationUser"),
            "education/classes/delta" => (Self::Classes, "educationClass"),
            "groups/delta" => (Self::Groups, "group"),
            _ => return None,
        })
    }
}

impl GraphEducationServer {
    /// A page of a delta; `None`: there is no such delta.
    pub(super) fn delta(&self, asked: &Asked<'_>) -> Option<Reply> {
        let (kind, entity) = Kind::of(asked.path)?;
        let options = self.options();
        if kind == Kind::Groups && !options.may_read_groups {
            return Some(Reply::refused(403, "Authorization_RequestDenied"));
        }
        let token = asked.parameter("$skiptoken").or_else(|| asked.parameter("$deltatoken"));
        let round = match token {
            None | Some("latest") => {
                let Ok(select) = self.select(entity, asked) else { return Some(Reply::bad("Request_BadRequest")) };
                let until = self.with_directory(|it| it.version);
                let latest = token.is_some();
                if latest && kind != Kind::Groups {
                    self.blame(format!("{}: \"latest\" is for directory objects only", asked.path));
                }
                Round { since: if latest { until } else { 0 }, until, after: Uuid::nil(), select }
            }
            Some(token) => {
                let Some(mut round) = Round::read(token) else { return Some(Reply::bad("Request_BadRequest")) };
                if round.since.max(round.until) < self.with_directory(|it| it.oldest_token) {
                    return Some(Reply::refused(410, "resyncRequired"));
                }
                if asked.parameter("$deltatoken").is_some() {
                    let until = self.with_directory(|it| it.version);
                    round = Round { since: round.until, until, after: Uuid::nil(), ..round };
                }
                round
            }
        };
        let size = asked.page_size(options.largest_page);
        Some(self.with_directory(|directory| page(directory, kind, asked.path, round, size, &options)))
    }
}

fn page(
    directory: &Directory,
    kind: Kind,
    path: &str,
    mut round: Round,
    size: usize,
    options: &GraphEducationOptions,
) -> Reply {
    let mut found = match kind {
        Kind::Schools => objects(&directory.schools, &round, true, |_| true),
        Kind::Users => objects(&directory.users, &round, options.user_delta_tells_removed, |_| true),
        Kind::Classes => objects(&directory.groups, &round, false, |it| it.external_source.is_some()),
        Kind::Groups => groups(directory, &round, options),
    };
    found.retain(|(id, _)| *id > round.after);
    let more = found.len() > size;
    found.truncate(size);
    let link = if more { ("@odata.nextLink", "$skiptoken") } else { ("@odata.deltaLink", "$deltatoken") };
    round.after = found.last().map_or(round.after, |(id, _)| *id);
    let value: Vec<Value> = found.into_iter().map(|(_, value)| value).collect();
    let url = format!("{}/{path}?{}={}", GraphEducationServer::base_url(), link.1, round.write());
    Reply::given(json!({"@odata.context": "…/$metadata#delta", "value": value, link.0: url}))
}

fn objects<T: Object>(
    objects: &Objects<T>,
    round: &Round,
    tells_removed: bool,
    wanted: impl Fn(&T) -> bool,
) -> Vec<(Uuid, Value)> {
    let changed = objects.iter().filter(|(_, it)| it.version > round.since && wanted(&it.content));
    // What was there and gone before the first round is not told.
    let told = changed.filter(|(_, it)| !it.removed || (tells_removed && round.since > 0));
    let render = |id: &Uuid, removed: bool, content: &T| {
        if removed { json!({"id": id, "@removed": {"reason": "changed"}}) } else { content.render(*id, &round.select) }
    };
    told.map(|(id, it)| (*id, render(id, it.removed, &it.content))).collect()
}

fn groups(directory: &Directory, round: &Round, options: &GraphEducationOptions) -> Vec<(Uuid, Value)> {
    let moves = || directory.moves.iter().filter(|it| it.version > round.since);
    let removed = directory.groups.iter().filter(|(_, it)| it.removed && it.version > round.since && round.since > 0);
    let gone = removed.map(|(id, _)| (*id, json!({"id": id, "@removed": {"reason": "changed"}})));
    let changed: BTreeSet<Uuid> = moves().map(|it| it.group).collect();
    let there: BTreeSet<Uuid> = there(&directory.groups).map(|(id, _)| id).collect();
    let mut found: Vec<(Uuid, Value)> = gone.collect();
    for group in changed.intersection(&there) {
        let mut value = json!({"id": group});
        for (relation, name) in [(Relation::Member, "members"), (Relation::Owner, "owners")] {
            let of_group = moves().filter(|it| it.group == *group && it.relation == relation);
            let list: Vec<Value> = of_group.map(|it| moved(it.user, it.came)).collect();
            let selected = round.select.iter().any(|it| it == name) && options.may_see_members;
            if selected && !list.is_empty() {
                value[format!("{name}@delta")] = Value::Array(list);
            }
        }
        found.push((*group, value));
    }
    found.sort_by_key(|(id, _)| *id);
    found
}

fn moved(user: Uuid, came: bool) -> Value {
    let mut value = json!({"@odata.type": "#microsoft.graph.user", "id": user});
    if !came {
        value["@removed"] = json!({"reason": "deleted"});
    }
    value
}

impl Round {
    /// Opaque to everybody else.
    fn write(&self) -> String {
        let text = format!("{}|{}|{}|{}", self.since, self.until, self.after, self.select.join(","));
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    fn read(token: &str) -> Option<Self> {
        let byte = |at: usize| u8::from_str_radix(token.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..token.len()).step_by(2).map(byte).collect();
        let text = String::from_utf8(bytes?).ok()?;
        let [since, until, after, select] = text.split('|').collect::<Vec<_>>().try_into().ok()?;
        Some(Self {
            since: since.parse().ok()?,
            until: until.parse().ok()?,
            after: after.parse().ok()?,
            select: select.split(',').map(str::to_owned).collect(),
        })
    }
}
