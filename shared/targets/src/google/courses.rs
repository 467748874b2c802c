//! Courses in Classroom: made under an alias by which they are found again, owned by one account, archived at their end.

use rules::object::{DeliveredObject, WantedObject};
use rules::outcome::Outcome;
use serde::Deserialize;

use super::adapter::{Google, unreadable};
use super::calls::{self, Call, Place, Service};
use super::classify::{Step, judged};
use super::client::Fault;
use super::config::{Alias, RemovedCourses};
use super::kinds::TEACHERS;
use super::roll::{Change, is_content_changed};

/// What is looked at in a course.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Course {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    course_state: String,
}

/// Google does not show what it has just said to be there.
const UNSETTLED: Outcome = Outcome::WaitFor { code: "google.course_unsettled" };

impl Google {
    pub(super) async fn make_course(&self, wanted: &WantedObject) -> Result<Outcome, Fault> {
        let alias = self.alias(&wanted.key.key);
        let call = calls::make_course(wanted.body.expose(), &alias, &self.courses.owner);
        let reply = self.client.make(&call).await?;
        let made = judged(Step::MakeCourse, &reply, call.body.as_ref());
        let (id, adopted) = match made {
            Outcome::Done { .. } => match reply.json::<Course>() {
                Some(course) if !course.id.is_empty() => (course.id, false),
                _ => return Ok(unreadable()),
            },
            // It was made before, and is taken up again.
            Outcome::Rejected { code: "google.conflict", .. } => match self.reopen_course(wanted, &alias).await? {
                Ok(id) => (id, true),
                Err(outcome) => return Ok(outcome),
            },
            _ => return Ok(made),
        };
        let outcome = self.roll_course(&id, Change::of(wanted, None)).await?;
        Ok(match outcome {
            Outcome::Vanished => UNSETTLED,
            outcome if outcome.is_success() => Outcome::Done { remote: Some(id), adopted },
            outcome => outcome,
        })
    }

    /// The course that has the alias, as it should be. Gives what Google calls it.
    async fn reopen_course(&self, wanted: &WantedObject, alias: &str) -> Result<Result<String, Outcome>, Fault> {
        let reply = self.client.make(&calls::course(alias)).await?;
        match judged(Step::ChangeCourse, &reply, None) {
            Outcome::Done { .. } => {}
            Outcome::Vanished => return Ok(Err(UNSETTLED)),
            outcome => return Ok(Err(outcome)),
        }
        let Some(course) = reply.json::<Course>().filter(|it| !it.id.is_empty()) else {
            return Ok(Err(unreadable()));
        };
        let is_so = course.course_state == "ACTIVE" && wanted.body.expose()["name"] == course.name;
        if is_so {
            return Ok(Ok(course.id));
        }
        let outcome = self.write_course(&calls::change_course(&course.id, wanted.body.expose())).await?;
        Ok(if outcome.is_success() { Ok(course.id) } else { Err(outcome) })
    }

    pub(super) async fn change_course(
        &self,
        wanted: &WantedObject,
        delivered: &DeliveredObject,
    ) -> Result<Outcome, Fault> {
        let id = self.course_id(delivered);
        if is_content_changed(wanted, delivered) {
            let outcome = self.write_course(&calls::change_course(&id, wanted.body.expose())).await?;
            if !outcome.is_success() {
                return Ok(outcome);
            }
        }
        self.roll_course(&id, Change::of(wanted, Some(delivered))).await
    }

    async fn write_course(&self, call: &Call) -> Result<Outcome, Fault> {
        let reply = self.client.make(call).await?;
        Ok(judged(Step::ChangeCourse, &reply, call.body.as_ref()))
    }

    /// The owner stays on the roll. A course that is wanted is open: one that a teacher has archived is opened when its
    /// roll changes.
    async fn roll_course(&self, id: &str, change: Change<'_>) -> Result<Outcome, Fault> {
        let change =
            if change.takes_from(TEACHERS) { change.keeping(TEACHERS, self.owner_id().await?) } else { change };
        let place = Place { service: Service::Classroom, id };
        let mut rolled = self.client.roll(place, &change).await?;
        if rolled.archived {
            let opened = self.write_course(&calls::open_course(id)).await?;
            if !opened.is_success() {
                return Ok(opened);
            }
            rolled = self.client.roll(place, &change).await?;
        }
        if rolled.missing && self.client.make(&place.itself()).await?.status == 404 {
            return Ok(Outcome::Vanished);
        }
        Ok(rolled.outcome)
    }

    /// What Google calls the owner: rolls name people so.
    async fn owner_id(&self) -> Result<&str, Fault> {
        #[derive(Deserialize)]
        struct Owner {
            id: String,
        }
        let ask = || async {
            let reply = self.client.make(&calls::account(&self.courses.owner)).await?;
            match reply.json::<Owner>() {
                Some(owner) if reply.is_success() => Ok(owner.id),
                _ => Err(Fault::Answer(Step::MakeCourse, reply)),
            }
        };
        self.courses.owner_id.get_or_try_init(ask).await.map(String::as_str)
    }

    pub(super) async fn remove_course(&self, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        if self.courses.removed == RemovedCourses::Keep {
            return Ok(Outcome::done());
        }
        let id = self.course_id(delivered);
        let archived = self.client.make(&calls::archive_course(&id)).await?;
        let outcome = judged(Step::Remove, &archived, None);
        if self.courses.removed == RemovedCourses::Archive || !matches!(outcome, Outcome::Done { .. }) {
            return Ok(outcome);
        }
        // Only what is archived can be deleted.
        Ok(judged(Step::Remove, &self.client.make(&calls::delete_course(&id)).await?, None))
    }

    /// What Google calls a course, or else its alias.
    fn course_id(&self, delivered: &DeliveredObject) -> String {
        delivered.remote.clone().unwrap_or_else(|| self.alias(&delivered.key.key))
    }

    fn alias(&self, key: &str) -> String {
        let scope = match self.courses.alias {
            Alias::Project => 'p',
            Alias::Domain => 'd',
        };
        format!("{scope}:skolbro-{key}")
    }
}
