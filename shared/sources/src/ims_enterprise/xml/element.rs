//! One element with everything in it.

use std::fmt;

/// An element. `Debug` shows its name only.
#[derive(Default, PartialEq, Eq)]
pub(in crate::ims_enterprise) struct Element {
    /// Its name without prefix.
    pub(in crate::ims_enterprise) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Its text without white space around it; `None`: empty.
    pub(in crate::ims_enterprise) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// An attribute's value without white space around it; `None`: absent or empty.
    pub(in crate::ims_enterprise) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first child of a name.
    pub(in crate::ims_enterprise) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.name == name)
    }

    /// All children of a name.
    pub(in crate::ims_enterprise) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> + 'e {
        self.children.iter().filter(move |it| it.name == name)
    }

    /// The text at the end of a path of first children.
    pub(in crate::ims_enterprise) fn at(&self, path: &[&str]) -> Option<&str> {
        path.iter().try_fold(self, |it, name| it.child(name))?.text()
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name)
    }
}
