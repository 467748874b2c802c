//! Files that are sent: who may send, and what is taken.

use skolbro::machine::TemporaryFolder;
use world::WorldOptions;
use world::wire::{Answer, send};

use crate::stage::Stage;

const KEY: &str = "a-key-of-the-school-that-nobody-guesses";

/// SHA-256 of "first", reckoned by another program.
const FIRST: &str = "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e";

/// A hub that neither reads nor delivers, with a source that takes files.
struct Door {
    stage: Stage,
    folder: TemporaryFolder,
}

impl Door {
    async fn new(seed: u64) -> Self {
        let folder = TemporaryFolder::new().unwrap();
        let source = format!(
            "\n[[source]]\nname = 'files'\nkind = 'file-drop'\nformat = 'csv'\nfolder = '{}'\n\
             drop_key = {{ env = 'SCHOOLS_KEY' }}\n[[source.table]]\nfile = '*.csv'\n\
             person = {{ id = 'Id', given_name = 'First', family_name = 'Last' }}\n",
            folder.path().display()
        );
        let options = WorldOptions { seed, pupils: 5, ..WorldOptions::default() };
        let stage = Stage::configured(options, &[("SCHOOLS_KEY", KEY)], |text| text + &source).await;
        Self { stage, folder }
    }

    async fn call(&self, method: &str, place: &str, key: &str, body: &str) -> Answer {
        let url = format!("{}/drops/{place}", self.stage.url);
        let proof = format!("Bearer {key}");
        send(method, &url, &[("authorization", &proof), ("content-type", "application/json")], body).await.unwrap()
    }

    async fn notices(&self) -> u64 {
        self.stage.machine.hub.queues.notices.depth().await.unwrap().total()
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        names.filter(|it| !it.starts_with('.')).collect()
    }
}

fn announcement(name: &str, size: usize) -> String {
    format!(r#"{{"files":[{{"name":"{name}","size":{size},"sha256":"{FIRST}"}}]}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_key_is_not_told_whether_there_is_a_door() {
    let door = Door::new(91).await;
    let announcement = announcement("a.csv", 5);

    let mut answers = Vec::new();
    for (place, key) in [
        ("demoskolan/files", "guessed-by-somebody-else"),
        ("demoskolan/files", ""),
        ("demoskolan/register", KEY),
        ("demoskolan/nothing", KEY),
        ("nobody/files", KEY),
    ] {
        let answer = door.call("POST", place, key, &announcement).await;
        answers.push((answer.status, answer.json().to_string()));
    }

    let same = answers.iter().all(|it| *it == answers[0]);
    assert!(same && answers[0].0 == 404 && answers[0].1.contains("webhook.no_such_door"), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_finished_is_there_and_the_source_is_rung() {
    let door = Door::new(92).await;
    let announcement = announcement("a.csv", 5);
    let announced = door.call("POST", "demoskolan/files", KEY, &announcement).await;
    let at = announced.json()["missing"][0]["url"].as_str().unwrap().replacen("/drops/", "", 1);

    let kept = door.call("PUT", &at, KEY, "first").await;
    let before = (door.files(), door.notices().await);
    let finished = door.call("POST", "demoskolan/files/finish", KEY, &announcement).await;

    assert_eq!((announced.status, kept.status, finished.status), (200, 204, 200));
    assert_eq!((before, door.files(), door.notices().await), ((vec![], 0), vec!["a.csv".to_owned()], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_a_problem_document_and_nothing_is_kept() {
    let door = Door::new(93).await;
    let part = format!("demoskolan/files/{}/0/0", "0".repeat(32));
    let up = format!("demoskolan/files/{}/0/0", "..%2f".repeat(6));

    let mut seen = Vec::new();
    for (method, place, body) in [
        ("POST", "demoskolan/files", "{".to_owned()),
        ("POST", "demoskolan/files", announcement("../a.csv", 5)),
        ("POST", "demoskolan/files", announcement("a.csv", 600_000_000)),
        ("POST", "demoskolan/files", "x".repeat(70_000)),
        ("POST", "demoskolan/files/finish", announcement("a.csv", 5)),
        ("PUT", &part, "first".to_owned()),
        ("PUT", &up, "first".to_owned()),
        ("PUT", &part, "x".repeat(4 * 1024 * 1024 + 1)),
    ] {
        let answer = door.call(method, place, KEY, &body).await;
        seen.push((answer.status, answer.json()["code"].as_str().unwrap().to_owned()));
    }

    let expected = [
        (400, "doorbell.unreadable"),
        (422, "drop.name_not_read"),
        (422, "drop.too_large"),
        (413, "doorbell.too_large"),
        (409, "drop.not_announced"),
        (409, "drop.not_announced"),
        (409, "drop.not_announced"),
        (413, "doorbell.too_large"),
    ];
    assert_eq!(seen, expected.map(|(status, code)| (status, code.to_owned())));
    assert_eq!((door.files(), door.notices().await), (vec![], 0));
}
