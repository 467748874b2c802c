use super::*;

struct Known;

impl Connectors for Known {
    fn source_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        (kind == "ss12000").then_some(&["base_url", "client_id"])
    }

    fn target_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        (kind == "gleerups").then_some(&["base_url", "api_key"])
    }

    fn try_source(&self, source: &SourceConfig) -> Result<(), SettingsProblem> {
        if source.settings.contains_key("base_url") {
            return Ok(());
        }
        Err(SettingsProblem { key: Some("base_url".into()), message: "is missing".into() })
    }

    fn try_target(&self, _: &TargetConfig) -> Result<(), SettingsProblem> {
        Ok(())
    }
}

fn problems(text: &str) -> Vec<String> {
    read(text, &Known).unwrap_err().iter().map(ToString::to_string).collect()
}

const GOOD: &str = r#"
tenant = "demoskolan"
[[source]]
name = "register"
kind = "ss12000"
base_url = "https://register.example/v2"
[[target]]
name = "gleerups-test"
kind = "gleerups"
base_url = "https://gleerups.example/scim"
"#;

#[test]
fn a_file_with_the_least_there_can_be_is_read() {
    let config = read(GOOD, &Known).unwrap();

    assert_eq!(
        (config.tenant.as_str(), config.sources[0].poll_seconds, config.sources[0].full_compare_minute),
        ("demoskolan", 60, 150)
    );
}

#[test]
fn an_unknown_key_is_told_with_its_line_and_the_nearest_one() {
    let text = GOOD.replace("base_url = \"https://register", "bas_url = \"https://register");

    assert_eq!(problems(&text), ["line 6: source.bas_url: is no key known here; did you mean `base_url`?"]);
}

#[test]
fn an_unknown_kind_is_told() {
    assert_eq!(problems(&GOOD.replace("gleerups\"", "gleerup\"")), ["line 9: target.kind: there is no kind `gleerup`"]);
}

#[test]
fn what_a_connector_refuses_is_told_with_the_line_of_its_table() {
    let text = GOOD.replace("base_url = \"https://register.example/v2\"\n", "");

    assert_eq!(problems(&text), ["line 3: source.base_url: is missing"]);
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    assert!(problems("tenant = \"a\"\nsource = [")[0].starts_with("line 2: file: is not TOML"));
}

#[test]
fn a_name_used_twice_is_told() {
    let twice = format!("{GOOD}[[source]]\nname = \"register\"\nkind = \"ss12000\"\nbase_url = \"x\"\n");

    assert_eq!(problems(&twice), ["line 12: source.name: `register` is used twice"]);
}

#[test]
fn a_time_that_does_not_exist_is_told() {
    let text = GOOD.replace("kind = \"ss12000\"", "kind = \"ss12000\"\nfull_compare_at = \"25:00\"");

    assert_eq!(problems(&text), ["line 6: source.full_compare_at: must be a time of day such as \"02:30\""]);
}

fn with_signing(secrets: &str) -> String {
    GOOD.replace("kind = \"ss12000\"", &format!("kind = \"ss12000\"\nsigning_secrets = {secrets}"))
}

#[test]
fn several_signing_secrets_are_read_so_that_they_can_be_rotated() {
    let config = read(&with_signing("[{ env = \"NEW\" }, { env = \"OLD\" }]"), &Known).unwrap();

    assert_eq!(config.sources[0].signing_secrets.len(), 2);
}

#[test]
fn signing_secrets_that_are_no_list_or_none_or_too_many_are_told_and_not_repeated() {
    let nine = format!("[{}]", "\"hunter2\",".repeat(9));

    for wrong in ["[]", "\"hunter2\"", nine.as_str()] {
        let told = problems(&with_signing(wrong));

        assert_eq!(told, ["line 6: source.signing_secrets: must be a list of 1 to 8 references to secrets"]);
    }
}

#[test]
fn a_secret_in_a_file_that_is_no_toml_is_not_repeated() {
    for broken in
        ["api_key = \"hunter2", "api_key = hunter2", "api_key = 'hunter2\n'", "hunter2", "[hunter2", "a = 'x' hunter2"]
    {
        let told = problems(&format!("{GOOD}{broken}\n"));

        assert!(!told.join(" ").contains("hunter2"), "{told:?}");
    }
}

#[test]
fn a_section_that_is_no_list_is_told_and_not_passed_over() {
    let text = GOOD.replace("[[target]]", "[target]");

    assert_eq!(problems(&text), ["line 7: target: must be written as a list of tables, each headed [[target]]"]);
}

#[test]
fn a_guard_that_would_hold_nothing_is_told() {
    let text = GOOD.replace("tenant = \"demoskolan\"", "tenant = \"demoskolan\"\nguard = { removed_percent = nan }");

    assert_eq!(problems(&text), ["line 3: guard: removed_percent and replaced_percent must be from 0 to 100"]);
}

#[test]
fn an_address_that_is_no_text_is_told() {
    let text = GOOD.replace("tenant = \"demoskolan\"", "tenant = \"demoskolan\"\npublic_url = 5");

    assert_eq!(problems(&text), ["line 3: public_url: is missing, or not a text"]);
}
