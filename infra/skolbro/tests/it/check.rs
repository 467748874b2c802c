//! `skolbro tenant check`.

use skolbro::machine::TemporaryFolder;

use crate::process::output;

fn check(text: &str) -> (bool, String) {
    let folder = TemporaryFolder::new().unwrap();
    let file = folder.path().join("tenant.toml");
    std::fs::write(&file, text).unwrap();
    let output = output(&["tenant", "check", file.to_str().unwrap()]);
    let words = String::from_utf8(output.stderr).unwrap();
    (output.status.success(), words.replace(file.to_str().unwrap(), "tenant.toml"))
}

const GOOD: &str = r#"tenant = "demoskolan"
[[source]]
name = "register"
kind = "ss12000"
base_url = "http://127.0.0.1:8088/v2"
token_url = "http://127.0.0.1:8088/token"
client_id = "demo"
client_secret = { env = "REGISTER_SECRET" }
poll_seconds = 60
email_types = ["Skola elev", "Skola personal"]
[[target]]
name = "gleerups-test"
kind = "gleerups"
base_url = "http://127.0.0.1:9000/scim"
api_key = { env = "GLEERUPS_KEY" }
deliver_users = "all"
user_name = ["eppn", "email"]
"#;

#[test]
fn the_readmes_file_has_no_problems() {
    assert_eq!(check(GOOD), (true, String::new()));
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_the_nearest_key() {
    let (good, words) = check(&GOOD.replace("poll_seconds", "poll_second"));

    assert_eq!(
        (good, words.as_str()),
        (false, "tenant.toml:9: source.poll_second: is no key known here; did you mean `poll_seconds`?\n")
    );
}

#[test]
fn a_secret_in_the_file_is_refused() {
    let (good, words) = check(&GOOD.replace("{ env = \"GLEERUPS_KEY\" }", "\"hunter2\""));

    assert!(!good && words.starts_with("tenant.toml:15: target.api_key:") && !words.contains("hunter2"), "{words}");
}
