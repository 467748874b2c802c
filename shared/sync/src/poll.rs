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

/// How much of the interval a poll may come sooner.
const SOONER: f64 = 0.1;

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
            let chance = hub.chance.share();
            let decide = |schedule: &mut Schedule| due(schedule, &state, source, now, chance);
            let reason = hub.store.change_schedule(name, &source.name, decide).await?;
            if let Some(reason) = reason {
                hub.send_notice(&Notice::new(name.clone(), source.name.clone(), reason, now)).await?;
                sent += 1;
            }
        }
    }
    Ok(sent)
}

/// Whether and why a source is to be read now; if so, when next: up to a tenth sooner than configured, so that many do
/// not come at once for ever. `chance`: from 0 to 1.
fn due(
    schedule: &mut Schedule,
    state: &SourceState,
    config: &SourceConfig,
    now: Timestamp,
    chance: f64,
) -> Option<Reason> {
    let left_alone =
        state.quarantined_until.is_some_and(|until| until > now) || config.is_paused_on(date_in_sweden(now));
    if left_alone || schedule.poll_at.is_some_and(|at| at > now) {
        return None;
    }
    let interval = Duration::from_secs(u64::from(config.poll_seconds));
    schedule.poll_at = Some(later(now, interval.mul_f64(1.0 - SOONER * chance.clamp(0.0, 1.0))));
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
    use rules::config::{Connectors, SettingsProblem, TargetConfig};

    use super::*;

    fn config() -> SourceConfig {
        SourceConfig {
            name: "register".into(),
            kind: "ss12000".into(),
            poll_seconds: 60,
            full_compare_minute: 150,
            pauses: Vec::new(),
            route_token: None,
            signing_secrets: Vec::new(),
            join_by: Vec::new(),
            owns: Vec::new(),
            settings: Default::default(),
        }
    }

    /// Knows one kind, without keys of its own.
    struct Anything;

    impl Connectors for Anything {
        fn source_keys(&self, _: &str) -> Option<&'static [&'static str]> {
            Some(&[])
        }

        fn target_keys(&self, _: &str) -> Option<&'static [&'static str]> {
            None
        }

        fn try_source(&self, _: &SourceConfig) -> Result<(), SettingsProblem> {
            Ok(())
        }

        fn try_target(&self, _: &TargetConfig) -> Result<(), SettingsProblem> {
            Ok(())
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_source_is_polled_once_per_interval() {
        let (mut schedule, state) = (Schedule::default(), SourceState::default());
        let mut due_at = |text| due(&mut schedule, &state, &config(), at(text), 0.0);

        let polls = ["2026-11-22T08:00:00Z", "2026-11-22T08:00:59Z", "2026-11-22T08:01:00Z"].map(&mut due_at);

        assert_eq!(polls, [Some(Reason::Poll), None, Some(Reason::Poll)]);
    }

    #[test]
    fn the_night_compare_comes_once_after_its_time() {
        let mut state = SourceState { full_read_at: Some(at("2026-11-21T12:00:00Z")), ..SourceState::default() };

        let mut schedule = Schedule::default();

        let before = due(&mut schedule, &state, &config(), at("2026-11-22T01:29:00Z"), 0.0);
        let after = due(&mut schedule, &state, &config(), at("2026-11-22T01:31:00Z"), 0.0);
        state.full_read_at = Some(at("2026-11-22T01:32:00Z"));
        let again = due(&mut schedule, &state, &config(), at("2026-11-22T01:33:00Z"), 0.0);

        assert_eq!((before, after, again), (Some(Reason::Poll), Some(Reason::FullRead), Some(Reason::Poll)));
    }

    #[test]
    fn a_poll_comes_up_to_a_tenth_sooner_and_never_later() {
        let (mut schedule, state) = (Schedule::default(), SourceState::default());

        due(&mut schedule, &state, &config(), at("2026-11-22T08:00:00Z"), 1.0);

        assert_eq!(schedule.poll_at, Some(at("2026-11-22T08:00:54Z")));
    }

    #[test]
    fn a_source_is_left_alone_on_the_days_of_a_pause() {
        let text = "tenant = 't'\n[[source]]\nname = 'r'\nkind = 'k'\npauses = [{ from = '11-22', to = '11-22' }]";
        let config = rules::config::read(text, &Anything).unwrap().sources.remove(0);
        let due_at = |text| due(&mut Schedule::default(), &SourceState::default(), &config, at(text), 0.0);

        let polls = ["2026-11-22T22:59:00Z", "2026-11-22T23:01:00Z"].map(due_at);

        assert_eq!(polls, [None, Some(Reason::Poll)]);
    }

    #[test]
    fn a_quarantined_source_is_left_alone() {
        let state = SourceState { quarantined_until: Some(at("2026-11-22T09:00:00Z")), ..SourceState::default() };

        assert_eq!(due(&mut Schedule::default(), &state, &config(), at("2026-11-22T08:00:00Z"), 0.0), None);
    }
}
