//! What can be wrong with a map, in words for whoever wrote it.

use super::{ColumnName, Detailed, Entity, FieldMap, RecordMap, TableConfig};
use crate::ConfigProblem;
use crate::file_drop::elements::Path;

impl TableConfig {
    /// What does not show in a single key. `key` leads to the table.
    pub(in crate::file_drop) fn check(&self, key: &str, is_xml: bool) -> Result<(), ConfigProblem> {
        if is_xml && !self.rows.as_deref().is_some_and(is_path_of_rows) {
            let message = "must be the path from the outermost element to those that are rows: Export/Elever/Elev";
            return Err(ConfigProblem::at(&format!("{key}.rows"), message));
        }
        if !is_xml && self.rows.is_some() {
            return Err(ConfigProblem::at(&format!("{key}.rows"), "only with format = \"xml\""));
        }
        if self.maps().next().is_none() {
            let message = "says nothing: give at least one of organisation, term, person, enrolment, duty, group, \
                           membership";
            return Err(ConfigProblem::at(key, message));
        }
        if !self.header && self.columns.is_none() {
            let message = "must be given where there is no header: a row of another length is not read";
            return Err(ConfigProblem::at(&format!("{key}.columns"), message));
        }
        if is_xml && let Some(column) = self.maps().flat_map(|(_, map)| map.every_column()).find(|it| !it.is_path()) {
            let message = format!("{column} is no path such as Namn/Förnamn, @id or ../@id");
            return Err(ConfigProblem::at(key, message));
        }
        for (entity, map) in self.maps() {
            map.check(&format!("{key}.{}", entity.word()), entity, self)?;
        }
        Ok(())
    }
}

/// Names of elements only.
fn is_path_of_rows(text: &str) -> bool {
    text.split('/').all(|name| !name.trim().is_empty() && !name.contains(['@', '.', '*']))
}

impl RecordMap {
    fn check(&self, key: &str, entity: Entity, table: &TableConfig) -> Result<(), ConfigProblem> {
        let (required, further) = entity.fields();
        if let Some(missing) = required.iter().find(|field| !self.fields.contains_key(**field)) {
            return Err(ConfigProblem::at(&format!("{key}.{missing}"), "missing"));
        }
        for (field, map) in &self.fields {
            let key = format!("{key}.{field}");
            if !required.contains(&field.as_str()) && !further.contains(&field.as_str()) {
                let known = [required, further].concat().join(", ");
                return Err(ConfigProblem::at(&key, format!("no such field; there are {known}, only and except")));
            }
            let columns = map.columns();
            let constant = matches!(map, FieldMap::Detailed(Detailed { value: Some(_), .. }));
            if columns.is_empty() != constant {
                return Err(ConfigProblem::at(&key, "must have either column or value"));
            }
            columns.iter().try_for_each(|column| column.check(&key, table))?;
        }
        let filters = self.only.keys().chain(self.except.keys()).chain(self.except_optional.keys());
        filters.map(|name| ColumnName::of_key(name)).try_for_each(|column| column.check(key, table))
    }
}

impl ColumnName {
    fn is_path(&self) -> bool {
        matches!(self, Self::Name(name) if Path::read(name).is_some())
    }

    fn check(&self, key: &str, table: &TableConfig) -> Result<(), ConfigProblem> {
        match self {
            Self::Number(number) if *number == 0 || table.columns.is_some_and(|columns| *number > columns) => {
                Err(ConfigProblem::at(key, "there is no column of this number; they are counted from 1"))
            }
            Self::Name(_) if !table.header => {
                Err(ConfigProblem::at(key, "columns have numbers only where there is no header"))
            }
            _ => Ok(()),
        }
    }
}
