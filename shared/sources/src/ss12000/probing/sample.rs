//! What a page shows of its records' make, without what they say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serde_json::value::RawValue;

use crate::ss12000::resource::Resource;

/// No contract has longer names or values.
const LONGEST: usize = 40;

/// Attributes and strange values of a page.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) attributes: BTreeMap<String, usize>,
    pub(super) unknown_values: BTreeMap<String, BTreeSet<String>>,
}

/// A field whose values the standard lists, as a path of names; lists are gone into.
type Enumeration = (&'static [&'static str], &'static [&'static str]);

const SCHOOL_TYPES: &[&str] = &[
    "FS", "FKLASS", "FTH", "OPPFTH", "GR", "GRS", "TR", "SP", "SAM", "GY", "GYS", "VUX", "VUXSFI", "VUXGR", "VUXGY",
    "VUXSARGR", "VUXSARTR", "VUXSARGY", "SFI", "SARVUX", "SARVUXGR", "SARVUXGY", "KU", "YH", "FHS", "STF", "KKU", "HS",
    "ABU", "AU",
];

const ORGANISATION: &[Enumeration] = &[
    (
        &["organisationType"],
        &[
            "Huvudman",
            "Verksamhetsområde",
            "Förvaltning",
            "Rektorsområde",
            "Skola",
            "Skolenhet",
            "Varumärke",
            "Bolag",
            "Övrigt",
        ],
    ),
    (&["schoolTypes"], SCHOOL_TYPES),
];

const PERSON: &[Enumeration] = &[
    (&["securityMarking"], &["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]),
    (&["personStatus"], &["Aktiv", "Utvandrad", "Avliden"]),
    (&["emails", "type"], &["Privat", "Skola elev", "Skola personal", "Arbete övrigt"]),
    (&["enrolments", "schoolType"], SCHOOL_TYPES),
];

const GROUP: &[Enumeration] = &[
    (
        &["groupType"],
        &["Undervisning", "Klass", "Mentor", "Provgrupp", "Schema", "Avdelning", "Personalgrupp", "Övrigt"],
    ),
    (&["schoolType"], SCHOOL_TYPES),
];

const DUTY: &[Enumeration] = &[
    (
        &["dutyRole"],
        &[
            "Rektor",
            "Lärare",
            "Förskollärare",
            "Barnskötare",
            "Bibliotekarie",
            "Lärarassistent",
            "Fritidspedagog",
            "Annan personal",
            "Studie- och yrkesvägledare",
            "Förstelärare",
            "Kurator",
            "Skolsköterska",
            "Skolläkare",
            "Skolpsykolog",
            "Speciallärare/specialpedagog",
            "Skoladministratör",
            "Övrig arbetsledning",
            "Övrig pedagogisk personal",
            "Förskolechef",
        ],
    ),
    (
        &["assignmentRole", "assignmentRoleType"],
        &[
            "Mentor",
            "Förskollärare",
            "Barnskötare",
            "Fritidspedagog",
            "Specialpedagog",
            "Elevhälsopersonal",
            "Pedagogisk ledare",
            "Schemaläggare",
            "Lärarassistent",
            "Administrativ personal",
        ],
    ),
];

const ACTIVITY: &[Enumeration] =
    &[(&["activityType"], &["Undervisning", "Elevaktivitet", "Provaktivitet", "Läraraktivitet", "Övrigt"])];

/// SS 12000:2020 API 2.1.0.
const fn enumerations(resource: Resource) -> &'static [Enumeration] {
    match resource {
        Resource::Organisations => ORGANISATION,
        Resource::Persons => PERSON,
        Resource::Groups => GROUP,
        Resource::Duties => DUTY,
        Resource::Activities => ACTIVITY,
    }
}

impl Sample {
    pub(super) fn of(resource: Resource, data: &[&RawValue]) -> Self {
        let mut sample = Self::default();
        for raw in data {
            if let Ok(Value::Object(record)) = serde_json::from_str(raw.get()) {
                for (name, _) in record.iter().filter(|(_, value)| !value.is_null()) {
                    *sample.attributes.entry(attribute(name)).or_insert(0) += 1;
                }
                sample.look_for_unknown(resource, &Value::Object(record));
            }
        }
        sample
    }

    fn look_for_unknown(&mut self, resource: Resource, record: &Value) {
        for (path, known) in enumerations(resource) {
            let mut found = Vec::new();
            texts(record, path, &mut found);
            for text in found.into_iter().filter(|it| !known.contains(it)) {
                let field = format!("{}.{}", resource.path(), path.join("."));
                self.unknown_values.entry(field).or_default().insert(word(text));
            }
        }
    }
}

fn texts<'v>(value: &'v Value, path: &[&str], found: &mut Vec<&'v str>) {
    match (value, path) {
        (Value::Array(items), path) => items.iter().for_each(|it| texts(it, path, found)),
        (Value::Object(fields), [name, rest @ ..]) => {
            if let Some(value) = fields.get(*name) {
                texts(value, rest, found);
            }
        }
        (Value::String(text), []) => found.push(text),
        _ => {}
    }
}

/// Keys are the contract's, or should be.
fn attribute(name: &str) -> String {
    let plain = name.len() <= LONGEST && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    if plain { name.to_owned() } else { NOT_SHOWN.to_owned() }
}

/// A value that looks like one of a list: short, of few words, and without what addresses and numbers are made of. What
/// somebody wrote in the wrong field may be a name: capitals within are not shown either.
fn word(text: &str) -> String {
    let letters = text.chars().all(|it| it.is_alphabetic() || matches!(it, ' ' | '-' | '/' | '_'));
    let code = text.chars().all(|it| it.is_ascii_uppercase() || it == '_');
    let sentence = text.chars().skip(1).all(|it| !it.is_uppercase());
    let shown = text.len() <= LONGEST && letters && (code || sentence);
    if shown { text.to_owned() } else { NOT_SHOWN.to_owned() }
}

const NOT_SHOWN: &str = "(not shown)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_some_list_is_shown_and_what_may_be_a_person_is_not() {
        let texts = ["Lärarassistent", "Övrig personal", "KOMVUX", "Astrid Provsson", "200112240123", "a@b.example"];

        let hidden = NOT_SHOWN;
        assert_eq!(
            texts.map(word),
            ["Lärarassistent", "Övrig personal", "KOMVUX", hidden, hidden, hidden].map(str::to_owned)
        );
    }
}
