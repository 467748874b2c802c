//! What takes its time: making, archiving and unarchiving a team, and a team's following its group.

use super::store::Store;
use super::{MicrosoftTeam, TeamRole};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// What is to be done with a team.
#[derive(Clone)]
pub(super) enum Task {
    /// Make it, with this specialization.
    Create(String),
    /// Archive it; and perhaps let members only read its site.
    Archive(bool),
    Unarchive,
}

/// A task under way or done.
pub(super) struct Operation {
    pub(super) team: String,
    task: Task,
    begun: Timestamp,
    due: Timestamp,
    fails: bool,
    is_settled: bool,
}

/// A team that will see later what somebody is in its group.
pub(super) struct Following {
    team: String,
    user: String,
    due: Timestamp,
}

impl Operation {
    /// As Graph shows it.
    pub(super) fn shown(&self, id: &str, now: Timestamp) -> Value {
        let (operation_type, status) = (
            match self.task {
                Task::Create(_) => "createTeam",
                Task::Archive(_) => "archiveTeam",
                Task::Unarchive => "unarchiveTeam",
            },
            match (now < self.due, now > self.begun, self.fails) {
                (true, false, _) => "notStarted",
                (true, true, _) => "inProgress",
                (false, _, true) => "failed",
                (false, _, false) => "succeeded",
            },
        );
        let error = json!({"code": "InternalServerError", "message": "Failed to execute backend request."});
        json!({
            "id": id,
            "operationType": operation_type,
            "createdDateTime": self.begun.to_string(),
            "lastActionDateTime": now.min(self.due).to_string(),
            "status": status,
            "attemptsCount": 1,
            "targetResourceId": self.team,
            "targetResourceLocation": format!("/teams('{}')", self.team),
            "error": if status == "failed" { error } else { Value::Null },
        })
    }
}

impl Store {
    /// Begins a task. Gives the operation's id.
    pub(super) fn begin(&mut self, seed: u64, team: &str, task: Task, now: Timestamp, takes: SignedDuration) -> String {
        let fails = self.failing_operations > 0;
        self.failing_operations = self.failing_operations.saturating_sub(1);
        let due = now.saturating_add(takes).unwrap_or(Timestamp::MAX);
        let id = self.next_id(seed);
        let operation = Operation { team: team.to_owned(), task, begun: now, due, fails, is_settled: false };
        self.operations.insert(id.clone(), operation);
        self.settle(now);
        id
    }

    /// Whether a team is being made for a group.
    pub(super) fn is_team_coming(&self, group: &str) -> bool {
        let mut creations = self.operations.values().filter(|it| matches!(it.task, Task::Create(_)));
        creations.any(|it| it.team == group && !it.is_settled)
    }

    pub(super) fn follow_later(&mut self, team: &str, user: &str, due: Timestamp) {
        self.followings.push(Following { team: team.to_owned(), user: user.to_owned(), due });
    }

    pub(super) fn settle_operations(&mut self, now: Timestamp) {
        let due = self.operations.values_mut().filter(|it| !it.is_settled && it.due <= now);
        for operation in due {
            operation.is_settled = true;
            let group = self.state.groups.get_mut(&operation.team);
            let Some(group) = group.filter(|_| !operation.fails) else { continue };
            match &operation.task {
                Task::Create(specialization) => {
                    let members = group.members.iter().map(|user| (user.clone(), TeamRole::Member));
                    let owners = group.owners.iter().map(|user| (user.clone(), TeamRole::Owner));
                    group.team = Some(MicrosoftTeam {
                        specialization: specialization.clone(),
                        is_archived: false,
                        is_site_read_only: false,
                        members: members.chain(owners).collect(),
                        created: operation.due,
                    });
                }
                Task::Archive(is_site_read_only) => {
                    if let Some(team) = &mut group.team {
                        (team.is_archived, team.is_site_read_only) = (true, *is_site_read_only);
                    }
                }
                Task::Unarchive => {
                    if let Some(team) = &mut group.team {
                        (team.is_archived, team.is_site_read_only) = (false, false);
                    }
                }
            }
        }
    }

    pub(super) fn settle_followings(&mut self, now: Timestamp) {
        let (due, later) = std::mem::take(&mut self.followings).into_iter().partition(|it| it.due <= now);
        self.followings = later;
        let due: Vec<Following> = due;
        for Following { team, user, .. } in due {
            let Some(group) = self.state.groups.get_mut(&team) else { continue };
            let role = if group.owners.contains(&user) {
                Some(TeamRole::Owner)
            } else {
                group.members.contains(&user).then_some(TeamRole::Member)
            };
            let Some(team) = &mut group.team else { continue };
            match role {
                Some(role) => team.members.insert(user, role),
                None => team.members.remove(&user),
            };
        }
    }
}
