//! Addresses of users and groups.

use super::super::answer::Refusal;
use super::super::service::Service;
use super::super::store::Holder;

/// The most letters before the `@`.
const LONGEST_LOCAL_PART: usize = 64;

impl Service<'_> {
    /// An address as it is kept, once it is well-formed, in one of the customer's domains, and nobody else's.
    pub(super) fn own_address(&self, text: &str, what: &str, own: Option<&Holder>) -> Result<String, Refusal> {
        let address = text.to_lowercase();
        let (local, domain) = address.split_once('@').ok_or_else(|| Refusal::invalid(what))?;
        if !is_local_part(local) {
            return Err(Refusal::invalid(what));
        }
        if !self.is_own_domain(domain) {
            return Err(Refusal::directory(404, "notFound", "Domain not found."));
        }
        match self.store.holder(&address) {
            Some(holder) if Some(holder) != own => Err(Refusal::duplicate()),
            _ => Ok(address),
        }
    }

    pub(super) fn is_own_domain(&self, domain: &str) -> bool {
        self.options.domains.iter().any(|it| it.eq_ignore_ascii_case(domain))
    }
}

/// Letters, digits, `-`, `_`, `.` and `'`; no two dots in a row [contracts: targets, 2.2].
fn is_local_part(text: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '\'');
    let dots = text.starts_with('.') || text.ends_with('.') || text.contains("..");
    !text.is_empty() && text.len() <= LONGEST_LOCAL_PART && text.chars().all(is_letter) && !dots
}
