//! Chance as a dependency: nothing in the hub throws dice of its own, it asks a [`Chance`].

use std::fmt::Debug;

use uuid::Uuid;

/// Gives what nobody can foresee. Passed in, so that a simulation can play the same day twice.
pub trait Chance: Send + Sync + Debug {
    /// Any number, each as likely as the others.
    fn number(&self) -> u64;

    /// From 0 up to, but not including, 1.
    #[allow(clippy::cast_precision_loss)] // 53 bits are what the type holds
    fn share(&self) -> f64 {
        (self.number() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A name that nothing else has: 32 hexadecimal digits.
    fn name(&self) -> String {
        format!("{:016x}{:016x}", self.number(), self.number())
    }
}

/// The operating system's chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn number(&self) -> u64 {
        // A random UUID has a few bits that are always the same, not at the same places in both halves.
        let (high, low) = Uuid::new_v4().as_u64_pair();
        high ^ low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_is_left_to_chance() {
        let numbers: Vec<u64> = (0..200).map(|_| SystemChance.number()).collect();

        let (ever, always) = numbers.iter().fold((0, u64::MAX), |(ever, always), it| (ever | it, always & it));

        assert_eq!((ever, always), (u64::MAX, 0));
    }

    #[test]
    fn a_share_is_less_than_the_whole() {
        #[derive(Debug)]
        struct Largest;
        impl Chance for Largest {
            fn number(&self) -> u64 {
                u64::MAX
            }
        }

        assert!(Largest.share() < 1.0);
    }
}
