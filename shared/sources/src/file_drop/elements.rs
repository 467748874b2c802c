//! An XML file, element by element, by its table: the elements that a path leads to are its rows.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::assembly::{Assembly, TooMany};
use super::entry::{At, Reading, Unit, take_row};
use super::plan::{Cells, Plan};
use super::problem::{FileProblem, shown};
use super::separated::{MOST_UNREADABLE, too_many};
use super::table::{ColumnName, TableConfig};
use crate::ims_enterprise::Refusal;
use crate::xml::{DEEPEST, Element, MOST_ELEMENTS, MOST_PIECE, Markup, Sink, Tokens, element, local, understand};

/// Where a field stands, seen from a row: `Namn/Förnamn`, `Klass/@id`, `.` for the row's own text, or `../@id` for an
/// attribute of what is around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    up: usize,
    names: Vec<String>,
    attribute: Option<String>,
}

impl Path {
    /// `None`: no path.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (mut path, mut named) = (Self { up: 0, names: Vec::new(), attribute: None }, false);
        let parts: Vec<&str> = text.split('/').map(str::trim).collect();
        for (place, part) in parts.iter().enumerate() {
            match (*part, part.strip_prefix('@')) {
                ("" | "@", _) => return None,
                ("..", _) if !named => path.up += 1,
                (".", _) if parts.len() == 1 => {}
                ("." | "..", _) => return None,
                (_, Some(attribute)) if place + 1 == parts.len() => path.attribute = Some(attribute.to_owned()),
                (_, Some(_)) => return None,
                (name, None) => {
                    named = true;
                    path.names.push(name.to_owned());
                }
            }
        }
        // Of what is around a row only the attributes have come when the row has.
        (path.up == 0 || (path.names.is_empty() && path.attribute.is_some())).then_some(path)
    }
}

/// An element, and the heads of those around it, outermost first.
struct Row {
    around: Vec<Element>,
    element: Element,
}

/// A row with the paths to its cells.
struct RowCells<'r> {
    row: &'r Row,
    paths: &'r [Path],
}

impl Cells for RowCells<'_> {
    fn cell(&self, place: usize) -> Option<&str> {
        let path = self.paths.get(place)?;
        let base = match path.up.checked_sub(1) {
            None => &self.row.element,
            Some(up) => self.row.around.iter().nth_back(up)?,
        };
        let found = path.names.iter().try_fold(base, |it, name| it.child(name))?;
        path.attribute.as_ref().map_or_else(|| found.text(), |name| found.attribute(name))
    }
}

/// A file being taken in.
pub(super) struct Elements<'s> {
    tokens: Tokens<Walk>,
    told: Told<'s>,
}

struct Told<'s> {
    table: &'s TableConfig,
    name: String,
    reading: Reading<'s>,
    plan: Plan,
    paths: Vec<Path>,
    rows: u64,
    unreadable: u64,
}

impl<'s> Elements<'s> {
    pub(super) fn new(
        table: &'s TableConfig,
        file: &str,
        most_bytes: u64,
        reading: Reading<'s>,
    ) -> Result<Self, FileProblem> {
        let name = shown(file);
        let columns = table.maps().flat_map(|(_, map)| map.every_column());
        let mut places: BTreeMap<ColumnName, usize> = BTreeMap::new();
        let mut paths = Vec::new();
        for column in columns {
            let ColumnName::Name(text) = &column else { continue };
            if let Some(path) = Path::read(text).filter(|_| !places.contains_key(&column)) {
                places.insert(column, paths.len());
                paths.push(path);
            }
        }
        let plan = Plan::of(table, &name, &|column| places.get(column).copied())?;
        let path = table.rows.iter().flat_map(|rows| rows.split('/')).map(|it| it.trim().to_owned()).collect();
        let tokens = Tokens::new(most_bytes, Walk::to(path));
        Ok(Self { tokens, told: Told { table, name, reading, plan, paths, rows: 0, unreadable: 0 } })
    }

    /// Takes in what has arrived.
    pub(super) fn feed(&mut self, bytes: &[u8], into: &mut Assembly) -> Result<(), FileProblem> {
        self.tokens.feed(bytes).map_err(|refusal| self.told.problem(refusal))?;
        let ready = std::mem::take(&mut self.tokens.sink().ready);
        ready.iter().try_for_each(|row| self.told.row(row, into))
    }

    /// There is no more.
    pub(super) fn finish(self, into: &mut Assembly) -> Result<(), FileProblem> {
        let Self { tokens, mut told } = self;
        let (walk, _) = tokens.finish().map_err(|refusal| told.problem(refusal))?;
        walk.ready.iter().try_for_each(|row| told.row(row, into))?;
        if told.rows == 0 && !told.table.may_be_empty {
            let rows = told.table.rows.as_deref().unwrap_or_default();
            let detail = format!("{} has no element {rows}", told.name);
            return Err(FileProblem::new("file_drop.header_only", detail));
        }
        if told.rows > 0 && told.unreadable == told.rows {
            return Err(told.too_unreadable());
        }
        Ok(())
    }
}

