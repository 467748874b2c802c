//! What anybody can post at the door.

use sources::doorbell::{Doorbell, DoorbellError, MAX_BODY};

use crate::canary::is_silent;

/// A callback of SS 12000.
pub fn ss12000_doorbell(data: &[u8]) {
    rung("ss12000", data);
}

/// A call of Skolon.
pub fn skolon_doorbell(data: &[u8]) {
    rung("skolon", data);
}

fn rung(kind: &str, data: &[u8]) {
    let Some(heard) = sources::registry::doorbell(kind, data) else { return };
    is_silent("a doorbell", &heard);
    assert_eq!(heard == Err(DoorbellError::TooLarge), data.len() > MAX_BODY);
    match heard {
        Ok(Doorbell::Changed { kinds, .. }) => assert!(kinds.is_sorted_by(|a, b| a < b), "a kind is named twice"),
        Ok(Doorbell::Erase { native, .. }) => {
            assert!(kind == "skolon", "SS 12000 has no erasure calls");
            let native = native.as_str();
            assert!(!native.is_empty() && native.len() <= 256 && native == native.trim(), "no identifier");
        }
        Err(DoorbellError::TooLarge | DoorbellError::Unreadable) => {}
    }
}
