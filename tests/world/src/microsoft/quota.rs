//! How much may be asked, in the units that Microsoft counts in, and whoever asks again too early.

use super::MicrosoftQuota;
use super::answer::Refusal;
use super::call::Call;
use super::graph::Graph;
use super::path::BY_UNIQUE_NAME;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};

/// From this share of a quota on, answers say how much of it is used.
const TOLD_FROM: f64 = 0.8;

/// What has been used of every quota, and who was told to wait.
#[derive(Default)]
pub(super) struct Usage {
    used: HashMap<String, VecDeque<(Timestamp, u64)>>,
    waits: HashMap<String, Wait>,
}

struct Wait {
    told: Timestamp,
    until: Timestamp,
}

/// What a request uses of a quota.
struct Demand {
    scope: String,
    quota: MicrosoftQuota,
    cost: u64,
    information: &'static str,
}

impl Usage {
    /// Uses a quota; what is over it counts, too. Gives the share that is used, and how long to wait where it is over.
    fn uses(&mut self, demand: &Demand, now: Timestamp) -> (f64, Option<SignedDuration>) {
        let MicrosoftQuota { most, per } = demand.quota;
        let used = self.used.entry(demand.scope.clone()).or_default();
        while used.front().is_some_and(|(at, _)| now.duration_since(*at) >= per) {
            used.pop_front();
        }
        used.push_back((now, demand.cost));
        let mut sum: u64 = used.iter().map(|(_, cost)| cost).sum();
        let share = sum as f64 / most as f64;
        if sum <= most {
            return (share, None);
        }
        // Until there is room for the same again.
        for (at, cost) in used.iter() {
            sum -= cost;
            if sum + demand.cost <= most {
                return (share, Some(per - now.duration_since(*at)));
            }
        }
        (share, Some(per))
    }
}

impl Graph<'_> {
    /// 429 where a quota is used up; and what is told about quotas in the answer's headers.
    pub(super) fn throttle(&mut self, call: &Call) -> (Option<Refusal>, Vec<(&'static str, String)>) {
        let (mut largest, mut longest): (f64, Option<SignedDuration>) = (0.0, None);
        let mut headers = Vec::new();
        for demand in self.demands(call) {
            self.note_if_early(&demand.scope);
            let (share, wait) = self.store.usage.uses(&demand, self.now);
            largest = largest.max(share);
            let Some(wait) = wait else { continue };
            longest = longest.max(Some(wait));
            if self.options.tells_retry_after {
                let until = self.now.saturating_add(seconds(wait)).unwrap_or(Timestamp::MAX);
                self.store.usage.waits.insert(demand.scope, Wait { told: self.now, until });
            }
            let scope = format!("Tenant_Application/ReadWrite/{}/{}", self.options.client_id, self.options.tenant);
            headers.extend([("x-ms-throttle-scope", scope), ("x-ms-throttle-information", demand.information.into())]);
        }
        if largest > TOLD_FROM {
            headers.push(("x-ms-throttle-limit-percentage", format!("{largest:.2}")));
        }
        let refusal = longest.map(|wait| {
            let mut refusal = Refusal::new(429, "TooManyRequests", "Too many requests.");
            if self.options.tells_retry_after {
                refusal.headers.push(("Retry-After", seconds(wait).as_secs().to_string()));
            }
            refusal
        });
        (refusal, headers)
    }

    /// Requests that were on their way when the wait was told are no fault: only later ones are noted.
    fn note_if_early(&mut self, scope: &str) {
        let wait = self.store.usage.waits.get(scope);
        if wait.is_some_and(|wait| wait.told < self.now && self.now < wait.until) {
            let kind = scope.split(' ').next().unwrap_or_default().to_owned();
            self.note(&format!("asks again before Retry-After is over ({kind})"));
        }
    }

    fn demands(&self, call: &Call) -> Vec<Demand> {
        let quotas = &self.options.quotas;
        let mut demands = Vec::new();
        let mut uses = |quota: Option<MicrosoftQuota>, scope: String, cost: u64, information: &'static str| {
            demands.extend(quota.map(|quota| Demand { scope, quota, cost, information }));
        };
        let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["users" | "groups" | "directory" | BY_UNIQUE_NAME, ..] => {
                uses(quotas.resource_units, "units".to_owned(), units(call, &path), "ResourceUnitLimitExceeded");
                if call.is_write() {
                    uses(quotas.directory_writes, "writes".to_owned(), 1, "WriteLimitExceeded");
                }
            }
            ["education", ..] => uses(quotas.education, "education".to_owned(), 1, "RequestLimitExceeded"),
            ["teams", rest @ ..] => {
                match (call.is_write(), rest) {
                    (true, []) => uses(quotas.team_creations, "creations".to_owned(), 1, "RequestLimitExceeded"),
                    (true, _) => uses(quotas.team_writes, "team-writes".to_owned(), 1, "RequestLimitExceeded"),
                    (false, [_, "members", ..]) => {
                        uses(quotas.team_reads, "team-reads".to_owned(), 1, "RequestLimitExceeded");
                    }
                    _ => {}
                }
                if let [team, ..] = rest {
                    uses(quotas.one_team, format!("team {team}"), 1, "RequestLimitExceeded");
                }
            }
            _ => {}
        }
        demands
    }
}

/// What a request to the directory costs.
fn units(call: &Call, path: &[&str]) -> u64 {
    let whole: u64 = match (call.is_write(), path) {
        (true, _) => return 1,
        (false, ["groups" | BY_UNIQUE_NAME, _, "members"]) => 3,
        (false, ["users"] | ["groups", _, "owners"]) => 2,
        _ => 1,
    };
    let few = call.parameter("$top").and_then(|top| top.parse().ok()).is_some_and(|top: u64| top < 20);
    let less = u64::from(call.parameter("$select").is_some()) + u64::from(few);
    whole.saturating_sub(less).max(1)
}

/// Whole seconds, at least one.
fn seconds(wait: SignedDuration) -> SignedDuration {
    let more = i64::from(wait.subsec_nanos() > 0);
    SignedDuration::from_secs((wait.as_secs() + more).max(1))
}
