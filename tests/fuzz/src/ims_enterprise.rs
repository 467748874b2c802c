//! IMS Enterprise documents.

use roster::RecordKind;
use sources::Unreadable;
use sources::ims_enterprise::{Intake, Refusal, Rules, Snapshot};

use crate::canary::is_silent;
use crate::{record, today};

/// What a document became: its records, what could not be read, and what of it is complete.
type Read = (Vec<roster::Record>, Vec<Unreadable>, Vec<RecordKind>, String);

/// A document, with every further byte sequence that makes one.
pub fn ims_enterprise_document(data: &[u8]) {
    let whole = read(data, data.len().max(1));
    let pieces = read(data, 7);
    assert_eq!(whole.is_ok(), pieces.is_ok(), "where a document is cut decides whether it is read");
    let (Ok(whole), Ok(pieces)) = (whole, pieces) else { return };
    assert_eq!(whole, pieces, "where a document is cut decides what is read");
    let (records, unreadable, complete, _) = whole;
    record::hold(&records, data.len());
    is_silent("a warning", &unreadable);
    assert!(records.is_sorted_by_key(|it| it.key().kind), "groups before persons, or persons before organisations");
    for lost in unreadable.iter().filter(|it| it.lost && it.id.is_none()) {
        assert!(
            !complete.contains(&lost.kind),
            "something is lost that nobody can identify, and might be taken as gone"
        );
    }
}

fn read(data: &[u8], size: usize) -> Result<Read, Refusal> {
    let mut document = Intake::new(Rules::default(), today()).open(64 * 1024 * 1024, None);
    for piece in data.chunks(size) {
        document.feed(piece)?;
    }
    let snapshot = document.close()?.finish();
    is_silent("a snapshot", &snapshot);
    Ok(told(&snapshot))
}

fn told(snapshot: &Snapshot) -> Read {
    let whole = snapshot.page(0, usize::MAX);
    let paged: Vec<_> = (0..=whole.records.len()).flat_map(|number| snapshot.page(number, 1).records).collect();
    assert_eq!(whole.records, paged, "pages do not add up");
    (whole.records, whole.unreadable, snapshot.complete(), snapshot.digest())
}
