use crate::client::{get, skolon};
use crate::register::hear_once;
use crate::{small_world, world_with};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use world::skolon::{SkolonChange, UserType};
use world::{SkolonWebhooks, World};

fn licensed_pupil(world: &World) -> Uuid {
    world.skolon().with_platform(|p| {
        let licensed = p.licensed_users(jiff::civil::date(2026, 10, 14));
        *licensed.iter().find(|u| p.users[u].content.kind == UserType::Student).unwrap()
    })
}

async fn feed(url: &str, token: &str, query: &str) -> Value {
    get(&format!("{url}/{query}"), token).await.json()
}

#[tokio::test]
async fn following_the_cursor_yields_every_user_once() {
    let world = small_world().await;
    let (url, token) = skolon(&world).await;
    let mut found = BTreeSet::new();
    let mut query = "user?limit=40".to_owned();
    loop {
        let page = feed(&url, &token, &query).await;
        for user in page["users"].as_array().unwrap() {
            assert!(found.insert(user["uuid"].to_string()));
        }
        if page["hasMore"] == false {
            break;
        }
        query = format!("user?limit=40&cursor={}", page["cursor"].as_str().unwrap());
    }
    assert_eq!(found.len(), world.skolon().with_platform(|p| p.users.len()));
}

#[tokio::test]
async fn a_user_a_group_a_licence_and_a_school_look_as_known() {
    let world = small_world().await;
    let (url, token) = skolon(&world).await;
    let keys = |v: &Value| {
        let keys: BTreeSet<&str> = v.as_object().unwrap().keys().map(String::as_str).collect();
        keys.into_iter().collect::<Vec<_>>().join(" ")
    };
    let user = feed(&url, &token, "user?limit=1").await["users"][0].clone();
    assert_eq!(keys(&user), "email externalIdentifiers firstName id isDeleted language lastName schools userType uuid");
    let group = feed(&url, &token, "group?limit=1").await["groups"][0].clone();
    assert_eq!(keys(&group), "id isDeleted name schoolId type users uuid");
    let licence = feed(&url, &token, "license?limit=1").await["licenses"][0].clone();
    assert_eq!(keys(&licence), "expirationDate id isDeleted ownerSchoolId productId users uuid");
    let school = feed(&url, &token, "school?limit=1").await["schools"][0].clone();
    assert_eq!(school["schoolUnitCode"].as_str().unwrap().len(), 8);
}

#[tokio::test]
async fn a_version_tag_shows_only_what_changed_since() {
    let world = small_world().await;
    let (url, token) = skolon(&world).await;
    let tag = feed(&url, &token, "user").await["versionTag"].as_str().unwrap().to_owned();
    let user = licensed_pupil(&world);
    world.skolon().apply(&[SkolonChange::UserChanged { user }]).await;
    let changed = feed(&url, &token, &format!("user?versionTag={tag}")).await;
    assert_eq!(changed["users"][0]["uuid"], json!(user));
    assert_eq!(changed["users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn with_the_quirk_the_incremental_feed_misses_a_revocation_but_a_full_read_does_not() {
    let world = world_with(|o| o.skolon.feed_misses_revocations = true).await;
    let (url, token) = skolon(&world).await;
    let tag = feed(&url, &token, "license").await["versionTag"].to_string();
    let user = licensed_pupil(&world);
    world.skolon().apply(&[SkolonChange::LicencesRevoked { user }]).await;
    let missed = feed(&url, &token, &format!("license?versionTag={tag}")).await;
    assert_eq!(missed["licenses"], json!([]));
    let full = feed(&url, &token, "license").await;
    assert!(!full["licenses"].to_string().contains(&user.to_string()));
}

#[tokio::test]
async fn the_licence_filter_returns_others_licences_too() {
    let world = small_world().await;
    let (url, token) = skolon(&world).await;
    let user = licensed_pupil(&world);
    let filtered = feed(&url, &token, &format!("license?userUuid={user}")).await;
    let others =
        filtered["licenses"].as_array().unwrap().iter().filter(|l| !l["users"].to_string().contains(&user.to_string()));
    assert!(others.count() > 0);
}

#[tokio::test]
async fn the_partner_is_told_to_forget_a_user_by_skolons_own_id() {
    let world = small_world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.skolon().set_webhooks(SkolonWebhooks {
        remove_user: Some(format!("http://{}/gdpr", listener.local_addr().unwrap())),
        ..SkolonWebhooks::default()
    });
    let heard = tokio::spawn(hear_once(listener));
    let user = licensed_pupil(&world);
    world.skolon().remove_user(user).await;
    let id = world.skolon().with_platform(|p| p.users[&user].id.clone());
    assert_eq!(heard.await.unwrap(), json!({"userId": id}));
}

#[tokio::test]
async fn a_doorbell_names_the_entities() {
    let world = small_world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.skolon().set_webhooks(SkolonWebhooks {
        data_edits: Some(format!("http://{}/edits", listener.local_addr().unwrap())),
        ..SkolonWebhooks::default()
    });
    let heard = tokio::spawn(hear_once(listener));
    let user = licensed_pupil(&world);
    world.skolon().apply(&[SkolonChange::LicenceAssigned { user }]).await;
    assert_eq!(heard.await.unwrap(), json!({"entities": ["license"]}));
}