impl Told<'_> {
    fn row(&mut self, row: &Row, into: &mut Assembly) -> Result<(), FileProblem> {
        self.rows += 1;
        let cells = RowCells { row, paths: &self.paths };
        let at = At { file: &self.name, line: self.rows, unit: Unit::Element };
        let lost = take_row(&self.plan, &cells, self.reading, at, into).map_err(|TooMany| too_many(&self.name))?;
        self.unreadable += u64::from(lost);
        if self.unreadable > MOST_UNREADABLE { Err(self.too_unreadable()) } else { Ok(()) }
    }

    fn too_unreadable(&self) -> FileProblem {
        let detail = format!("{}: {} of {} elements cannot be read", self.name, self.unreadable, self.rows);
        FileProblem::new("file_drop.rows_unreadable", detail)
    }

    fn problem(&self, refusal: Refusal) -> FileProblem {
        let code = match refusal {
            Refusal::Encoding => "file_drop.encoding",
            Refusal::Truncated => "file_drop.truncated",
            Refusal::DocumentType | Refusal::Entity => "file_drop.xml_entity",
            Refusal::TooLarge(_) => "file_drop.field_too_large",
            Refusal::TooMany(_) => "file_drop.too_many",
            Refusal::NotEnterprise => "file_drop.file_empty",
            Refusal::Malformed | Refusal::NotComplete | Refusal::NotDelta => "file_drop.xml_malformed",
        };
        let why = if refusal == Refusal::NotEnterprise {
            "there is no element in it".to_owned()
        } else {
            refusal.to_string()
        };
        FileProblem::new(code, format!("{}, after element {}: {why}", self.name, self.rows))
    }
}

/// The way to the rows.
struct Walk {
    path: Vec<String>,
    /// Names of the open elements, with their prefixes.
    open: Vec<String>,
    /// Heads of the open elements that the path leads through.
    around: Vec<Element>,
    /// The open elements of the row being read, outermost first.
    record: Vec<Element>,
    size: usize,
    elements: usize,
    ended: bool,
    ready: Vec<Row>,
}

impl Walk {
    const fn to(path: Vec<String>) -> Self {
        Self {
            path,
            open: Vec::new(),
            around: Vec::new(),
            record: Vec::new(),
            size: 0,
            elements: 0,
            ended: false,
            ready: Vec::new(),
        }
    }
}

impl Markup for Walk {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Refusal> {
        if self.ended {
            return Err(Refusal::Malformed);
        }
        if self.open.len() >= DEEPEST {
            return Err(Refusal::TooLarge("the depth of elements"));
        }
        let name = start.name().as_ref().to_owned();
        let depth = self.open.len();
        if self.record.is_empty() {
            let leads = self.around.len() == depth && self.path.get(depth).is_some_and(|it| it == local(&name));
            if leads && depth + 1 == self.path.len() {
                (self.size, self.elements) = (0, 1);
                self.record.push(element(start)?);
            } else if leads {
                self.around.push(element(start)?);
            }
        } else {
            self.elements += 1;
            if self.elements > MOST_ELEMENTS {
                return Err(Refusal::TooLarge("an element"));
            }
            self.record.push(element(start)?);
        }
        self.open.push(name);
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        if self.open.pop().as_deref() != Some(name) {
            return Err(Refusal::Malformed);
        }
        self.ended = self.open.is_empty();
        let Some(closed) = self.record.pop() else {
            self.around.truncate(self.open.len());
            return Ok(());
        };
        match self.record.last_mut() {
            Some(around) => around.children.push(closed),
            None => self.ready.push(Row { around: self.around.clone(), element: closed }),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refusal> {
        if let Some(element) = self.record.last_mut() {
            element.text.push_str(text);
        } else if self.open.is_empty() && !text.trim().is_empty() {
            return Err(Refusal::Malformed);
        }
        Ok(())
    }
}

impl Sink for Walk {
    fn event(&mut self, event: Event<'_>, size: usize) -> Result<(), Refusal> {
        if !self.record.is_empty() {
            self.size = self.size.saturating_add(size);
            if self.size > MOST_PIECE {
                return Err(Refusal::TooLarge("an element"));
            }
        }
        understand(event, self)
    }

    fn ended(&self) -> bool {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_down_to_a_text_or_attribute_and_up_to_attributes_only() {
        let paths = ["Namn", "Namn/Förnamn", "@id", "Klass/@id", "..", "../@id", "../../@id", "."];
        let none = ["", "/Namn", "Namn/", "@id/Namn", "../Namn", "Namn/..", "a/./b", "@"];

        assert_eq!(paths.map(|it| Path::read(it).is_some()), [true, true, true, true, false, true, true, true]);
        assert!(none.iter().all(|it| Path::read(it).is_none()));
    }
}
