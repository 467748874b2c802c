//! Shrinking: the shortest script, and the fewest faults, that still break what a run broke.

use crate::kept::Kept;

/// Runs that are played to make one shorter, at most.
pub const TRIES: usize = 150;

/// Leaves out steps and faults while `breaks` holds of what is left; it is asked at most `tries` times.
#[must_use]
pub fn shortest(run: &Kept, tries: usize, breaks: impl Fn(&Kept) -> bool) -> Kept {
    let mut shrinking = Shrinking { best: run.clone(), tries, breaks };
    shrinking.leave_out_steps();
    shrinking.leave_out_faults();
    // With fewer faults, fewer steps may be enough.
    shrinking.leave_out_steps();
    shrinking.best
}

struct Shrinking<B> {
    best: Kept,
    tries: usize,
    breaks: B,
}

impl<B: Fn(&Kept) -> bool> Shrinking<B> {
    /// Takes what is shorter, if it breaks too.
    fn attempt(&mut self, shorter: Kept) -> bool {
        if self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        let breaks = (self.breaks)(&shorter);
        if breaks {
            self.best = shorter;
        }
        breaks
    }

    /// Half of the steps, then quarters, down to one at a time; from the end, where most often nothing depends on them.
    fn leave_out_steps(&mut self) {
        let mut some = self.best.script.steps.len().div_ceil(2);
        while some > 0 {
            let mut end = self.best.script.steps.len();
            while end > 0 {
                let start = end.saturating_sub(some);
                let mut shorter = self.best.clone();
                shorter.script.steps.drain(start..end);
                self.attempt(shorter);
                end = start;
            }
            some /= 2;
        }
    }

    fn leave_out_faults(&mut self) {
        for fault in self.best.faults.clone() {
            let mut fewer = self.best.clone();
            fewer.faults.retain(|it| *it != fault);
            self.attempt(fewer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;
    use crate::script::{Script, Step};

    fn pauses(seconds: impl IntoIterator<Item = u32>) -> Script {
        Script { steps: seconds.into_iter().map(|seconds| Step::Pause { seconds }).collect() }
    }

    fn run() -> Kept {
        Kept { script: pauses(0..20), ..Kept::of(1, &Fault::ALL) }
    }

    fn has(run: &Kept, seconds: u32) -> bool {
        run.script.steps.contains(&Step::Pause { seconds })
    }

    #[test]
    fn the_steps_that_matter_are_left() {
        let shortest = shortest(&run(), TRIES, |it| has(it, 3) && has(it, 17));

        assert_eq!(shortest.script, pauses([3, 17]));
    }

    #[test]
    fn the_faults_that_matter_are_left() {
        let shortest = shortest(&run(), TRIES, |it| it.faults.contains(&Fault::Crash));

        assert_eq!(shortest.faults, [Fault::Crash]);
    }

    #[test]
    fn no_more_is_played_than_allowed() {
        let played = std::cell::Cell::new(0);

        let _ = shortest(&run(), 5, |_| {
            played.set(played.get() + 1);
            false
        });

        assert_eq!(played.get(), 5);
    }
}
