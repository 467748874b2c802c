//! Lists and single objects.

use super::directory::{Directory, GraphGroup, GraphSchool, GraphUser, Links, Objects, there};
use super::reply::{Asked, Reply};
use super::{GraphEducationOptions, GraphEducationServer};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something that can be shown, as far as it is selected.
pub(super) trait Object {
    fn whole(&self, id: Uuid) -> Value;

    /// `id` is always there; what was never set is not.
    fn render(&self, id: Uuid, select: &[String]) -> Value {
        let whole = self.whole(id);
        let fields = whole.as_object().cloned().unwrap_or_default().into_iter();
        let shown: Map<String, Value> = fields
            .filter(|(name, value)| !value.is_null() && (name == "id" || select.iter().any(|it| it == name)))
            .collect();
        Value::Object(shown)
    }
}

impl Object for GraphSchool {
    fn whole(&self, id: Uuid) -> Value {
        json!({"id": id, "displayName": self.name, "externalId": self.external_id, "externalSource": "sis",
            "schoolNumber": format!("S{}", self.external_id)})
    }
}

impl Object for GraphUser {
    fn whole(&self, id: Uuid) -> Value {
        let external_id = json!({"externalId": self.external_id});
        let (mut student, mut teacher) = (Value::Null, Value::Null);
        match self.role {
            "student" => student = json!({"externalId": self.external_id, "grade": self.grade}),
            "teacher" => teacher = external_id,
            _ => {}
        }
        json!({"id": id, "accountEnabled": true, "displayName": format!("{} {}", self.given_name, self.surname),
            "givenName": self.given_name, "surname": self.surname, "mail": self.mail, "userPrincipalName": self.mail,
            "mailNickname": self.mail.split('@').next(), "userType": "Member", "externalSource": "sis",
            "primaryRole": self.role, "student": student, "teacher": teacher})
    }
}

impl Object for GraphGroup {
    fn whole(&self, id: Uuid) -> Value {
        let term = self
            .term
            .map(|(start, end)| json!({"startDate": start.to_string(), "endDate": end.map(|it| it.to_string())}));
        json!({"id": id, "displayName": self.name, "mailNickname": self.mail_nickname, "externalName": self.name,
            "externalId": self.external_id, "externalSource": self.external_source, "term": term})
    }
}

impl GraphEducationServer {
    /// A list or an object; `None`: there is no such path.
    pub(super) fn object(&self, asked: &Asked<'_>) -> Option<Reply> {
        let parts: Vec<&str> = asked.path.split('/').collect();
        let ["education", collection, rest @ ..] = parts.as_slice() else { return None };
        let options = self.options();
        let entity = match (*collection, rest.get(1).copied()) {
            ("schools", None) | (_, Some("schools")) => "educationSchool",
            ("classes", None) | (_, Some("classes" | "taughtClasses")) => "educationClass",
            ("users", None) | (_, Some("users" | "members" | "teachers")) => "educationUser",
            _ => return None,
        };
        let page = match Page::of(asked) {
            Ok(page) => page,
            Err(()) => return Some(Reply::bad("Request_BadRequest")),
        };
        let select = match &page.select {
            Some(select) => select.clone(),
            None => match self.select(entity, asked) {
                Ok(select) => select,
                Err(()) => return Some(Reply::bad("Request_BadRequest")),
            },
        };
        let size = asked.page_size(options.largest_page);
        self.with_directory(|directory| {
            let view = View { directory, select: &select, options: &options };
            match rest {
                [] => Some(page.of_list(&view.all(entity), asked.path, size, &select)),
                [id] => Some(view.one(entity, id.parse().ok()?).map_or_else(Reply::not_found, Reply::given)),
                [id, of] => Some(match view.related(collection, id.parse().ok()?, of)? {
                    Some(list) => page.of_list(&list, asked.path, size, &select),
                    None => Reply::not_found(),
                }),
                _ => None,
            }
        })
    }
}

