//! Registers whose exports are dropped as files: files whose columns the settings explain, School Data Sync's sets, and
//! Unikum's pairs.
//!
//! A file is read only when nobody has written to it for a while, and a set of files only when all of it is there and of
//! one delivery. New files that hold everything are a read of everything, so that whoever is missing from them is judged
//! by the guard; an empty, cut or unknown file is an error, and never an empty register.

mod assembly;
mod chain;
mod choice;
mod config;
mod elements;
mod entry;
mod formats;
pub(crate) mod identity;
mod intake;
pub mod landing;
mod names;
mod pattern;
pub mod place;
mod plan;
mod problem;
mod reading;
mod records;
mod rows;
mod said;
mod separated;
mod sequence;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod unikum;

use std::sync::Arc;

use async_trait::async_trait;
use roster::{Clock, Id, RecordKey, RecordKind};

use self::place::{DropPlaces, LocalFolders};
use self::reading::{KINDS, Reader};
use crate::registry::SourceContext;
use crate::{ConfigProblem, Page, ReadRequest, Source, SourceError, Subscription};

pub use self::config::{FileDropConfig, Format, PersonKey};
pub use self::names::Names;
pub use self::pattern::{NoPattern, Pattern};
pub use self::problem::FileProblem;
pub use self::records::Contents;
pub use self::table::{ColumnName, Detailed, FieldMap, Maps, RecordMap, TableConfig};
pub use self::text::{FinalNewline, Separator, TextEncoding};
pub use self::unikum::{RelationColumn, UnikumConfig};

/// A register whose files are dropped.
#[derive(Debug)]
pub struct FileDropSource {
    reader: Reader,
    clock: Arc<dyn Clock>,
}

impl FileDropSource {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: FileDropConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let address = config.address()?;
        let place = match &context.places {
            Some(places) => places.place(&address),
            None => LocalFolders.place(&address),
        };
        let place = place.ok_or_else(|| ConfigProblem::of_the_whole("this hub cannot reach such a drop place"))?;
        let form = formats::form(&config)?;
        Ok(Self { reader: Reader::new(place, config, form), clock: Arc::clone(&context.clock) })
    }
}

#[async_trait]
impl Source for FileDropSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        self.reader.page(request).await
    }

    /// A folder rings nobody, and a bucket is not asked to.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        Ok(KINDS.contains(&key.kind) && self.reader.has(key, self.clock.now()).await?)
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        identity::of_format(&self.reader.config, kind, native)
    }

    fn only_adds(&self) -> bool {
        self.reader.config.is_second()
    }
}

/// What [`crate::fuzzing`] reaches in here.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use jiff::civil::Date;

    use super::assembly::Assembly;
    use super::elements::Elements;
    use super::entry::Reading;
    use super::rows::Rows;
    use super::separated::Separated;
    use super::unikum::Register;
    use super::{Contents, FileDropConfig, FileProblem, intake};

    const BEFORE: Reading<'_> = Reading { today: Date::ZERO, dates: &[], persons: "file-drop/person" };

    /// A file with separators or an XML file, by the first table of the settings, in pieces of a size.
    pub(crate) fn table(
        config: &FileDropConfig,
        bytes: &[u8],
        size: usize,
        today: Date,
    ) -> Result<Contents, FileProblem> {
        let mut assembly = Assembly::default();
        let reading = Reading { today, ..BEFORE };
        for table in &config.table {
            intake::told(table, &mut assembly);
            let pieces = bytes.chunks(size.max(1));
            if table.rows.is_some() {
                let mut elements = Elements::new(table, "file", config.most_bytes(), reading)?;
                pieces.into_iter().try_for_each(|piece| elements.feed(piece, &mut assembly))?;
                elements.finish(&mut assembly)?;
            } else {
                let mut rows = Separated::new(table, "file", config.text(), reading);
                pieces.into_iter().try_for_each(|piece| rows.feed(piece, &mut assembly))?;
                rows.finish(&mut assembly)?;
            }
        }
        Ok(assembly.finish(today))
    }

    /// A pair of Unikum's files, in pieces of a size.
    pub(crate) fn pair(
        config: &FileDropConfig,
        files: [&[u8]; 2],
        size: usize,
        today: Date,
    ) -> Result<Contents, FileProblem> {
        let mut register = Register::new(today);
        for (bytes, is_relation) in files.into_iter().zip([false, true]) {
            let mut rows = Rows::new("file".to_owned(), config.text());
            let mut take = |row: super::rows::Row<'_>| register.take(row, is_relation, &config.unikum, "file");
            for piece in bytes.chunks(size.max(1)) {
                rows.feed(piece, &mut take)?;
            }
            rows.finish(&mut take)?;
        }
        Ok(register.assembly().finish(today))
    }
}
