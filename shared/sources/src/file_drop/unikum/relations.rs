//! Relations: who is in what, added and removed in the order of their rows.

use roster::{Id, RecordKind};

use super::register::{Register, Relation};
use super::{RelationColumn, UnikumConfig};
use crate::file_drop::identity::Named;
use crate::file_drop::rows::Row;

impl Register {
    /// Takes in a relation.
    pub(super) fn relation(&mut self, row: Row<'_>, config: &UnikumConfig, at: &str) {
        let columns = &config.relation_columns;
        if row.len() != columns.len() {
            let reason = format!("{at}: {} columns instead of {}", row.len(), columns.len());
            return self.broken(&reason);
        }
        let text = |wanted: RelationColumn| columns.iter().position(|it| *it == wanted).and_then(|it| row.cell(it));
        let operation = text(RelationColumn::Operation).map(str::to_lowercase);
        let adds = match operation.as_deref() {
            Some("add") => true,
            Some("remove") => false,
            _ => return self.broken(&format!("{at}: neither add nor remove")),
        };
        let (Some(word), Some(from), Some(to)) =
            (text(RelationColumn::Type), text(RelationColumn::From), text(RelationColumn::To))
        else {
            return self.broken(&format!("{at}: type, from or to is missing"));
        };
        let person = |native: &str| self.person_id(native).0;
        let group = |native: &str| Named::Group.identity(native);
        let school = |native: &str| Named::Organisation.identity(native);
        let (relation, from, to): (Relation, Id, Id) = match word.to_lowercase().as_str() {
            "class_in_school" => (Relation::ClassInSchool, group(from), school(to)),
            "student_in_school" => (Relation::StudentInSchool, person(from), school(to)),
            "staff_in_school" => (Relation::StaffInSchool, person(from), school(to)),
            "student_in_class" => (Relation::StudentInClass, person(from), group(to)),
            "teacher_in_class" => (Relation::TeacherInClass, person(from), group(to)),
            "mentor_for" => (Relation::MentorFor, person(from), group(to)),
            // Guardians, guests and administrators of Unikum concern no target.
            "school_in_org" | "guardian_for" | "external_user_in_school" | "administrator_for" => return,
            _ => {
                let reason = format!("{at}: a relation that is not known is left out");
                return self.notes.warn(RecordKind::Person, None, "file_drop.value_unknown", &reason);
            }
        };
        let all = self.relations.entry(relation).or_default();
        if adds {
            all.insert((from, to));
        } else {
            all.remove(&(from, to));
        }
    }
}
