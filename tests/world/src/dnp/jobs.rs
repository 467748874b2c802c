//! Jobs: objects taken one after the other when the time has come, and what became of each.

use super::DnpOptions;
use super::answer::entry;
use super::check;
use super::state::Store;
use jiff::Timestamp;
use rand::Rng;
use serde_json::{Value, json};

pub(super) struct Job {
    pub(super) id: String,
    pub(super) list: &'static str,
    pub(super) is_deletion: bool,
    pub(super) updates: bool,
    pub(super) data: Vec<Value>,
    pub(super) due: Timestamp,
    pub(super) responses: Option<Vec<Value>>,
}

impl Job {
    pub(super) fn is_completed(&self) -> bool {
        self.responses.is_some()
    }

    /// As `GET …/jobs/{id}` shows it.
    pub(super) fn shown(&self, failed_only: bool) -> Value {
        let pending = || self.data.iter().map(|it| response(id_of(it), json!({"status": "Pending"}))).collect();
        let mut responses = self.responses.clone().unwrap_or_else(pending);
        responses.retain(|it| !failed_only || it["response"]["status"] == "Error");
        json!({"jobId": self.id, "responses": responses})
    }
}

fn id_of(sent: &Value) -> &str {
    sent.as_str().or_else(|| sent["id"].as_str()).unwrap_or_default()
}

fn response(id: &str, response: Value) -> Value {
    let meta = json!({"created": "2026-04-15T10:30:00.123+02:00", "modified": "2026-04-15T10:30:00.123+02:00"});
    json!({"id": id, "response": response, "meta": meta})
}

impl Store {
    /// Carries out the jobs whose time has come, in the order in which they came.
    pub(super) fn run_jobs(&mut self, options: &DnpOptions) {
        let now = options.time.now();
        let mut jobs = std::mem::take(&mut self.jobs);
        for job in jobs.iter_mut().filter(|it| !it.is_completed() && it.due <= now) {
            let responses = job.data.iter().map(|sent| response(id_of(sent), self.carry_out(options, job, sent)));
            job.responses = Some(responses.collect());
        }
        self.jobs = jobs;
    }

    fn carry_out(&mut self, options: &DnpOptions, job: &Job, sent: &Value) -> Value {
        if self.dice.random_bool(options.temporary_errors.clamp(0.0, 1.0)) {
            let why = entry("6002", 503, "Tillfälligt fel.", None);
            return json!({"status": "TemporaryError", "statusCode": 503, "errors": [why], "warnings": []});
        }
        let id = id_of(sent).to_owned();
        if job.is_deletion {
            return self.delete(job.list, &id);
        }
        let is_there = self.state.list(job.list).contains_key(&id);
        if is_there && !job.updates {
            let why = entry("3001", 409, "Posten finns redan.", Some(("id", &json!(id))));
            return json!({"status": "Error", "statusCode": 409, "errors": [why], "warnings": []});
        }
        let errors = check::errors(options, &self.state, job.list, sent);
        if !errors.is_empty() {
            return json!({"status": "Error", "statusCode": 400, "errors": errors, "warnings": []});
        }
        let (taken, warnings) = check::taken(&self.state, job.list, sent);
        self.state.list_mut(job.list).insert(id, taken);
        let status = if warnings.is_empty() { "Success" } else { "Warning" };
        json!({"status": status, "statusCode": if is_there { 200 } else { 201 }, "errors": [], "warnings": warnings})
    }

    fn delete(&mut self, list: &str, id: &str) -> Value {
        if self.state.list_mut(list).remove(id).is_none() {
            let why = entry("4001", 404, "Posten hittades inte.", Some(("id", &json!(id))));
            return json!({"status": "Error", "statusCode": 404, "errors": [why], "warnings": []});
        }
        json!({"status": "Success", "statusCode": 204, "errors": [], "warnings": []})
    }
}
