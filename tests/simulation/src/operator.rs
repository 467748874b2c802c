//! The operator: compares what is held with the source, and approves what is really gone.

use std::collections::BTreeSet;

use roster::{RecordKey, RecordKind, SubjectKey};
use uuid::Uuid;
use world::World;

use crate::beside;
use crate::play::Run;
use crate::tenants::Kind;
use crate::trace::note;

/// Decides every hold there is. Whether there was one.
pub(crate) async fn look_at_holds(run: &Run) -> bool {
    let hub = run.processes.hub();
    let mut any = false;
    if hub.directory.reload(&hub.store, hub.now()).await.is_err() {
        return any;
    }
    for (world, kind) in run.worlds.iter().zip(&run.kinds) {
        let Ok(holds) = hub.store.holds(world.name()).await else { continue };
        for hold in holds {
            any = true;
            let gone = match &hold.target {
                Some(target) => hold.subjects().all(|subject| is_unwanted(world, target, subject)),
                None => hold.records.iter().all(|record| is_gone(world, *kind, *record)),
            };
            note!(run.effects.trace, "{}: hold {} of {}: approve {gone}", world.name(), hold.reference(), hold.kind);
            let decided = if gone {
                run.approved(world.name(), &hold.records);
                sync::holds::approve(&hub, world.name(), &hold.reference()).await
            } else {
                run.recorder.rejected();
                sync::holds::reject(&hub, world.name(), &hold.reference()).await
            };
            if let Err(error) = decided {
                note!(run.effects.trace, "{}: {}", world.name(), error.code());
            }
        }
    }
    any
}

/// Whether a target should not have a subject.
fn is_unwanted(world: &World, target: &str, subject: SubjectKey) -> bool {
    // A system beside the portal should have what the portal has.
    let expected = world.expected(target).unwrap_or_else(|| beside::expected(world));
    !expected.has(&subject.id.to_string())
}

/// Whether a source no longer has a record.
fn is_gone(world: &World, kind: Kind, record: RecordKey) -> bool {
    let id = Uuid::from_bytes(*record.id.uuid().as_bytes());
    match kind {
        Kind::Register => world.register().with_truth(|truth| match record.kind {
            RecordKind::Organisation => !truth.organisations.contains_key(&id),
            RecordKind::Person => !truth.persons.contains_key(&id),
            RecordKind::Group => !truth.groups.contains_key(&id),
            RecordKind::Duty => !truth.duties.contains_key(&id),
            RecordKind::Activity => !truth.activities.contains_key(&id),
            RecordKind::Licence | RecordKind::Supplement => true,
        }),
        Kind::Skolon => world.skolon().with_platform(|platform| {
            let there: BTreeSet<Uuid> = match record.kind {
                RecordKind::Person => platform.users.values().filter(|it| !it.deleted).map(|it| it.uuid).collect(),
                RecordKind::Group => platform.groups.values().filter(|it| !it.deleted).map(|it| it.uuid).collect(),
                RecordKind::Licence => platform.licences.values().filter(|it| !it.deleted).map(|it| it.uuid).collect(),
                _ => BTreeSet::new(),
            };
            !there.contains(&id)
        }),
    }
}
