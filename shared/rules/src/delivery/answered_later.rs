//! What a target says of an object only after it seemed to have taken it.

use jiff::Timestamp;

use super::{Delivery, Lane, Trouble};
use crate::object::{DeliveredObject, ObjectKey, Origin, Ties};

/// How a target was told of an object, by whoever is answered only later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub key: ObjectKey,
    /// The fingerprint of what was told; `None`: that it is to be taken away.
    pub fingerprint: Option<String>,
    /// Objects that it needs.
    pub needs: Vec<ObjectKey>,
}

impl Delivery {
    /// The target has turned down afterwards what it seemed to have taken: `told` is how the object was told. Gives whether
    /// that is settled now; `false`: somebody works on it, and it has to be told again.
    pub fn turn_down(&mut self, told: &Told, is_there: bool, trouble: Trouble, now: Timestamp) -> bool {
        if self.lease.as_ref().is_some_and(|lease| lease.until > now) {
            return false;
        }
        let certain = |it: &Self| it.objects.iter().filter(|it| it.is_certain()).count();
        let before = certain(self);
        if !self.doubt(told, is_there) {
            // Something newer about it has been told since, and is answered for by itself.
            return true;
        }
        if certain(self) != before {
            self.untold = self.untold.or(Some(now));
        }
        if !self.dead {
            // What is about to be decided anew is told anew, and answered for then.
            let seen = if self.known_at.is_some() { self.wanted.saturating_sub(1) } else { self.wanted };
            self.die(seen, trouble);
        }
        true
    }

    /// The target has taken an object in part: it is sent again at an instant. The answer is that of [`Self::turn_down`].
    pub fn send_again(&mut self, told: &Told, at: Timestamp, trouble: Trouble, now: Timestamp) -> bool {
        if self.lease.as_ref().is_some_and(|lease| lease.until > now) {
            return false;
        }
        if !self.doubt(told, true) || self.known_at.is_some() {
            return true;
        }
        self.known_at = Some(now);
        self.ready_at = Some(self.ready_at.map_or(at, |ready| ready.min(at)));
        self.lane = Lane::Bulk;
        self.trouble = Some(trouble);
        true
    }

    /// Takes it that the target does not have an object as it was told. Gives whether that is the newest about it.
    fn doubt(&mut self, told: &Told, is_there: bool) -> bool {
        let known = self.objects.iter_mut().find(|it| it.key == told.key);
        match (known, &told.fingerprint) {
            (Some(object), Some(fingerprint)) if object.fingerprint == *fingerprint => {
                object.fingerprint.clear();
                if !is_there {
                    object.origin = Origin::Uncertain;
                }
                true
            }
            (None, None) => {
                self.objects.push(DeliveredObject {
                    key: told.key.clone(),
                    fingerprint: String::new(),
                    origin: Origin::Uncertain,
                    remote: None,
                    needs: told.needs.clone(),
                    ties: Ties::new(),
                    leaving: true,
                });
                true
            }
            _ => false,
        }
    }
}