/// What is seen of the directory.
struct View<'a> {
    directory: &'a Directory,
    select: &'a [String],
    options: &'a GraphEducationOptions,
}

impl View<'_> {
    fn all(&self, entity: &str) -> Vec<Value> {
        match entity {
            "educationSchool" => self.some(&self.directory.schools, |_| true),
            "educationUser" => self.some(&self.directory.users, |_| true),
            _ => self.classes(|_| true),
        }
    }

    fn one(&self, entity: &str, id: Uuid) -> Option<Value> {
        let list = match entity {
            "educationSchool" => self.some(&self.directory.schools, |it| it == id),
            "educationUser" => self.some(&self.directory.users, |it| it == id),
            _ => self.classes(|it| it == id),
        };
        list.into_iter().next()
    }

    /// `None`: no such relation. `Some(None)`: no such object.
    fn related(&self, collection: &str, id: Uuid, of: &str) -> Option<Option<Vec<Value>>> {
        let directory = self.directory;
        let from = |links: &Links| links.get(&id).cloned().unwrap_or_default();
        let hidden = |links: &Links| if self.options.may_see_members { from(links) } else { BTreeSet::new() };
        let to = |links: &Links| Directory::places_of(links, id);
        let is_there = match collection {
            "schools" => directory.schools().any(|(it, _)| it == id),
            "users" => directory.users().any(|(it, _)| it == id),
            _ => directory.classes().any(|(it, _)| it == id),
        };
        let users = |wanted: BTreeSet<Uuid>| self.some(&directory.users, |it| wanted.contains(&it));
        let schools = |wanted: BTreeSet<Uuid>| self.some(&directory.schools, |it| wanted.contains(&it));
        let classes = |wanted: BTreeSet<Uuid>| self.classes(|it| wanted.contains(&it));
        let list = match (collection, of) {
            ("schools", "users") => users(from(&directory.school_users)),
            ("schools", "classes") => classes(from(&directory.school_classes)),
            ("classes", "members") => users(hidden(&directory.members)),
            ("classes", "teachers") => users(hidden(&directory.owners)),
            ("classes", "schools") => schools(to(&directory.school_classes)),
            ("users", "schools") => schools(to(&directory.school_users)),
            ("users", "classes") => classes(to(&directory.members)),
            ("users", "taughtClasses") => classes(to(&directory.owners)),
            _ => return None,
        };
        Some(is_there.then_some(list))
    }

    fn some<T: Object>(&self, objects: &Objects<T>, wanted: impl Fn(Uuid) -> bool) -> Vec<Value> {
        there(objects).filter(|(id, _)| wanted(*id)).map(|(id, it)| it.render(id, self.select)).collect()
    }

    fn classes(&self, wanted: impl Fn(Uuid) -> bool) -> Vec<Value> {
        self.directory.classes().filter(|(id, _)| wanted(*id)).map(|(id, it)| it.render(id, self.select)).collect()
    }
}

/// Where a list is: in its token, what was skipped and what was selected.
struct Page {
    skipped: usize,
    select: Option<Vec<String>>,
}

impl Page {
    fn of(asked: &Asked<'_>) -> Result<Self, ()> {
        let Some(token) = asked.parameter("$skiptoken") else { return Ok(Self { skipped: 0, select: None }) };
        let (skipped, select) = token.split_once('~').ok_or(())?;
        let select = select.split('.').map(str::to_owned).collect();
        Ok(Self { skipped: skipped.parse().map_err(|_| ())?, select: Some(select) })
    }

    fn of_list(&self, list: &[Value], path: &str, size: usize, select: &[String]) -> Reply {
        let rest = list.get(self.skipped..).unwrap_or_default();
        let mut body = json!({"value": rest.iter().take(size).collect::<Vec<_>>()});
        if rest.len() > size {
            let token = format!("{}~{}", self.skipped + size, select.join("."));
            body["@odata.nextLink"] = json!(format!("{}/{path}?$skiptoken={token}", GraphEducationServer::base_url()));
        }
        Reply::given(body)
    }
}
