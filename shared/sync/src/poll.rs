//! Poll: the timer asks which sources it is time to read, and whether to read all of them.

use std::time::Duration;

use jiff::Timestamp;
use roster::validity::{date_in_sweden, minute_of_day};
use rules::config::SourceConfig;
use rules::delivery::later;
use state::sources::{Schedule, SourceState};

use crate::error::SyncError;
use crate::hub::Hub;
use crate::messages::{Notice, Reason};

/// Sends a notice to each source whose time has come. Gives how many.
///
/// # Errors
/// [`SyncError`].
pub async fn poll(hub: &Hub) -> Result<usize, SyncError> {
    hub.directory.refresh(&hub.store, hub.now()).await?;
    let mut sent = 0;
    for tenant in hub.directory.tenants() {
        let name = &tenant.config.tenant;
        if let Some(first) = tenant.config.sources.first().filter(|_| !tenant.applied) {
            let notice = Notice::new(name.clone(), first.name.clone(), Reason::Configuration, hub.now());
            hub.send_notice(&notice).await?;
            sent += 1;
        }
        for source in &tenant.config.sources {
            let now = hub.now();
            let state = hub.store.source(name, &source.name).await?.state;
            let decide = |schedule: &mut Schedule| due(schedule, &state, source, now);
            let reason = hub.store.change_schedule(name, &source.name, decide).await?;
            if let Some(reason) = reason {
                hub.send_notice(&Notice::new(name.clone(), source.name.clone(), reason, now)).await?;
                sent += 1;
            }
        }
    }
    Ok(sent)
}

/// Whether and why a source is to be read now; if so, when next.
fn due(schedule: &mut Schedule, state: &SourceState, config: &SourceConfig, now: Timestamp) -> Option<Reason> {
    if state.quarantined_until.is_some_and(|until| until > now) || schedule.poll_at.is_some_and(|at| at > now) {
        return None;
    }
    schedule.poll_at = Some(later(now, Duration::from_secs(u64::from(config.poll_seconds))));
    Some(if night_compare_due(state, config, now) { Reason::FullRead } else { Reason::Poll })
}

/// Once a night, after the configured time, unless everything was read since.
fn night_compare_due(state: &SourceState, config: &SourceConfig, now: Timestamp) -> bool {
    let under_way = state.reading.as_ref().is_some_and(|read| read.full);
    let time_has_come = minute_of_day(now) >= config.full_compare_minute;
    let done_today = state
        .full_read_at
        .is_some_and(|at| date_in_sweden(at) == date_in_sweden(now) && minute_of_day(at) >= config.full_compare_minute);
    let ever = state.full_read_at.is_some();
    ever && !under_way && time_has_come && !done_today
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> SourceConfig {
        SourceConfig {
            name: "register".into(),
            kind: "ss12000".into(),
            poll_seconds: 60,
            full_compare_minute: 150,
            route_token: None,
            signing_secrets: Vec::new(),
            join_by: Vec::new(),
            owns: Vec::new(),
            settings: Default::default(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_source_is_polled_once_per_interval() {
        let (mut schedule, state) = (Schedule::default(), SourceState::default());
        let mut due_at = |text| due(&mut schedule, &state, &config(), at(text));

        let polls = ["2026-11-22T08:00:00Z", "2026-11-22T08:00:59Z", "2026-11-22T08:01:00Z"].map(&mut due_at);

        assert_eq!(polls, [Some(Reason::Poll), None, Some(Reason::Poll)]);
    }

    #[test]
    fn the_night_compare_comes_once_after_its_time() {
        let mut state = SourceState { full_read_at: Some(at("2026-11-21T12:00:00Z")), ..SourceState::default() };

        let mut schedule = Schedule::default();

        let before = due(&mut schedule, &state, &config(), at("2026-11-22T01:29:00Z"));
        let after = due(&mut schedule, &state, &config(), at("2026-11-22T01:31:00Z"));
        state.full_read_at = Some(at("2026-11-22T01:32:00Z"));
        let again = due(&mut schedule, &state, &config(), at("2026-11-22T01:33:00Z"));

        assert_eq!((before, after, again), (Some(Reason::Poll), Some(Reason::FullRead), Some(Reason::Poll)));
    }

    #[test]
    fn a_quarantined_source_is_left_alone() {
        let state = SourceState { quarantined_until: Some(at("2026-11-22T09:00:00Z")), ..SourceState::default() };

        assert_eq!(due(&mut Schedule::default(), &state, &config(), at("2026-11-22T08:00:00Z")), None);
    }
}
