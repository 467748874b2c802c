//! The handle of one reception.

use std::fmt;
use std::str::FromStr;

/// Names a message and the one reception of it that may delete or release it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) number: u64,
    pub(super) receive_count: u32,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, self.receive_count)
    }
}

impl FromStr for Receipt {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, receive_count) = text.split_once('-').ok_or(())?;
        Ok(Self { number: number.parse().map_err(drop)?, receive_count: receive_count.parse().map_err(drop)? })
    }
}
