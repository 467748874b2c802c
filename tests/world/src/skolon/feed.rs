//! The feeds: what changed since a version tag, a page at a time, oldest change first.

use super::{
    Entity, SkolonGroup, SkolonLicence, SkolonOrganisation, SkolonPlatform, SkolonSchool, SkolonServer, SkolonUser,
    Versioned,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a feed is asked for.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) since: u64,
    pub(super) limit: Option<usize>,
    pub(super) uuid: Option<Uuid>,
    pub(super) user_id: Option<String>,
    pub(super) user: Option<Uuid>,
    pub(super) school: Option<Uuid>,
}

/// A record that a feed shows.
trait Shown {
    fn render(&self, platform: &SkolonPlatform) -> Value;
    fn has_user(&self, _: Uuid) -> bool {
        true
    }
    fn has_school(&self, _: Uuid) -> bool {
        true
    }
}

impl SkolonServer {
    /// One page. Its `versionTag` is that of its last record, so that a client may go on with
    /// either the tag or the cursor; on the last page it is the platform's.
    pub(super) fn feed(&self, entity: Entity, mut wanted: Wanted) -> Value {
        let options = self.options();
        let limit = wanted.limit.unwrap_or(options.largest_page).min(options.largest_page);
        if entity == Entity::License && options.licence_filter_bug {
            wanted.user = None;
        }
        self.with_platform(|platform| {
            let mut found = match entity {
                Entity::Organisation => matching(&platform.organisations, platform, &wanted),
                Entity::School => matching(&platform.schools, platform, &wanted),
                Entity::License => matching(&platform.licences, platform, &wanted),
                Entity::User => matching(&platform.users, platform, &wanted),
                Entity::Group => matching(&platform.groups, platform, &wanted),
            };
            found.sort_by_key(|(version, _)| *version);
            let more = found.len() > limit;
            found.truncate(limit);
            let last = found.last().map_or(wanted.since, |(version, _)| *version);
            let tag = if more { last } else { platform.version };
            let records: Vec<Value> = found.into_iter().map(|(_, render)| render()).collect();
            envelope(entity, records, tag, more)
        })
    }
}

/// A page. Skolon's tag has been seen both as text and as number: licences have the number.
fn envelope(entity: Entity, records: Vec<Value>, tag: u64, more: bool) -> Value {
    let tag = match entity {
        Entity::License => json!(tag),
        _ => json!(tag.to_string()),
    };
    let mut answer = json!({"hasMore": more, "versionTag": tag});
    if more {
        answer["cursor"] = json!(format!("c{}", tag.as_str().map_or(tag.to_string(), str::to_owned)));
    }
    answer[entity.list_key()] = Value::Array(records);
    answer
}

type Render<'a> = Box<dyn FnOnce() -> Value + 'a>;

fn matching<'a, T: Shown>(
    all: &'a BTreeMap<Uuid, Versioned<T>>,
    platform: &'a SkolonPlatform,
    wanted: &Wanted,
) -> Vec<(u64, Render<'a>)> {
    all.values()
        .filter(|record| record.version > wanted.since)
        .filter(|record| wanted.uuid.is_none_or(|uuid| record.uuid == uuid))
        .filter(|record| wanted.user_id.as_ref().is_none_or(|id| record.id == *id))
        .filter(|record| wanted.user.is_none_or(|user| record.content.has_user(user)))
        .filter(|record| wanted.school.is_none_or(|school| record.content.has_school(school)))
        .map(|record| (record.version, Box::new(|| render(record, platform)) as Render<'a>))
        .collect()
}

fn render<T: Shown>(record: &Versioned<T>, platform: &SkolonPlatform) -> Value {
    let mut value = record.content.render(platform);
    value["id"] = json!(record.id);
    value["uuid"] = json!(record.uuid);
    value["isDeleted"] = json!(record.deleted);
    value
}

fn both<T>(all: &BTreeMap<Uuid, Versioned<T>>, uuids: &[Uuid]) -> Vec<Value> {
    let found = uuids.iter().filter_map(|uuid| all.get(uuid));
    found.map(|record| json!({"id": record.id, "uuid": record.uuid})).collect()
}

fn school_id(platform: &SkolonPlatform, school: Uuid) -> Option<&str> {
    platform.schools.get(&school).map(|school| school.id.as_str())
}

impl Shown for SkolonOrganisation {
    fn render(&self, _: &SkolonPlatform) -> Value {
        json!({"name": self.name, "organizationNumber": self.number})
    }
}

impl Shown for SkolonSchool {
    fn render(&self, _: &SkolonPlatform) -> Value {
        json!({
            "name": self.name,
            "organizationNumber": self.organisation_number,
            "schoolUnitCode": self.school_unit_code,
            "externalIdentifiers": [{"type": "schoolUnitCode", "value": self.school_unit_code}],
        })
    }
}

impl Shown for SkolonUser {
    fn render(&self, platform: &SkolonPlatform) -> Value {
        json!({
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": self.email,
            "language": "sv",
            "userType": self.kind.name(),
            "schools": both(&platform.schools, &self.schools),
            "externalIdentifiers": [],
        })
    }

    fn has_school(&self, school: Uuid) -> bool {
        self.schools.contains(&school)
    }
}

impl Shown for SkolonGroup {
    fn render(&self, platform: &SkolonPlatform) -> Value {
        json!({
            "name": self.name,
            "type": self.kind,
            "schoolId": school_id(platform, self.school),
            "users": both(&platform.users, &self.users),
        })
    }

    fn has_school(&self, school: Uuid) -> bool {
        self.school == school
    }
}

impl Shown for SkolonLicence {
    fn render(&self, platform: &SkolonPlatform) -> Value {
        let mut value = json!({
            "users": both(&platform.users, &self.users),
            "productId": self.product,
            "ownerSchoolId": school_id(platform, self.school),
            "expirationDate": self.expires.map(|day| day.to_string()),
        });
        if self.demo {
            value["isDemo"] = json!(true);
        }
        value
    }

    fn has_user(&self, user: Uuid) -> bool {
        self.users.contains(&user)
    }

    fn has_school(&self, school: Uuid) -> bool {
        self.school == school
    }
}
