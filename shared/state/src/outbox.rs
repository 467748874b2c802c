//! What goes to targets in files: lines that wait for their window, and the window itself.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use rules::window::{Line, Turn, Window};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::store::{CONCURRENCY, Store};

const WINDOW: &str = "WINDOW";

/// Objects and what relates them are read apart.
const OBJECT: &str = "LINE#O#";
const RELATION: &str = "LINE#R#";

/// A line that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingLine {
    /// What it says.
    pub line: Line,
    place: (String, String),
    revision: u64,
}

/// Lines that may go out together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WaitingLines {
    /// In the order in which they go out.
    pub lines: Vec<WaitingLine>,
    /// Whether others wait that have to go out later.
    pub more: bool,
}

impl Store {
    /// Keeps lines until a file has them. Each replaces what waits about the same.
    ///
    /// # Errors
    /// [`StateError`]; some may have been kept.
    pub async fn keep_lines(&self, tenant: &str, target: &str, lines: &[Line]) -> Result<(), StateError> {
        let mut about = BTreeSet::new();
        // One batch writes no item twice: of lines about the same the last one stays.
        let newest = lines.iter().rev().filter(|line| about.insert((line.turn == Turn::Object, line.about.as_str())));
        let items: Result<Vec<Item>, StateError> = newest.map(|line| item(tenant, target, line)).collect();
        let items = items?.into_iter().map(|item| self.numbered(item, Expect::Anything)).collect();
        self.put_all(items).await
    }

    /// Lines that wait, about `enough` of them: all that are kept together are given together. What relates objects is
    /// given only when no object waits any more that is not among them.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn waiting_lines(&self, tenant: &str, target: &str, enough: usize) -> Result<WaitingLines, StateError> {
        let mut lines = Vec::new();
        for kind in [OBJECT, RELATION] {
            for shard in 0..keys::LINE_SHARDS {
                if lines.len() >= enough {
                    return Ok(in_order(lines, true));
                }
                let pk = keys::lines(tenant, target, shard);
                for item in self.partition(&pk, kind).await? {
                    let line = item.read()?;
                    lines.push(WaitingLine { line, place: item.key(), revision: item.revision });
                }
            }
        }
        Ok(in_order(lines, false))
    }

    /// Lets go of lines that a file has. What has been replaced meanwhile waits on.
    ///
    /// # Errors
    /// [`StateError`]; the rest waits on.
    pub async fn let_go(&self, lines: Vec<WaitingLine>) -> Result<(), StateError> {
        let each = lines.into_iter().map(|it| async move {
            match self.delete(&it.place.0, &it.place.1, it.revision).await {
                Err(StateError::Conflict) => Ok(()),
                gone => gone,
            }
        });
        stream::iter(each).buffer_unordered(CONCURRENCY).try_collect::<Vec<()>>().await.map(drop)
    }

    /// The state of a target's window.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn window(&self, tenant: &str, target: &str) -> Result<Window, StateError> {
        self.read_item(&keys::target(tenant, target), WINDOW).await
    }

    /// Changes it by a pure function, until nobody else came between.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_window(
        &self,
        tenant: &str,
        target: &str,
        decide: impl FnMut(&mut Window),
    ) -> Result<Window, StateError> {
        self.change_item(&keys::target(tenant, target), WINDOW, decide).await
    }
}

fn item(tenant: &str, target: &str, line: &Line) -> Result<Item, StateError> {
    let kind = if line.turn == Turn::Object { OBJECT } else { RELATION };
    let shard = keys::line_shard(&line.with);
    Item::new(keys::lines(tenant, target, shard), format!("{kind}{}", line.about)).with_body(line)
}

fn in_order(mut lines: Vec<WaitingLine>, more: bool) -> WaitingLines {
    lines.sort_by(|a, b| a.line.turn.cmp(&b.line.turn).then_with(|| a.line.text.as_str().cmp(b.line.text.as_str())));
    WaitingLines { lines, more }
}
