//! Paths with variables, such as `/persons/{id}`.

/// Names and values.
pub(super) type Variables<'a> = Vec<(&'a str, &'a str)>;

/// A path as the contract has it.
pub(super) struct Template(Vec<Segment>);

enum Segment {
    Fixed(String),
    Variable(String),
}

impl Template {
    pub(super) fn new(path: &str) -> Self {
        let segments =
            path.split('/').map(|segment| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => Segment::Variable(name.to_owned()),
                None => Segment::Fixed(segment.to_owned()),
            });
        Self(segments.collect())
    }

    /// How many of its segments are variable: of several that match, the one with fewest is meant.
    pub(super) fn vagueness(&self) -> usize {
        self.0.iter().filter(|segment| matches!(segment, Segment::Variable(_))).count()
    }

    /// The variables' names and values; `None` when the path is another.
    pub(super) fn variables<'a>(&'a self, path: &'a str) -> Option<Variables<'a>> {
        let mut parts = path.split('/');
        let mut variables = Variables::new();
        for segment in &self.0 {
            let part = parts.next()?;
            match segment {
                Segment::Fixed(text) if text == part => {}
                Segment::Variable(name) if !part.is_empty() => variables.push((name.as_str(), part)),
                _ => return None,
            }
        }
        parts.next().is_none().then_some(variables)
    }
}
