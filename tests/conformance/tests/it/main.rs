//! One file per connector; what all of one sort owe is written once.

mod ss12000;
