//! A table's maps, with every column found.

use std::collections::BTreeMap;

use super::problem::FileProblem;
use super::table::{ColumnName, Detailed, Entity, FieldMap, RecordMap, TableConfig};

/// The cells of a row, wherever they come from.
pub(super) trait Cells {
    /// A cell without surrounding blanks; `None`: there is none, or it is empty.
    fn cell(&self, place: usize) -> Option<&str>;
}

/// What a table's rows say, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) maps: Vec<PlannedMap>,
}

/// One thing that a row says.
#[derive(Debug)]
pub(super) struct PlannedMap {
    pub(super) entity: Entity,
    only: Vec<(usize, Vec<String>)>,
    except: Vec<(usize, Vec<String>)>,
    fields: BTreeMap<String, PlannedField>,
}

/// One field.
#[derive(Debug, Default)]
struct PlannedField {
    places: Vec<usize>,
    constant: Option<String>,
    values: BTreeMap<String, String>,
    otherwise: Option<String>,
}

impl Plan {
    /// Finds every column by `place`. `name` is the file's, as it may be shown.
    ///
    /// # Errors
    /// `file_drop.header_wrong`, with the column that is missing.
    pub(super) fn of(
        table: &TableConfig,
        name: &str,
        place: &dyn Fn(&ColumnName) -> Option<usize>,
    ) -> Result<Self, FileProblem> {
        let maps = table.maps().map(|(entity, map)| PlannedMap::of(entity, map, name, place));
        Ok(Self { maps: maps.collect::<Result<_, _>>()? })
    }
}

impl PlannedMap {
    fn of(
        entity: Entity,
        map: &RecordMap,
        name: &str,
        place: &dyn Fn(&ColumnName) -> Option<usize>,
    ) -> Result<Self, FileProblem> {
        let missing = |column: &ColumnName| {
            FileProblem::new("file_drop.header_wrong", format!("{name}: there is no column {column}"))
        };
        let filter = |wanted: &BTreeMap<String, Vec<String>>| {
            let places = wanted.iter().map(|(column, values)| {
                let column = ColumnName::of_key(column);
                place(&column).map(|place| (place, values.clone())).ok_or_else(|| missing(&column))
            });
            places.collect::<Result<Vec<_>, _>>()
        };
        let mut fields = BTreeMap::new();
        for (field, map) in &map.fields {
            let mut planned = PlannedField::default();
            for column in map.columns() {
                match place(&column) {
                    Some(place) => planned.places.push(place),
                    None if map.is_optional() => {}
                    None => return Err(missing(&column)),
                }
            }
            if let FieldMap::Detailed(Detailed { value, values, otherwise, .. }) = map {
                planned.constant.clone_from(value);
                planned.values.clone_from(values);
                planned.otherwise.clone_from(otherwise);
            }
            fields.insert(field.clone(), planned);
        }
        let mut except = filter(&map.except)?;
        let optional = map.except_optional.iter();
        except.extend(optional.filter_map(|(it, values)| Some((place(&ColumnName::of_key(it))?, values.clone()))));
        Ok(Self { entity, only: filter(&map.only)?, except, fields })
    }

    /// Whether the map concerns a row.
    pub(super) fn concerns(&self, cells: &dyn Cells) -> bool {
        let has = |(place, values): &(usize, Vec<String>)| {
            let cell = cells.cell(*place).unwrap_or_default();
            values.iter().any(|value| value.trim().eq_ignore_ascii_case(cell))
        };
        self.only.iter().all(has) && !self.except.iter().any(has)
    }

    /// A field's text, with what its values mean; `None`: not mapped, or empty.
    pub(super) fn text<'t>(&'t self, cells: &'t dyn Cells, field: &str) -> Option<&'t str> {
        let field = self.fields.get(field)?;
        if let Some(constant) = &field.constant {
            return Some(constant.as_str()).filter(|text| !text.is_empty());
        }
        let cell = field.places.iter().find_map(|place| cells.cell(*place))?;
        let meant = field.values.iter().find(|(value, _)| value.eq_ignore_ascii_case(cell)).map(|(_, meaning)| meaning);
        let text = meant.or(field.otherwise.as_ref()).map_or(cell, String::as_str);
        (!text.is_empty()).then_some(text)
    }

    /// The number of the column that a field stands in, from 1.
    pub(super) fn column(&self, field: &str) -> Option<usize> {
        self.fields.get(field)?.places.first().map(|place| place + 1)
    }
}
