//! Lists of users.

use super::super::GoogleUser;
use super::super::answer::{Outcome, Refusal};
use super::super::service::{Call, Service};
use super::lists::is_in;
use super::query::{Clause, clauses};
use serde_json::Value;

/// The size of a page if nothing else is asked for, and the largest.
const USUAL_PAGE: usize = 100;
const LARGEST_PAGE: usize = 500;

impl Service<'_> {
    pub(super) fn list_users(&mut self, call: &Call) -> Outcome {
        let domain = self.check_whose(call)?;
        let wanted = clauses(call.parameter("query").unwrap_or_default())?;
        if call.parameter("sortOrder") == Some("DESCENDING") {
            return Err(Refusal::invalid("sortOrder"));
        }
        let lag = self.options.lags.user_to_lists;
        let deleted = call.parameter("showDeleted") == Some("true");
        let state = &self.store.state;
        let users: Vec<&GoogleUser> = if deleted {
            state.deleted_users.values().map(|it| &it.0).collect()
        } else {
            state.users.values().filter(|it| it.provenance.is_known(self.now, lag)).collect()
        };
        let mut found: Vec<(String, Value)> = Vec::new();
        for user in users.into_iter().filter(|it| is_in(&it.primary_email, domain.as_ref())) {
            if all_fit(&wanted, user)? {
                found.push((sorted_by(user, call.parameter("orderBy"))?, self.rendered_user(user)));
            }
        }
        self.page_of(call, "users", found, USUAL_PAGE, LARGEST_PAGE)
    }
}

fn all_fit(clauses: &[Clause], user: &GoogleUser) -> Result<bool, Refusal> {
    let mut all = true;
    for clause in clauses {
        all &= clause.fits_user(user).ok_or_else(|| Refusal::invalid("query"))?;
    }
    Ok(all)
}

fn sorted_by(user: &GoogleUser, order: Option<&str>) -> Result<String, Refusal> {
    match order {
        None => Ok(user.id.clone()),
        Some("email") => Ok(user.primary_email.clone()),
        Some("familyName") => Ok(format!("{} {}", user.family_name.to_lowercase(), user.id)),
        Some("givenName") => Ok(format!("{} {}", user.given_name.to_lowercase(), user.id)),
        Some(_) => Err(Refusal::invalid("orderBy")),
    }
}
