//! Pages of Classroom, which may hold fewer items than were asked for.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::pages::page;
use super::super::service::{Call, Service};
use serde_json::{Map, Value, json};

impl Service<'_> {
    /// A page of what there is, each with what it is sorted by. `name` is the field that holds it.
    pub(super) fn classroom_page(
        &mut self,
        call: &Call,
        name: &str,
        all: Vec<(String, Value)>,
        usual: usize,
    ) -> Outcome {
        let Ok(asked) = call.parameter("pageSize").map_or(Ok(0), str::parse::<usize>) else {
            self.note("pageSize is no number");
            return Err(Refusal::argument("Invalid value for pageSize"));
        };
        let size = if asked == 0 { usual } else { asked }.min(self.options.largest_classroom_page).max(1);
        let page = page(all, size, call.parameter("pageToken"));
        let page = page.ok_or_else(|| Refusal::argument("Invalid page token"))?;
        let mut body = Map::new();
        if !page.items.is_empty() {
            body.insert(name.to_owned(), json!(page.items));
        }
        body.extend(page.next.map(|it| ("nextPageToken".to_owned(), json!(it))));
        Ok(Answer::given(Value::Object(body)))
    }
}
