//! `skolbro manual`: groups and teachers of one's own, changed in a tenant's file.
//!
//! The file is where they are kept, and nothing else in it is touched. What is changed is checked before it is written,
//! and takes effect when the file is stored (`skolbro tenant put`); until then `skolbro preview --rules` shows what it
//! would do.

mod edit;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use rules::config::TenantConfig;
use sources::manual::ManualConfig;

use self::edit::{Change, Done, changed, removed};
use super::{Failure, tenant};
use crate::cli::{Manual, ManualGroup, ManualTeachers, Place, Without};
use crate::output::{json, say};

pub(super) fn run(manual: Manual) -> Result<ExitCode, Failure> {
    match manual {
        Manual::List { place, json } => list(&place, json),
        Manual::Group(group) => put(&group.place, &Change::from(&group)),
        Manual::Teachers(teachers) => put(&teachers.place, &Change::from(&teachers)),
        Manual::Remove { place, id } => write(&place, &id, |text| removed(text, &place.source, &id)),
    }
}

fn list(place: &Place, as_json: bool) -> Result<ExitCode, Failure> {
    let Some((config, _)) = tenant::checked(&place.file)? else { return Ok(ExitCode::FAILURE) };
    let own = own(&config, place)?;
    if as_json {
        json(&own);
        return Ok(ExitCode::SUCCESS);
    }
    for group in &own.group {
        let (pupils, staff) = (group.pupils.len(), group.staff.len());
        let days = days(group.start, group.end);
        say(format!("{}  {}  {pupils} pupil(s), {staff} staff{days}", group.id, group.name));
    }
    for added in &own.teachers {
        let (persons, groups) = (added.persons.len(), added.groups.len());
        let days = days(added.start, added.end);
        say(format!("{}  {}  {persons} teacher(s) of {groups} group(s){days}", added.id, added.name));
    }
    if own.group.is_empty() && own.teachers.is_empty() {
        say("There is nothing of your own yet.");
    }
    Ok(ExitCode::SUCCESS)
}

fn own(config: &TenantConfig, place: &Place) -> Result<ManualConfig, Failure> {
    let known = config.sources.iter().find(|it| it.name == place.source && it.kind == edit::KIND);
    let known = known.ok_or_else(|| {
        Failure::new(format!("{} has no source {} of kind {}.", place.file.display(), place.source, edit::KIND))
    })?;
    Ok(toml::Value::Table(known.settings.clone()).try_into()?)
}

fn days(start: Option<jiff::civil::Date>, end: Option<jiff::civil::Date>) -> String {
    match (start, end) {
        (None, None) => String::new(),
        (Some(start), None) => format!(", from {start}"),
        (None, Some(end)) => format!(", to {end}"),
        (Some(start), Some(end)) => format!(", {start} to {end}"),
    }
}

fn put(place: &Place, change: &Change) -> Result<ExitCode, Failure> {
    write(place, &change.id, |text| changed(text, &place.source, change))
}

fn write(
    place: &Place,
    id: &str,
    edited: impl FnOnce(&str) -> Result<(String, Done), edit::EditError>,
) -> Result<ExitCode, Failure> {
    let Some((_, text)) = tenant::checked(&place.file)? else { return Ok(ExitCode::FAILURE) };
    let (text, done) = edited(&text)?;
    if done == Done::Unchanged {
        say(format!("{id}: unchanged."));
        return Ok(ExitCode::SUCCESS);
    }
    if tenant::checked_text(&place.file, &text).is_none() {
        return Err(Failure::new("Nothing was changed."));
    }
    replace(&place.file, &text)?;
    let file = place.file.display();
    say(format!("{id}: {done}. It takes effect when {file} is stored (skolbro tenant put)."));
    Ok(ExitCode::SUCCESS)
}

/// Whole or not at all: a file that is half written would be half a tenant.
fn replace(file: &Path, text: &str) -> Result<(), Failure> {
    let cannot = |error| Failure::new(format!("{} cannot be written: {error}", file.display()));
    let kept = fs::canonicalize(file).map_err(cannot)?;
    let mut beside = kept.clone().into_os_string();
    beside.push(".new");
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&kept)?.permissions()))
        .and_then(|()| fs::rename(&beside, &kept));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        cannot(error)
    })
}

impl From<&ManualGroup> for Change {
    fn from(group: &ManualGroup) -> Self {
        Self {
            list: "group",
            id: group.id.clone(),
            texts: present([
                ("name", group.name.clone()),
                ("organisation", group.organisation.clone()),
                ("kind", group.kind.clone()),
                ("school_type", group.school_type.clone()),
                ("start", group.days.start.map(|it| it.to_string())),
                ("end", group.days.end.map(|it| it.to_string())),
            ]),
            without: group.days.without.iter().map(|it| it.key()).collect(),
            join: vec![("pupils", group.add_pupil.clone()), ("staff", group.add_staff.clone())],
            leave: vec![("pupils", group.remove_pupil.clone()), ("staff", group.remove_staff.clone())],
        }
    }
}

impl From<&ManualTeachers> for Change {
    fn from(teachers: &ManualTeachers) -> Self {
        Self {
            list: "teachers",
            id: teachers.id.clone(),
            texts: present([
                ("name", teachers.name.clone()),
                ("start", teachers.days.start.map(|it| it.to_string())),
                ("end", teachers.days.end.map(|it| it.to_string())),
            ]),
            without: teachers.days.without.iter().map(|it| it.key()).collect(),
            join: vec![("groups", teachers.add_group.clone()), ("persons", teachers.add_person.clone())],
            leave: vec![("groups", teachers.remove_group.clone()), ("persons", teachers.remove_person.clone())],
        }
    }
}

impl Without {
    const fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
            Self::SchoolType => "school_type",
        }
    }
}

fn present<const N: usize>(texts: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    texts.into_iter().filter_map(|(key, text)| text.map(|text| (key, text))).collect()
}
