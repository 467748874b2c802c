//! Registers whose exports are dropped as files: files whose columns the settings explain, School Data Sync's sets, and
//! Unikum's pairs.
//!
//! A file is read only when nobody has written to it for a while, and a set of files only when all of it is there and of
//! one delivery. New files that hold everything are a read of everything, so that whoever is missing from them is judged
//! by the guard; an empty, cut or unknown file is an error, and never an empty register.

mod assembly;
mod choice;
mod config;
mod entry;
mod formats;
mod identity;
mod intake;
mod pattern;
pub mod place;
mod plan;
mod problem;
mod reading;
mod records;
mod rows;
mod separated;
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

pub use self::config::{FileDropConfig, Format};
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
        let place = place.ok_or_else(|| ConfigProblem::at("folder", "this hub cannot reach such a place"))?;
        let form = formats::form(&config)?;
        Ok(Self { reader: Reader::new(place, config, form), clock: Arc::clone(&context.clock) })
    }
}

#[async_trait]
impl Source for FileDropSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        self.reader.page(request).await
    }

    /// A folder rings nobody.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        Ok(KINDS.contains(&key.kind) && self.reader.has(key, self.clock.now()).await?)
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        identity::of_record(kind, native)
    }
}
