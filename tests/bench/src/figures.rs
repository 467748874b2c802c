//! Figures: how they are named, collected and shown.

use std::fmt::Write;

/// A table of figures.
#[derive(Debug, Default)]
pub struct Figures(Vec<(String, String, String)>);

impl Figures {
    /// Adds a figure with what is aimed at.
    pub fn add(&mut self, what: impl Into<String>, figure: impl Into<String>, aim: impl Into<String>) {
        self.0.push((what.into(), figure.into(), aim.into()));
    }

    /// The table as text.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{:58} {:>26}   aim", "what", "figure");
        for (what, figure, aim) in &self.0 {
            let _ = writeln!(text, "{what:58} {figure:>26}   {aim}");
        }
        text
    }
}

/// The value below which a share of the sorted values lies.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // small counts
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.get(place - 1).copied().unwrap_or(f64::NAN)
}
