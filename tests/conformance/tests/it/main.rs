//! One file per connector; what all of one sort owe is written once.

mod ims_enterprise;
mod ss12000;
