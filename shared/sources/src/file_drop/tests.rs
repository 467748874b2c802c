//! What is read of files, format by format, and what never is.

mod bad;
mod csv;
mod others;
mod place;
mod reads;
mod sds;
mod second;
mod unikum;
mod xml;
mod zips;

use std::sync::Arc;

use roster::{Clock, Record, RecordKind};

use self::place::Shelf;
use super::FileDropSource;
use crate::loopback::{Whole, context, whole};
use crate::registry::SourceContext;
use crate::{Scope, SourceError, configuration};

/// A source of what is on the shelf.
fn source(shelf: &Shelf, table: &str) -> FileDropSource {
    let clock: Arc<dyn Clock> = Arc::new(shelf.clock.clone());
    let context = SourceContext { clock, places: Some(Arc::new(shelf.clone())), ..context() };
    FileDropSource::new(configuration::read(&table.parse().unwrap()).unwrap(), &context).unwrap()
}

/// Everything that is on the shelf now.
async fn everything(shelf: &Shelf, table: &str) -> Result<Whole, SourceError> {
    whole(&source(shelf, table), Scope::Full, None).await
}

/// Records, warnings and complete kinds of files that have been there for an hour.
async fn told(files: &[(&str, &[u8])], table: &str) -> Whole {
    everything(&Shelf::of(files), table).await.unwrap()
}

/// Why such files are not read.
async fn refused(files: &[(&str, &[u8])], table: &str) -> SourceError {
    everything(&Shelf::of(files), table).await.unwrap_err()
}

/// Records as they are stored, for snapshots: what is in them is invented.
fn shown(whole: &Whole) -> serde_json::Value {
    let record = |record: &Record| match record {
        Record::Organisation(it) => serde_json::json!({ "organisation": it }),
        Record::Person(it) => serde_json::json!({ "person": it }),
        Record::Group(it) => serde_json::json!({ "group": it }),
        Record::Duty(it) => serde_json::json!({ "duty": it }),
        _ => serde_json::Value::Null,
    };
    serde_json::json!({
        "records": whole.records.iter().map(record).collect::<Vec<_>>(),
        "unreadable": whole.unreadable.iter().map(|it| format!("{} {}", it.code, it.reason)).collect::<Vec<_>>(),
        "complete": whole.complete,
    })
}

fn codes(whole: &Whole) -> Vec<&str> {
    whole.unreadable.iter().map(|it| it.code.as_str()).collect()
}

fn is_complete(whole: &Whole, kind: RecordKind) -> bool {
    whole.complete.contains(&kind)
}
