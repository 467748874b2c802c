//! 8: no log line and no queue message holds personal data: the names, addresses and numbers of everybody are searched
//! for in everything that was written.

use std::collections::BTreeSet;

use world::World;

use super::Breach;
use crate::canary::Capture;
use crate::play::Run;

pub(super) fn check(run: &Run, capture: &Capture, found: &mut Vec<Breach>) {
    let mut written = capture.text();
    for queue in run.queues.working() {
        for message in queue.sent() {
            written.push_str(&message.body);
            written.push('\n');
        }
    }
    for world in run.worlds.iter() {
        let told = canaries(world).into_iter().filter(|canary| written.contains(canary.as_str())).count();
        if told > 0 {
            found.push(Breach::new("8", format!("{}: {told} pieces of personal data were written", world.name())));
        }
    }
}

fn canaries(world: &World) -> BTreeSet<String> {
    let mut canaries = BTreeSet::new();
    world.register().with_truth(|truth| {
        for person in truth.persons.values() {
            canaries.extend(person.emails.iter().map(|it| it.value.clone()));
            canaries.extend(person.principal_names.iter().cloned());
            canaries.extend(person.civic_number.clone());
            canaries.insert(format!("{} {}", person.given_name, person.family_name));
        }
    });
    world.skolon().with_platform(|platform| {
        for user in platform.users.values() {
            canaries.insert(user.content.email.clone());
            canaries.insert(format!("{} {}", user.content.first_name, user.content.last_name));
        }
    });
    canaries
}
