//! Who asks, and whether that is too much.

use super::answer::Refusal;
use super::call::{Api, Asked};
use super::options::SCOPE;
use super::quota::Meter;
use super::service::Service;
use super::store::Store;
use super::{DirectoryQuotaRefusal, GoogleOptions};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// How long a quota's minute is.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Who asks.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) project: String,
    pub(super) user_id: String,
    pub(super) is_admin: bool,
    scopes: BTreeSet<String>,
}

impl Caller {
    /// Whether its token has one of these scopes.
    pub(super) fn has_scope(&self, names: &[&str]) -> bool {
        names.iter().any(|it| self.scopes.contains(&format!("{SCOPE}{it}")))
    }
}

/// Who asks, by the token.
pub(super) fn admitted(
    store: &mut Store,
    asked: &Asked<'_>,
    what: &str,
    options: &GoogleOptions,
) -> Result<Caller, Refusal> {
    let now = options.time.now();
    let token = asked.bearer().unwrap_or_default();
    if asked.token_expires {
        store.tokens.revoke(token);
    }
    let grant = store.tokens.grant(token, now);
    let user = grant.as_ref().and_then(|it| store.state.users.get(&it.user_id)).filter(|it| !it.suspended);
    match grant.as_ref().zip(user) {
        Some((grant, user)) => Ok(Caller {
            project: grant.project.clone(),
            user_id: grant.user_id.clone(),
            is_admin: user.is_admin,
            scopes: grant.scopes.clone(),
        }),
        None => {
            if token.is_empty() {
                store.note(format!("{what}: there is no token"));
            } else if !asked.shares_token && store.tokens.refuse(token) > options.tolerated_token_uses {
                store.note(format!("{what}: a token was used again after it was refused"));
            }
            Err(Refusal::unauthenticated(asked.api))
        }
    }
}

impl Service<'_> {
    pub(super) fn check_quotas(&mut self, api: Api) -> Result<(), Refusal> {
        let (project, user) = (self.caller.project.clone(), self.caller.user_id.clone());
        let quotas = self.options.quotas;
        let meters = match api {
            Api::Directory => vec![(Meter::Directory(project, user), quotas.directory_per_user)],
            Api::Classroom => vec![
                (Meter::Project(project.clone()), quotas.classroom_per_project),
                (Meter::ClassroomUser(project, user), quotas.classroom_per_user),
            ],
        };
        let meters: Vec<(Meter, usize)> = meters.into_iter().filter_map(|(it, limit)| Some((it, limit?))).collect();
        let has_room = meters.iter().all(|(it, limit)| self.store.usage.has_room(it, *limit, MINUTE, self.now));
        if !has_room {
            self.store.counters.over_quota += 1;
            return Err(self.over_quota(api));
        }
        for (meter, _) in meters {
            self.store.usage.count(meter, self.now);
        }
        Ok(())
    }

    /// What is said when something is over a quota.
    pub(super) fn over_quota(&self, api: Api) -> Refusal {
        let message = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'";
        match (api, self.options.quotas.directory_refusal) {
            (Api::Classroom, _) => Refusal::classroom(429, "RESOURCE_EXHAUSTED", message),
            (Api::Directory, DirectoryQuotaRefusal::UserRateLimitExceeded) => {
                Refusal::directory(403, "userRateLimitExceeded", "User Rate Limit Exceeded")
            }
            (Api::Directory, DirectoryQuotaRefusal::QuotaExceeded) => Refusal::directory(403, "quotaExceeded", message),
            (Api::Directory, DirectoryQuotaRefusal::ResourceExhausted) => {
                Refusal::directory(429, "rateLimitExceeded", message)
            }
        }
    }

    /// Counts something that may happen only so often in a second.
    pub(super) fn count_in_second(&mut self, meter: Meter, limit: Option<usize>) -> Result<(), Refusal> {
        let Some(limit) = limit else { return Ok(()) };
        if !self.store.usage.has_room(&meter, limit, SignedDuration::from_secs(1), self.now) {
            self.store.counters.over_quota += 1;
            return Err(self.over_quota(Api::Directory));
        }
        self.store.usage.count(meter, self.now);
        Ok(())
    }
}
