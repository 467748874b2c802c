//! What is said on standard output and standard error. The one place that prints.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use serde::Serialize;

/// Says a line.
pub(crate) fn say(line: impl AsRef<str>) {
    println!("{}", line.as_ref());
}

/// Says what went wrong.
pub(crate) fn complain(line: impl AsRef<str>) {
    eprintln!("{}", line.as_ref());
}

/// Prints one JSON object.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("The answer could not be written as JSON: {error}"),
    }
}
