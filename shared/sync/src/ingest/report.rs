//! Telling a source what became of a read, where it wants to know.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roster::RecordKind;
use sources::Unreadable;
use sources::report::{Counts, ReadReport};
use state::sources::{ActiveRead, SourceState, SourceWarning};

use super::Reading;
use super::finish::Removed;

impl Reading<'_> {
    /// Tells it, unless there is nothing to tell. What goes wrong with that is logged: the read is none the worse.
    pub(super) async fn tell_source(&self, state: &SourceState, read: &ActiveRead, removed: &Removed) {
        let Some(report) = report(state, read, removed, self.hub.now()) else { return };
        if let Err(error) = self.source.source.report(&report).await {
            let (tenant, source, code, detail) = (self.tenant_name(), self.source_name(), error.code, error.detail);
            tracing::warn!(code, tenant, source, detail, "A source could not be told what became of a read.");
        }
    }
}

fn report(state: &SourceState, read: &ActiveRead, removed: &Removed, at: Timestamp) -> Option<ReadReport> {
    let of = |counts: &BTreeMap<RecordKind, u64>, kind| counts.get(&kind).copied().unwrap_or(0);
    let counts = RecordKind::ALL.into_iter().map(|kind| {
        (kind, Counts { new: of(&read.added, kind), changed: of(&read.changed, kind), removed: of(removed, kind) })
    });
    let counts: BTreeMap<RecordKind, Counts> = counts.filter(|(_, it)| *it != Counts::default()).collect();
    // The newest are last; those of earlier reads come before them.
    let of_this_read = usize::try_from(read.warnings).unwrap_or(usize::MAX).min(state.warnings.len());
    let warnings = &state.warnings[state.warnings.len() - of_this_read..];
    let unreadable: Vec<Unreadable> = warnings.iter().map(unreadable).collect();
    (!counts.is_empty() || !unreadable.is_empty()).then_some(ReadReport { at, counts, unreadable })
}

fn unreadable(warning: &SourceWarning) -> Unreadable {
    let SourceWarning { kind, id, code, reason, lost } = warning.clone();
    Unreadable { kind, id, code, reason, lost }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(added: u64, warnings: u64) -> ActiveRead {
        ActiveRead {
            first: false,
            id: "read".into(),
            full: false,
            started: Timestamp::UNIX_EPOCH,
            known_at: Timestamp::UNIX_EPOCH,
            position: None,
            pages: 1,
            warnings,
            added: BTreeMap::from([(RecordKind::Person, added)]),
            changed: BTreeMap::from([(RecordKind::Group, 0)]),
            end: None,
        }
    }

    fn warned(codes: &[&str]) -> SourceState {
        let warning = |code: &&str| SourceWarning {
            kind: RecordKind::Person,
            id: None,
            code: (*code).to_owned(),
            reason: String::new(),
            lost: true,
        };
        SourceState { warnings: codes.iter().map(warning).collect(), ..SourceState::default() }
    }

    #[test]
    fn a_read_in_which_nothing_happened_is_not_told_of() {
        assert_eq!(report(&warned(&["earlier"]), &read(0, 0), &Removed::new(), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_source_is_told_what_its_own_read_did_and_no_earlier_one() {
        let removed = Removed::from([(RecordKind::Person, 2), (RecordKind::Group, 0)]);

        let told = report(&warned(&["earlier", "now"]), &read(3, 1), &removed, Timestamp::UNIX_EPOCH).unwrap();

        assert_eq!(told.counts, BTreeMap::from([(RecordKind::Person, Counts { new: 3, changed: 0, removed: 2 })]));
        assert_eq!(told.unreadable.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["now"]);
    }
}
