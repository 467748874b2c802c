//! Every call that is made, as data [admin:directory_v1, classroom:v1]. Pure.

use outbound::{Method, Secret};
use serde_json::{Value, json};

use super::kinds::{MEMBERS, OURS};

/// Which of the two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Directory,
    Classroom,
}

/// A call. Holds personal data: only its method is printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) method: Method,
    /// Segments of the path, not encoded yet.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({:?}, {})", self.service, self.method)
    }
}

impl Call {
    fn new(service: Service, method: Method, rest: &[&str]) -> Self {
        let before: &[&str] = match service {
            Service::Directory => &["admin", "directory", "v1"],
            Service::Classroom => &["v1"],
        };
        let path = before.iter().chain(rest).map(|it| (*it).to_owned()).collect();
        Self { service, method, path, query: Vec::new(), body: None }
    }

    fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// What is wanted to be known of an account, and no more.
const ACCOUNT: &str = "id,primaryEmail,aliases,nonEditableAliases,externalIds,suspended";

/// `users.list`: everybody, 500 at a time.
pub(super) fn list_accounts(page: Option<&str>) -> Call {
    let call = Call::new(Service::Directory, Method::GET, &["users"])
        .query("customer", "my_customer")
        .query("maxResults", "500")
        .query("fields", "nextPageToken,users(id,primaryEmail,aliases,nonEditableAliases)");
    match page {
        Some(page) => call.query("pageToken", page),
        None => call,
    }
}

/// `users.list`: whoever has an external identity.
pub(super) fn find_account(external: &str) -> Call {
    Call::new(Service::Directory, Method::GET, &["users"])
        .query("customer", "my_customer")
        .query("query", format!("externalId:{external}"))
        .query("fields", format!("users({ACCOUNT})"))
}

/// `users.get`, by id, address or alias.
pub(super) fn account(user: &str) -> Call {
    Call::new(Service::Directory, Method::GET, &["users", user]).query("fields", ACCOUNT)
}

/// `users.insert`.
pub(super) fn make_account(body: &Value, password: &Secret, change_it: bool) -> Call {
    let mut body = body.clone();
    body["password"] = Value::String(password.expose().to_owned());
    body["changePasswordAtNextLogin"] = Value::Bool(change_it);
    Call::new(Service::Directory, Method::POST, &["users"]).with(body)
}

/// `users.patch` of an account that the hub made: everything that is written about it but its mark, which is a list and
/// would take the place of what others wrote there. Whether it is suspended is somebody else's affair, unless its person
/// comes back to what the hub suspended.
pub(super) fn change_our_account(user: &str, body: &Value, comes_back: bool) -> Call {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("externalIds");
        if comes_back {
            fields.insert("suspended".to_owned(), Value::Bool(false));
        }
    }
    Call::new(Service::Directory, Method::PATCH, &["users", user]).with(body)
}

/// `users.patch` of an account that was there before: the name only.
pub(super) fn change_adopted_account(user: &str, body: &Value) -> Call {
    Call::new(Service::Directory, Method::PATCH, &["users", user]).with(json!({ "name": body["name"] }))
}

/// `users.patch`: nobody can sign in.
pub(super) fn suspend_account(user: &str) -> Call {
    Call::new(Service::Directory, Method::PATCH, &["users", user]).with(json!({ "suspended": true }))
}

/// `users.delete`.
pub(super) fn delete_account(user: &str) -> Call {
    Call::new(Service::Directory, Method::DELETE, &["users", user])
}

/// Whether an account's external identities say that the hub made it for this person.
pub(super) fn is_marked(external_ids: &[Value], key: &str) -> bool {
    external_ids.iter().any(|it| it["customType"].as_str() == Some(OURS) && it["value"].as_str() == Some(key))
}

/// `courses.create`: an alias in the place of the id makes that alias, so that making it twice is refused.
pub(super) fn make_course(body: &Value, alias: &str, owner: &str) -> Call {
    let body = json!({ "id": alias, "name": body["name"], "ownerId": owner, "courseState": "ACTIVE" });
    Call::new(Service::Classroom, Method::POST, &["courses"]).with(body)
}

