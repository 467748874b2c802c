//! One file per connector; what all of one sort owe is written once.

mod graph_education;
mod ss12000;
