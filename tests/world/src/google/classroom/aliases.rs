//! Aliases of courses: `d:` is seen in the whole domain, `p:` by the project that made it.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use serde_json::{Value, json};

const USUAL_PAGE: usize = 30;

impl Service<'_> {
    pub(super) fn list_aliases(&mut self, call: &Call) -> Outcome {
        let course = self.course(call.key(0))?;
        let own = course.aliases.iter().filter(|it| it.text.starts_with("d:") || it.project == self.caller.project);
        let all: Vec<(String, Value)> = own.map(|it| (it.text.clone(), json!({"alias": it.text}))).collect();
        self.classroom_page(call, "aliases", all, USUAL_PAGE)
    }

    pub(super) fn create_alias(&mut self, call: &Call) -> Outcome {
        let mut course = self.own_course(call.key(0))?;
        let text = call.text("alias").ok_or_else(|| Refusal::argument("alias is required"))?;
        let alias = self.new_alias(text)?;
        self.note_if_foreign(&course.provenance);
        let answer = Answer::given(json!({"alias": alias.text}));
        course.aliases.insert(alias);
        self.store.put_course(course);
        Ok(answer)
    }

    pub(super) fn delete_alias(&mut self, call: &Call) -> Outcome {
        let mut course = self.own_course(call.key(0))?;
        let project = self.caller.project.clone();
        let is_meant = |text: &str, of: &str| text == call.key(1) && (text.starts_with("d:") || *of == project);
        let alias = course.aliases.iter().find(|it| is_meant(&it.text, &it.project)).cloned();
        let alias = alias.ok_or_else(Refusal::not_found)?;
        self.note_if_foreign(&course.provenance);
        self.store.take_course(&course.id);
        course.aliases.remove(&alias);
        self.store.put_course(course);
        Ok(Answer::given(json!({})))
    }
}
