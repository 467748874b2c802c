//! Nothing that is printed, written down or logged holds a person or a secret.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use roster::{Clock, Id, RecordKey, RecordKind};
use sources::{Next, Scope};
use tracing_subscriber::fmt::MakeWriter;

use super::claim;
use super::stranger::DOORBELL;
use crate::kit::reading::{self, Stopped, Whole, go_on};
use crate::kit::{Counterpart, Happening, Trouble, Verdict};

/// Collects what is logged.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn write_down(&self, words: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(words.as_bytes());
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

pub(crate) async fn nothing_printed_holds_people_or_secrets(other: &dyn Counterpart) -> Verdict {
    let paper = Paper::default();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(paper.clone())
        .finish();
    let guard = tracing::subscriber::set_default(log);
    live(other, &paper).await;
    drop(guard);
    if !other.abilities().people {
        return Ok(());
    }
    let (text, people) = (paper.text(), other.people());
    claim(people.personal.len() > 10 && !people.secrets.is_empty(), || "there is nothing to look for".to_owned())?;
    claim(text.len() > 1_000, || "nothing is printed".to_owned())?;
    let personal = people.personal.iter().filter(|it| is_said(&text, it)).count();
    claim(personal == 0, || format!("{personal} names, addresses or numbers are printed"))?;
    let secrets = people.secrets.iter().map(String::as_str).chain(["route-token-that-nobody-may-see"]);
    let secrets = secrets.filter(|it| text.contains(it)).count();
    claim(secrets == 0, || format!("{secrets} secrets are printed"))
}

/// A source's whole life, printed.
async fn live(other: &dyn Counterpart, paper: &Paper) {
    let source = other.source();
    paper.write_down(&format!("{source:?}"));
    let before = printed_read(other, Scope::Full, paper).await.ok();
    for what in Happening::ALL {
        other.clock().advance_seconds(600);
        let whom = other.happens(what).await;
        if let Some(cursor) = before.as_ref().and_then(|it| it.cursor.clone()) {
            let _ = printed_read(other, Scope::Changes { cursor }, paper).await;
        }
        paper.write_down(&format!("{:?}", source.has(RecordKey { kind: other.concerns(), id: whom }).await));
    }
    let subscription = source.subscribe(None, DOORBELL).await;
    paper.write_down(&format!("{subscription:?} {:?}", source.identity(RecordKind::Person, "4711")));
    let (reported, found) = (source.report(&reading::report(other)).await, source.probe().await);
    paper.write_down(&format!("{reported:?} {found:?}"));
    let troubles = [Trouble::Status(400), Trouble::Status(403), Trouble::Status(500), Trouble::Throttled(3)];
    let troubles = troubles.into_iter().chain([Trouble::Reset, Trouble::Truncated, Trouble::SignInPage]);
    for trouble in troubles.chain([Trouble::TokenRevoked]) {
        for page in [0, 3] {
            other.suffers(trouble, page, usize::MAX);
            let _ = printed_read(other, Scope::Full, paper).await;
            let key = RecordKey { kind: RecordKind::Person, id: Id::derived(&["somebody"]) };
            paper.write_down(&format!("{:?} {:?}", source.has(key).await, source.subscribe(None, DOORBELL).await));
            other.recovers();
        }
    }
}

async fn printed_read(other: &dyn Counterpart, scope: Scope, paper: &Paper) -> Result<Whole, Stopped> {
    let mut request = reading::request(scope.clone(), None, other.clock().now());
    while let Ok(page) = other.source().read(&request).await {
        paper.write_down(&format!("{request:?} {page:?}"));
        request.memory = page.memory.or(request.memory);
        match page.next {
            Next::Page(position) => request.position = Some(position),
            Next::End { .. } => break,
        }
    }
    let read =
        go_on(&|| other.source(), reading::request(scope, request.memory, other.clock().now()), Whole::default()).await;
    match &read {
        Ok(whole) => paper.write_down(&format!("{whole:?}")),
        Err(at) => paper.write_down(&format!("{at:?} {}", at.words())),
    }
    read
}

/// Whether the words stand there by themselves: `Dag` is not said in `Dagens`.
fn is_said(text: &str, words: &str) -> bool {
    let is_part = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
    text.match_indices(words)
        .any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + words.len()..].chars().next()))
}
