//! The documents say what is true: every test they name exists, and every code the program can say is explained.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    // Without `..`: what is a test is told by its path.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut waiting: Vec<PathBuf> =
        ["functions", "shared", "infra/skolbro", "tests"].iter().map(|it| root().join(it)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// Words in backticks that look like a name in snake case.
fn quoted(document: &str) -> BTreeSet<String> {
    let plain =
        |it: &&str| it.contains('_') && it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    document.split('`').skip(1).step_by(2).filter(plain).map(str::to_owned).collect()
}

/// The names in a document that no function in the code has.
fn missing(document: &str) -> Vec<String> {
    let document = std::fs::read_to_string(root().join(document)).unwrap();
    let sources = sources();
    let unknown = |name: &String| !sources.iter().any(|(_, text)| text.contains(&format!("fn {name}(")));
    quoted(&document).into_iter().filter(unknown).collect()
}

#[test]
fn every_guarantee_names_a_test_that_exists() {
    assert_eq!(missing("docs/GUARANTEES.md"), Vec::<String>::new());
}

#[test]
fn every_answer_to_a_security_requirement_names_a_test_that_exists() {
    // Keys of the tenant's file that the document speaks of.
    let keys = ["base_url", "public_url", "route_token", "signing_secrets", "allow_plain_http", "token_url"];

    let missing: Vec<String> =
        missing("docs/SECURITY.md").into_iter().filter(|name| !keys.contains(&name.as_str())).collect();

    assert_eq!(missing, Vec::<String>::new());
}

/// String literals such as `source.page_failed`, or beginning with one and a colon, outside tests.
fn codes(text: &str) -> BTreeSet<String> {
    let code = |it: &&str| {
        let mut parts = it.split('.');
        let word = |part: Option<&str>| {
            part.is_some_and(|it| {
                it.len() > 2 && it.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
            })
        };
        word(parts.next()) && word(parts.next()) && parts.next().is_none()
    };
    let body = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = body.lines().filter(|line| !line.trim_start().starts_with("//"));
    let literals = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    literals.map(|it| it.split(": ").next().unwrap_or_default()).filter(code).map(str::to_owned).collect()
}

#[test]
fn every_code_is_explained() {
    let errors = std::fs::read_to_string(root().join("docs/ERRORS.md")).unwrap();
    let own = |path: &Path| {
        let text = path.to_string_lossy();
        !text.contains("/tests/") && !text.ends_with("tests.rs")
    };

    let said: BTreeSet<String> =
        sources().iter().filter(|(path, _)| own(path)).flat_map(|(_, text)| codes(text)).collect();
    // Names of fields and files that look like codes.
    let fields = [
        "classes.names",
        "control.json",
        "credentials.username",
        "emails.type",
        "emails.value",
        "enrolments.cancelled",
        "identifier.context",
        "identifier.value",
        "jwt.location",
        "manifest.version",
        "notice_token.location",
        "notice_token.url",
        "notices.fifo",
        "oneroster.version",
        "student.grade",
        "teachers.duty",
        "unikum.relation_columns",
    ];
    let said = said.iter().filter(|code| !fields.contains(&code.as_str()) && !code.ends_with(".csv"));
    let missing: Vec<&String> = said.filter(|code| !errors.contains(&format!("`{code}`"))).collect();

    assert_eq!(missing, Vec::<&String>::new());
}