/// `courses.get`, by id or alias.
pub(super) fn course(id: &str) -> Call {
    Call::new(Service::Classroom, Method::GET, &["courses", id])
}

/// `courses.patch`: its name, and that it is there to be used.
pub(super) fn change_course(id: &str, body: &Value) -> Call {
    patch_course(id, "name,courseState", json!({ "name": body["name"], "courseState": "ACTIVE" }))
}

/// `courses.patch`: that it is there to be used.
pub(super) fn open_course(id: &str) -> Call {
    patch_course(id, "courseState", json!({ "courseState": "ACTIVE" }))
}

/// `courses.patch`: that it can only be read.
pub(super) fn archive_course(id: &str) -> Call {
    patch_course(id, "courseState", json!({ "courseState": "ARCHIVED" }))
}

fn patch_course(id: &str, mask: &str, body: Value) -> Call {
    Call::new(Service::Classroom, Method::PATCH, &["courses", id]).query("updateMask", mask).with(body)
}

/// `courses.delete`.
pub(super) fn delete_course(id: &str) -> Call {
    Call::new(Service::Classroom, Method::DELETE, &["courses", id])
}

/// `groups.insert`.
pub(super) fn make_group(body: &Value) -> Call {
    Call::new(Service::Directory, Method::POST, &["groups"]).with(body.clone())
}

/// `groups.get`, by id, address or alias.
pub(super) fn group(id: &str) -> Call {
    Call::new(Service::Directory, Method::GET, &["groups", id])
}

/// `groups.list`: all of them, 200 at a time.
pub(super) fn list_groups(page: Option<&str>) -> Call {
    let call = Call::new(Service::Directory, Method::GET, &["groups"])
        .query("customer", "my_customer")
        .query("maxResults", "200")
        .query("fields", "nextPageToken,groups(id,email,description)");
    match page {
        Some(page) => call.query("pageToken", page),
        None => call,
    }
}

/// `groups.patch`.
pub(super) fn change_group(id: &str, body: Value) -> Call {
    Call::new(Service::Directory, Method::PATCH, &["groups", id]).with(body)
}

/// `groups.delete`.
pub(super) fn delete_group(id: &str) -> Call {
    Call::new(Service::Directory, Method::DELETE, &["groups", id])
}

/// `groups.aliases.delete`: an address that a group had before.
pub(super) fn delete_group_alias(id: &str, alias: &str) -> Call {
    Call::new(Service::Directory, Method::DELETE, &["groups", id, "aliases", alias])
}

/// What has rolls: a course or a group, by the name that Google gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'p> {
    pub(super) service: Service,
    pub(super) id: &'p str,
}

impl Place<'_> {
    const fn collection(&self) -> &'static str {
        match self.service {
            Service::Classroom => "courses",
            Service::Directory => "groups",
        }
    }

    /// The thing itself.
    pub(super) fn itself(&self) -> Call {
        Call::new(self.service, Method::GET, &[self.collection(), self.id])
    }

    /// `students.create`, `teachers.create`, `members.insert`. A member of a group is named by `id`, which the contract
    /// has among a member's fields, and which those who write to it use.
    pub(super) fn join(&self, list: &str, user: &str) -> Call {
        let body = match list {
            MEMBERS => json!({ "id": user, "role": "MEMBER" }),
            _ => json!({ "userId": user }),
        };
        Call::new(self.service, Method::POST, &[self.collection(), self.id, list]).with(body)
    }

    /// `students.delete`, `teachers.delete`, `members.delete`.
    pub(super) fn leave(&self, list: &str, user: &str) -> Call {
        Call::new(self.service, Method::DELETE, &[self.collection(), self.id, list, user])
    }

    /// Who is on a roll.
    pub(super) fn list(&self, list: &str, page: Option<&str>) -> Call {
        let call = Call::new(self.service, Method::GET, &[self.collection(), self.id, list]);
        let call = match self.service {
            Service::Directory => call.query("maxResults", "200").query("fields", "nextPageToken,members(id)"),
            Service::Classroom => {
                call.query("pageSize", "100").query("fields", format!("nextPageToken,{list}(userId)"))
            }
        };
        match page {
            Some(page) => call.query("pageToken", page),
            None => call,
        }
    }
}
