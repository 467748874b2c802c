//! Microsoft 365 as a system that is written to, asked by the book and otherwise.

mod batches;
mod by_hand;
mod classes;
mod groups;
mod lags;
mod links;
mod lists;
mod login;
mod names;
mod quotas;
mod roster;
mod running;
mod teams;
mod unique_names;
mod users;

use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use world::microsoft::{MicrosoftGroup, TeamRole};
use world::wire::{Answer, send};
use world::{MicrosoftOptions, MicrosoftServer, Time};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// A service, a token for it, and its clock.
struct Tenant {
    server: MicrosoftServer,
    token: String,
    seconds: Arc<AtomicI64>,
}

async fn tenant() -> Tenant {
    tenant_with(|_| {}).await
}

async fn tenant_with(alter: impl FnOnce(&mut MicrosoftOptions)) -> Tenant {
    let seconds = Arc::new(AtomicI64::new(1_790_000_000));
    let told = seconds.clone();
    let mut options =
        MicrosoftOptions::new(Time::told_by(move || Timestamp::from_second(told.load(Ordering::SeqCst)).unwrap()));
    alter(&mut options);
    let server = MicrosoftServer::start(options, 0).await.unwrap();
    let token = login(&server, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    Tenant { server, token, seconds }
}

/// A request for a token, with some fields otherwise.
async fn login(server: &MicrosoftServer, otherwise: &[(&str, &str)]) -> Answer {
    let credentials = server.credentials();
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &credentials.client_id),
        ("client_secret", &credentials.client_secret),
        ("scope", "https%3A%2F%2Fgraph.microsoft.com%2F.default"),
    ];
    for (name, value) in otherwise {
        fields.retain(|(own, _)| own != name);
        fields.push((name, value));
    }
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    send("POST", &server.token_url(), &form, &body.join("&")).await.unwrap()
}

impl Tenant {
    /// Lets time pass.
    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A request by the book. A null body is none.
    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask_with(method, path, &[], body).await
    }

    async fn ask_with(&self, method: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend_from_slice(more);
        if !body.is_null() && !more.iter().any(|(name, _)| *name == "content-type") {
            headers.push(("content-type", "application/json"));
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let path = path.replace(' ', "%20");
        let url = if path.starts_with("http") { path } else { format!("{}{path}", self.server.base_url()) };
        send(method, &url, &headers, &body).await.unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, &body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask("PATCH", path, &body).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, &Value::Null).await
    }

    /// `PATCH` with `Prefer: create-if-missing`.
    async fn upsert(&self, name: &str, body: Value) -> Answer {
        let path = format!("/groups(uniqueName='{name}')");
        self.ask_with("PATCH", &path, &[("prefer", "create-if-missing")], &body).await
    }

    /// The id of what is made.
    async fn made(&self, path: &str, body: Value) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn made_user(&self, name: &str) -> String {
        self.made("/users", user(name)).await
    }

    async fn made_users<const N: usize>(&self, names: [&str; N]) -> [String; N] {
        let mut ids = Vec::new();
        for name in names {
            ids.push(self.made_user(name).await);
        }
        ids.try_into().unwrap()
    }

    async fn made_group(&self, nickname: &str) -> String {
        self.made("/groups", group(nickname)).await
    }

    /// A class with a teacher, who is a member, too, and a pupil; and their ids.
    async fn made_class(&self) -> (String, [String; 2]) {
        let users = self.made_users(["tova", "alva"]).await;
        let class = self.made("/education/classes", class("7a")).await;
        let teacher = json!({"@odata.id": format!("{}/education/users/{}", self.server.base_url(), users[0])});
        assert_eq!(self.post(&format!("/education/classes/{class}/teachers/$ref"), teacher).await.status, 204);
        let both: Vec<&String> = users.iter().collect();
        assert_eq!(self.patch(&format!("/groups/{class}"), self.bind("members", &both)).await.status, 204);
        (class, users)
    }

    /// The same, with its team.
    async fn made_team(&self) -> (String, [String; 2]) {
        let (class, users) = self.made_class().await;
        let answer = self.post("/teams", self.team_of(&class)).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        (class, users)
    }

    fn team_of(&self, group: &str) -> Value {
        let base = self.server.base_url();
        json!({
            "template@odata.bind": format!("{base}/teamsTemplates('educationClass')"),
            "group@odata.bind": format!("{base}/groups('{group}')"),
        })
    }

    fn bind(&self, link: &str, users: &[&String]) -> Value {
        let base = self.server.base_url();
        let users: Vec<String> = users.iter().map(|id| format!("{base}/directoryObjects/{id}")).collect();
        json!({format!("{link}@odata.bind"): users})
    }

    fn reference(&self, user: &str) -> Value {
        json!({"@odata.id": format!("{}/directoryObjects/{user}", self.server.base_url())})
    }

    fn membership(&self, user: &str, roles: &[&str]) -> Value {
        json!({
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "roles": roles,
            "user@odata.bind": format!("{}/users('{user}')", self.server.base_url()),
        })
    }

    fn group(&self, id: &str) -> MicrosoftGroup {
        self.server.state().groups[id].clone()
    }

    /// Who is in a team.
    fn team_members(&self, id: &str) -> Vec<(String, TeamRole)> {
        self.group(id).team.unwrap().members.into_iter().collect()
    }

    fn has_broken_nothing(&self) -> bool {
        self.server.violations().is_empty()
    }
}

fn user(name: &str) -> Value {
    json!({
        "accountEnabled": true, "displayName": format!("{name} Provsson"), "mailNickname": name,
        "userPrincipalName": format!("{name}@prov.example"), "mail": format!("{name}@prov.example"),
        "employeeId": format!("e-{name}"),
        "passwordProfile": {"password": "Hemligt-och-7", "forceChangePasswordNextSignIn": true},
    })
}

fn group(nickname: &str) -> Value {
    json!({"displayName": nickname.to_uppercase(), "mailNickname": nickname, "groupTypes": ["Unified"],
        "mailEnabled": true, "securityEnabled": false})
}

fn security_group(nickname: &str) -> Value {
    json!({"displayName": nickname, "mailNickname": nickname, "mailEnabled": false, "securityEnabled": true})
}

fn class(nickname: &str) -> Value {
    json!({"displayName": nickname.to_uppercase(), "mailNickname": nickname, "externalId": format!("ext-{nickname}"),
        "externalSource": "sis", "term": {"displayName": "HT", "startDate": "2026-08-17", "endDate": "2026-12-20"}})
}

/// The body with one property otherwise.
fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// Status and code of a refusal.
fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn message(answer: &Answer) -> String {
    answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
}

fn ids(answer: &Answer) -> Vec<String> {
    let list = answer.json()["value"].as_array().unwrap().clone();
    list.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}
