//! Single courses and lists of them.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use super::super::{CourseAlias, GoogleCourse, Participant, Provenance};
use super::course_fields::{TEXTS, name, write_text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const STATES: [&str; 5] = ["ACTIVE", "ARCHIVED", "PROVISIONED", "DECLINED", "SUSPENDED"];

impl Service<'_> {
    /// A course by id or by an alias that the project sees, if who asks may see it.
    pub(super) fn course(&self, key: &str) -> Result<&GoogleCourse, Refusal> {
        let id = self.store.course_id(key, &self.caller.project);
        let course = id.and_then(|id| self.store.state.courses.get(&id)).ok_or_else(Refusal::not_found)?;
        if self.sees(course) { Ok(course) } else { Err(Refusal::denied(None)) }
    }

    fn sees(&self, course: &GoogleCourse) -> bool {
        let own = &self.caller.user_id;
        self.caller.is_admin || course.teachers.contains_key(own) || course.students.contains_key(own)
    }

    /// A course that who asks may change: as an administrator or as its owner.
    pub(super) fn own_course(&self, key: &str) -> Result<GoogleCourse, Refusal> {
        let course = self.course(key)?;
        let is_own = self.caller.is_admin || course.owner_id == self.caller.user_id;
        if is_own { Ok(course.clone()) } else { Err(Refusal::denied(None)) }
    }

    pub(super) fn get_course(&self, call: &Call) -> Outcome {
        Ok(Answer::given(Self::rendered_course(self.course(call.key(0))?)))
    }

    pub(super) fn create_course(&mut self, call: &Call) -> Outcome {
        let alias = call.text("id").filter(|it| !it.is_empty()).map(|it| self.new_alias(it)).transpose()?;
        let name = name(call.body.get("name"))?;
        let state = call.text("courseState").unwrap_or("PROVISIONED");
        if !matches!(state, "ACTIVE" | "PROVISIONED") {
            return Err(Refusal::argument("A course is created ACTIVE or PROVISIONED"));
        }
        let owner_id = self.new_owner(call)?;
        let teacher = Participant { by_us: true, since: self.now };
        let mut course = GoogleCourse {
            id: String::new(),
            aliases: alias.into_iter().collect(),
            name,
            teachers: BTreeMap::from([(owner_id.clone(), teacher)]),
            owner_id,
            state: state.to_owned(),
            texts: BTreeMap::new(),
            enrollment_code: String::new(),
            students: BTreeMap::new(),
            provenance: Provenance::new(true, self.now),
        };
        for (field, _) in TEXTS {
            write_text(&mut course, field, call.body.get(field))?;
        }
        let number = self.store.next();
        course.id = course_id(self.options.seed, number);
        course.enrollment_code = format!("k{number:06x}");
        let answer = Answer::given(Self::rendered_course(&course));
        self.store.put_course(course);
        Ok(answer)
    }

    /// Who is to own a new course: oneself, or anybody if an administrator says so.
    fn new_owner(&self, call: &Call) -> Result<String, Refusal> {
        let key = call.text("ownerId").ok_or_else(|| Refusal::argument("ownerId is required"))?;
        let owner = self.person(key)?;
        if !self.caller.is_admin && owner.id != self.caller.user_id {
            return Err(Refusal::denied(None));
        }
        if owner.suspended {
            return Err(Refusal::precondition(None));
        }
        self.check_may_own(owner)?;
        Ok(owner.id.clone())
    }

    /// An alias that nobody has who would see it.
    pub(super) fn new_alias(&self, text: &str) -> Result<CourseAlias, Refusal> {
        let is_alias = text.starts_with("d:") || text.starts_with("p:");
        if !is_alias || !(3..=256).contains(&text.chars().count()) {
            return Err(Refusal::argument("An alias begins with d: or p: and has at most 256 characters"));
        }
        if text.starts_with("d:") && !self.caller.is_admin {
            return Err(Refusal::denied(None));
        }
        if self.store.course_id(text, &self.caller.project).is_some() {
            let message = format!("@AliasAlreadyExists Requested entity already exists: {text}");
            return Err(Refusal::classroom(409, "ALREADY_EXISTS", message));
        }
        Ok(CourseAlias { text: text.to_owned(), project: self.caller.project.clone() })
    }

    pub(super) fn delete_course(&mut self, call: &Call) -> Outcome {
        let course = self.own_course(call.key(0))?;
        if course.state != "ARCHIVED" {
            return Err(Refusal::precondition(None));
        }
        self.note_if_foreign(&course.provenance);
        self.store.delete_course(&course.id);
        Ok(Answer::given(json!({})))
    }

    /// The newest come first.
    pub(super) fn list_courses(&mut self, call: &Call) -> Outcome {
        let states: BTreeSet<String> =
            call.query.iter().filter(|(name, _)| name == "courseStates").map(|it| it.1.clone()).collect();
        if states.iter().any(|it| !STATES.contains(&it.as_str())) {
            return Err(Refusal::argument("There is no such course state"));
        }
        let person = |name: &str| call.parameter(name).map(|key| self.person(key).map(|it| it.id.clone())).transpose();
        let (student, teacher) = (person("studentId")?, person("teacherId")?);
        let is_wanted = |course: &&GoogleCourse| {
            self.sees(course)
                && (states.is_empty() || states.contains(&course.state))
                && student.as_ref().is_none_or(|it| course.students.contains_key(it))
                && teacher.as_ref().is_none_or(|it| course.teachers.contains_key(it))
        };
        let courses = self.store.state.courses.values().filter(is_wanted);
        let all: Vec<(String, Value)> = courses.map(|it| (newest_first(&it.id), Self::rendered_course(it))).collect();
        let usual = self.options.largest_classroom_page;
        self.classroom_page(call, "courses", all, usual)
    }
}

/// Later ids come first in the order of these.
fn newest_first(id: &str) -> String {
    format!("{:020}", u64::MAX - id.parse().unwrap_or(0))
}

pub(in super::super) fn course_id(seed: u64, number: u64) -> String {
    format!("7{:02}{number:09}", seed % 100)
}
