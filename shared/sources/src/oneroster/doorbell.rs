//! OneRoster has no doorbell. Whoever rings all the same – a school's own automation – is heard, and nothing it says.

use crate::doorbell::{Doorbell, DoorbellError, MAX_BODY};

/// Any ring: something may be new.
///
/// # Errors
/// [`DoorbellError::TooLarge`].
pub const fn parse(body: &[u8]) -> Result<Doorbell, DoorbellError> {
    if body.len() > MAX_BODY {
        return Err(DoorbellError::TooLarge);
    }
    Ok(Doorbell::Changed { kinds: Vec::new(), removed: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_a_ring_whatever_it_says() {
        assert_eq!(parse(b"<new/>"), Ok(Doorbell::Changed { kinds: vec![], removed: false }));
    }

    #[test]
    fn a_body_beyond_the_bound_is_not_looked_at() {
        assert_eq!(parse(&vec![b' '; MAX_BODY + 1]), Err(DoorbellError::TooLarge));
    }
}
