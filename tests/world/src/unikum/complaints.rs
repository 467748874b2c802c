//! What was wrong, in words without personal data.

/// So many are kept: one fault in every row of a large file says no more than the first thousand do.
const MOST: usize = 1_000;

/// Complaints in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Complaints(Vec<String>);

impl Complaints {
    pub(super) fn say(&mut self, complaint: String) {
        match self.0.len() {
            said if said < MOST => self.0.push(complaint),
            MOST => self.0.push("further complaints are not kept".to_owned()),
            _ => {}
        }
    }

    /// Of what lies there for long, and is seen again and again.
    pub(super) fn say_once(&mut self, complaint: String) {
        if !self.0.contains(&complaint) {
            self.say(complaint);
        }
    }

    pub(super) fn all(&self) -> &[String] {
        &self.0
    }
}
