//! What the lists of the Directory API have in common: whose they are, and their pages.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::pages::page;
use super::super::service::{Call, Service};
use serde_json::{Value, json};

impl Service<'_> {
    /// A list is of a customer or of a domain; gives the domain, if it is only one.
    pub(super) fn check_whose(&self, call: &Call) -> Result<Option<String>, Refusal> {
        match (call.parameter("customer"), call.parameter("domain")) {
            (_, Some(domain)) if self.is_own_domain(domain) => Ok(Some(domain.to_lowercase())),
            (_, Some(_)) => Err(Refusal::directory(404, "notFound", "Domain not found.")),
            (Some(customer), None) => self.check_customer(customer).map(|()| None),
            (None, None) => Err(Refusal::directory(400, "badRequest", "Bad Request")),
        }
    }

    pub(super) fn check_customer(&self, customer: &str) -> Result<(), Refusal> {
        let is_own = customer == "my_customer" || customer == self.options.customer_id;
        is_own.then_some(()).ok_or_else(|| Refusal::directory(400, "badRequest", "Bad Request"))
    }

    /// A page of what there is, each with what it is sorted by. `name` is the field that holds it.
    pub(super) fn page_of(
        &mut self,
        call: &Call,
        name: &str,
        all: Vec<(String, Value)>,
        usual: usize,
        largest: usize,
    ) -> Outcome {
        let size = call.parameter("maxResults").map_or(Ok(usual), str::parse);
        let Some(size) = size.ok().filter(|it| (1..=largest).contains(it)) else {
            self.note(&format!("maxResults is not from 1 to {largest}"));
            return Err(Refusal::directory(400, "invalidParameter", "Invalid value for maxResults"));
        };
        let page = page(all, size, call.parameter("pageToken"));
        let page = page.ok_or_else(|| Refusal::invalid("pageToken"))?;
        let mut body = json!({"kind": format!("admin#directory#{name}"), "etag": "\"list\""});
        if let Some(fields) = body.as_object_mut() {
            if !page.items.is_empty() {
                fields.insert(name.to_owned(), json!(page.items));
            }
            fields.extend(page.next.map(|it| ("nextPageToken".to_owned(), json!(it))));
        }
        Ok(Answer::given(body))
    }
}

/// Whether an address is in a domain, if that matters.
pub(super) fn is_in(address: &str, domain: Option<&String>) -> bool {
    domain.is_none_or(|domain| address.split('@').next_back() == Some(domain.as_str()))
}
