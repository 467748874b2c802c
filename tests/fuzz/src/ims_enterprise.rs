//! IMS Enterprise documents.

use roster::RecordKind;
use sources::Unreadable;
use sources::ims_enterprise::{Intake, OpenDocument, Refusal, Rules, Snapshot};

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

/// A document with changes, on top of one with everything; both in pieces of every size.
pub fn ims_enterprise_changes(data: &[u8]) {
    let Ok(everything) = taken(EVERYTHING, EVERYTHING.len(), Intake::new(Rules::default(), today()).open(MOST, None))
    else {
        return;
    };
    let (known, intake) = everything.known();
    let whole = taken(data, data.len().max(1), intake.open_changes(MOST));
    let pieces = taken(EVERYTHING, 7, Intake::new(Rules::default(), today()).open(MOST, None))
        .and_then(|intake| taken(data, 7, intake.open_changes(MOST)));
    assert_eq!(whole.is_ok(), pieces.is_ok(), "where a document is cut decides whether it is read");
    let (Ok(whole), Ok(pieces)) = (whole, pieces) else { return };
    let (mut whole, pieces) = (whole.finish(), pieces.finish());
    let read = told(&whole);
    assert_eq!(read, told(&pieces), "where a document is cut decides what is read");
    record::hold(&read.0, EVERYTHING.len() + data.len());
    is_silent("a warning", &read.1);
    let removed = whole.since(&known);
    assert!(removed.iter().all(|key| !read.0.iter().any(|it| it.key() == *key)), "what is there is said to be gone");
    assert!(removed.iter().all(|key| read.2.contains(&key.kind)), "something is gone of which not everything is known");
}

/// A school with a class and a pupil.
const EVERYTHING: &[u8] = b"<enterprise><person><sourcedid><id>p1</id></sourcedid></person>\
    <group><sourcedid><id>s1</id></sourcedid><grouptype><typevalue>Unit</typevalue></grouptype></group>\
    <group><sourcedid><id>c1</id></sourcedid><grouptype><typevalue>Class</typevalue></grouptype></group>\
    <membership><sourcedid><id>s1</id></sourcedid><member><sourcedid><id>c1</id></sourcedid><idtype>Group</idtype>\
    <role roletype='Class'/></member></membership><membership><sourcedid><id>c1</id></sourcedid><member><sourcedid>\
    <id>p1</id></sourcedid><idtype>Person</idtype><role roletype='Student'/></member></membership></enterprise>";

const MOST: u64 = 64 * 1024 * 1024;

fn taken(data: &[u8], size: usize, mut document: OpenDocument) -> Result<Intake, Refusal> {
    for piece in data.chunks(size) {
        document.feed(piece)?;
    }
    document.close()
}

fn read(data: &[u8], size: usize) -> Result<Read, Refusal> {
    let snapshot = taken(data, size, Intake::new(Rules::default(), today()).open(MOST, None))?.finish();
    is_silent("a snapshot", &snapshot);
    Ok(told(&snapshot))
}

fn told(snapshot: &Snapshot) -> Read {
    let whole = snapshot.page(0, usize::MAX);
    let paged: Vec<_> = (0..=whole.records.len()).flat_map(|number| snapshot.page(number, 1).records).collect();
    assert_eq!(whole.records, paged, "pages do not add up");
    (whole.records, whole.unreadable, snapshot.complete(), snapshot.digest())
}
