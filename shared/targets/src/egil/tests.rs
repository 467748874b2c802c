//! The wire format, the answers, and the portal's behaviour as a target.

mod answers;
mod applying;
mod fixtures;
mod listing;
mod portal;
mod properties;
mod wire;
