//! Filters as they are written.

use super::filter::Filter;
use serde_json::Value;

/// Reads a filter from its beginning to its end.
pub(super) struct Reader<'a> {
    rest: &'a str,
    /// What stands for the element, within `any`.
    variable: Option<String>,
}

impl<'a> Reader<'a> {
    /// The filter that a text is; `None`: it is none, or one that is not understood.
    pub(super) fn read(text: &'a str) -> Option<Filter> {
        let mut reader = Self { rest: text, variable: None };
        reader.either().filter(|_| reader.rest.trim().is_empty())
    }

    fn either(&mut self) -> Option<Filter> {
        let mut terms = vec![self.both()?];
        while self.eats_word("or") {
            terms.push(self.both()?);
        }
        if terms.len() == 1 { terms.pop() } else { Some(Filter::Any(terms)) }
    }

    fn both(&mut self) -> Option<Filter> {
        let mut terms = vec![self.term()?];
        while self.eats_word("and") {
            terms.push(self.term()?);
        }
        if terms.len() == 1 { terms.pop() } else { Some(Filter::All(terms)) }
    }

    fn term(&mut self) -> Option<Filter> {
        if self.eats('(') {
            let filter = self.either()?;
            return self.eats(')').then_some(filter);
        }
        let name = self.name()?;
        if name.eq_ignore_ascii_case("startswith") && self.eats('(') {
            let path = self.name()?;
            let start = self.eats(',').then(|| self.text())??;
            return self.eats(')').then(|| Filter::Starts(self.path(&path), start));
        }
        if let Some(list) = name.strip_suffix("/any") {
            return self.any(list);
        }
        let path = self.path(&name);
        if self.eats_word("in") {
            return self.listed(path);
        }
        let value = self.eats_word("eq").then(|| self.value())??;
        Some(Filter::Is(path, value))
    }

    fn any(&mut self, list: &str) -> Option<Filter> {
        let path = self.path(list);
        let variable = self.eats('(').then(|| self.name())??;
        let outer = self.variable.replace(variable);
        let term = self.eats(':').then(|| self.either())??;
        self.variable = outer;
        self.eats(')').then(|| Filter::Holds(path, Box::new(term)))
    }

    fn listed(&mut self, path: Vec<String>) -> Option<Filter> {
        let mut terms = Vec::new();
        if !self.eats('(') {
            return None;
        }
        loop {
            terms.push(Filter::Is(path.clone(), self.value()?));
            if self.eats(')') {
                return Some(Filter::Any(terms));
            }
            if !self.eats(',') {
                return None;
            }
        }
    }

    /// Without casts, and without what stands for the element.
    fn path(&self, name: &str) -> Vec<String> {
        let is_cast = |part: &&str| part.starts_with("microsoft.graph.");
        let mut parts: Vec<&str> = name.split('/').filter(|part| !is_cast(part)).collect();
        if self.variable.as_deref() == parts.first().copied() {
            parts.remove(0);
        }
        parts.into_iter().map(str::to_owned).collect()
    }

    fn name(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_./".contains(letter);
        let end = self.rest.find(|letter| !is_name(letter)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('\'') {
            return self.text().map(Value::String);
        }
        match self.name()?.as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            _ => None,
        }
    }

    /// A text in quotation marks, of which two stand for one within.
    fn text(&mut self) -> Option<String> {
        let mut rest = self.rest.trim_start().strip_prefix('\'')?;
        let mut text = String::new();
        loop {
            let (before, after) = rest.split_once('\'')?;
            text.push_str(before);
            match after.strip_prefix('\'') {
                Some(more) => {
                    text.push('\'');
                    rest = more;
                }
                None => {
                    self.rest = after;
                    return Some(text);
                }
            }
        }
    }

    fn eats(&mut self, letter: char) -> bool {
        let found = self.rest.trim_start().strip_prefix(letter);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn eats_word(&mut self, word: &str) -> bool {
        let trimmed = self.rest.trim_start();
        let (first, rest) = trimmed.split_at_checked(word.len()).unwrap_or(("", ""));
        let is_word = first.eq_ignore_ascii_case(word) && rest.starts_with([' ', '(', '\'']);
        if is_word {
            self.rest = rest;
        }
        is_word
    }
}
