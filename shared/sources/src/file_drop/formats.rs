//! Formats that need no more than a map of columns: data, in the form in which schools write their own.

use serde::Deserialize;

use super::config::{FileDropConfig, Format, PersonKey};
use super::intake::Form;
use super::pattern::Pattern;
use super::sequence::Names;
use super::table::{Maps, TableConfig};
use super::text::Separator;
use crate::ConfigProblem;

const AD: &str = include_str!("formats/ad.toml");
const IST_EMAIL: &str = include_str!("formats/ist_email.toml");
const SDS_V1: &str = include_str!("formats/sds_v1.toml");
const SDS_V2_1: &str = include_str!("formats/sds_v2_1.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    table: Vec<TableConfig>,
}

/// How a source's files are chosen and understood: by the format's own tables, or those of its settings.
pub(super) fn form(config: &FileDropConfig) -> Result<Form, ConfigProblem> {
    let text = match config.format {
        Format::Csv => return Ok(Form::Tables(config.table.clone())),
        Format::Xml => return Ok(Form::Elements(config.table.clone())),
        Format::Unikum => return Ok(Form::Unikum(config.unikum.clone())),
        Format::ImsEnterprise => {
            return Ok(Form::ImsEnterprise(sequence(config, "*.xml"), config.ims_enterprise.clone()));
        }
        Format::OneRoster => return Ok(Form::OneRoster(sequence(config, "*.zip"), config.oneroster.clone())),
        Format::IstEmail => IST_EMAIL,
        Format::Ad => AD,
        Format::SdsV1 => SDS_V1,
        Format::SdsV2_1 => SDS_V2_1,
    };
    let unreadable = |error: toml::de::Error| ConfigProblem::at("format", error.message().to_owned());
    let tables: Tables = toml::from_str(text).map_err(unreadable)?;
    let tables = tables.table.into_iter().map(|mut table| {
        if let Some(file) = config.file.clone().filter(|_| config.is_second()) {
            table.file = file;
        }
        with_key(with_codes(table, config), config)
    });
    Ok(Form::Tables(tables.collect()))
}

/// School Data Sync has no column for school unit codes: an identifier of a school that has the form of one is it.
fn with_codes(mut table: TableConfig, config: &FileDropConfig) -> TableConfig {
    if let Maps::One(map) = &mut table.organisation
        && let Some(id) = map.fields.get("id").cloned()
    {
        map.fields.insert("school_unit_code".to_owned(), id.meaning(&config.school_unit_codes));
    }
    table
}

/// What a second source calls people by is also said of them, so that they can be joined by it.
fn with_key(mut table: TableConfig, config: &FileDropConfig) -> TableConfig {
    if let Maps::One(map) = &mut table.person
        && let Some(field) = config.key.and_then(PersonKey::field).filter(|_| config.is_second())
        && let Some(id) = map.fields.get("id").cloned()
    {
        map.fields.insert(field.to_owned(), id);
    }
    table
}

fn sequence(config: &FileDropConfig, usual: &str) -> Names {
    let or = |pattern: &Option<Pattern>, usual| pattern.clone().unwrap_or_else(|| Pattern::of(usual));
    Names { all: or(&config.file, usual), changes: or(&config.changes, "*delta*") }
}

/// What stands between a format's cells, unless the settings say otherwise.
pub(super) const fn separator(format: Format) -> Separator {
    match format {
        Format::SdsV1 | Format::SdsV2_1 => Separator::Comma,
        Format::Unikum => Separator::Tab,
        _ => Separator::Semicolon,
    }
}

/// How a format's dates may be written too.
pub(super) const fn dates(format: Format) -> &'static [&'static str] {
    match format {
        Format::SdsV1 => &["%m/%d/%Y"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_of_ours_would_be_accepted_of_a_school() {
        for text in [SDS_V1, SDS_V2_1] {
            let tables: Tables = toml::from_str(text).unwrap();

            assert!(tables.table.iter().all(|table| table.check("table", false).is_ok()), "{text}");
        }
    }
}
