//! What a municipality looks like through the API: persons, groups and members of one school type on one day.

use super::xml::escaped;
use crate::truth::{
    Activity, Duty, Group, Marking, Municipality, Organisation, OrganisationKind, Period, Person, PersonStatus,
    TeacherReference,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The vendor's codes of the school types that a municipality here has, with the words in their services' names.
pub const SCHOOL_TYPES: [(&str, &str, &str); 3] = [
    ("FK", "FKLASS", "PreSchoolClass"),
    ("GR", "GR", "CompulsorySchool"),
    ("S", "GRS", "CompulsorySchoolForLearningDisabilities"),
];

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Person(Uuid),
    Group(Uuid),
}

impl Key {
    pub(super) fn element(self) -> &'static str {
        match self {
            Key::Person(_) => "person",
            Key::Group(_) => "group",
        }
    }

    pub(super) fn id(self) -> Uuid {
        match self {
            Key::Person(id) | Key::Group(id) => id,
        }
    }
}

/// A member.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) is_group: bool,
    /// Role type and what stands in the role.
    pub(super) roles: Vec<(String, String)>,
}

/// One school type on one day.
#[derive(Clone, Default)]
pub(super) struct Model {
    /// What stands in each record.
    pub(super) records: BTreeMap<Key, String>,
    /// By host and member.
    pub(super) members: BTreeMap<(Uuid, Uuid), Listed>,
    /// Each pupil's contact group.
    pub(super) contact_groups: BTreeMap<Uuid, Uuid>,
    contacts: BTreeSet<Uuid>,
}

impl Model {
    /// Everybody but mere guardians.
    pub(super) fn concerned(&self) -> impl Iterator<Item = Uuid> + '_ {
        let persons = self.records.keys().filter_map(|key| match key {
            Key::Person(id) => Some(*id),
            Key::Group(_) => None,
        });
        persons.filter(|id| !self.contacts.contains(id))
    }

    /// Every group but contact groups and the schools themselves.
    pub(super) fn taught(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.records.iter().filter_map(|(key, content)| match key {
            Key::Group(id) if !content.contains(">ContactGroup<") && !content.contains(">Unit<") => Some(*id),
            _ => None,
        })
    }

    fn list(&mut self, host: Uuid, member: Uuid, is_group: bool, role: &str, content: String) {
        let listed = self.members.entry((host, member)).or_insert(Listed { is_group, roles: Vec::new() });
        listed.roles.push((role.to_owned(), content));
    }
}

/// All school types, by code.
pub(super) fn all(truth: &Municipality) -> BTreeMap<&'static str, Model> {
    SCHOOL_TYPES.into_iter().map(|(code, standard, _)| (code, Maker::make(truth, standard))).collect()
}

struct Maker<'a> {
    truth: &'a Municipality,
    standard: &'static str,
    model: Model,
}

impl<'a> Maker<'a> {
    fn make(truth: &'a Municipality, standard: &'static str) -> Model {
        let mut maker = Maker { truth, standard, model: Model::default() };
        let schools: Vec<&Organisation> =
            truth.organisations.values().filter(|it| it.kind == OrganisationKind::School).collect();
        for school in schools {
            if maker.has_type(school.id) {
                maker.school(school);
            }
        }
        maker.pupils();
        maker.model
    }

    fn today(&self, period: &Period) -> bool {
        period.covers(self.truth.today)
    }

    fn has_type(&self, school: Uuid) -> bool {
        self.truth.units_of(school).iter().any(|unit| unit.school_types.contains(&self.standard))
    }

    /// The school that an organisation is, or is a unit of.
    fn school_of(&self, organisation: Uuid) -> Option<Uuid> {
        let found = self.truth.organisations.get(&organisation)?;
        if found.kind == OrganisationKind::School { Some(found.id) } else { found.parent }
    }

    fn school(&mut self, school: &Organisation) {
        let units = self.truth.units_of(school.id);
        let types: BTreeSet<&str> = units.iter().flat_map(|unit| &unit.school_types).copied().collect();
        let codes = SCHOOL_TYPES.iter().filter(|(_, standard, _)| types.contains(standard));
        let types: String = codes.map(|(code, ..)| format!("<schooltype>{code}</schooltype>")).collect();
        let extension = format!("{types}<governedby>Municipal</governedby><municipalitycode>0199</municipalitycode>");
        self.group_record(school.id, "Unit", &school.name, &school.period, &extension);
        self.leaders(school);
        let groups: Vec<&Group> = self.truth.groups.values().collect();
        for group in groups {
            let here = self.school_of(group.organisation) == Some(school.id);
            if here && group.school_type == Some(self.standard) && self.today(&group.period) {
                self.group(school, group);
            }
        }
    }

    fn group_record(&mut self, id: Uuid, kind: &str, name: &str, period: &Period, extension: &str) {
        let content = format!(
            "<grouptype><typevalue level=\"1\">{kind}</typevalue></grouptype><description><short>{}</short>\
             </description>{}<extension>{extension}</extension>",
            escaped(name),
            timeframe(period)
        );
        self.model.records.insert(Key::Group(id), content);
    }

    /// Principals, with the units that they answer for, and administrators.
    fn leaders(&mut self, school: &Organisation) {
        let units: Vec<(String, String)> = self
            .truth
            .units_of(school.id)
            .iter()
            .filter_map(|unit| Some((unit.school_unit_code.clone()?, unit.name.clone())))
            .collect();
        let duties: Vec<&Duty> = self.truth.duties.values().collect();
        for duty in duties {
            if self.school_of(duty.at) != Some(school.id) || !self.today(&duty.period) || duty.role == "Lärare" {
                continue;
            }
            let (role, extension) = if duty.role == "Rektor" {
                let told = units.iter().map(|(code, name)| {
                    format!(
                        "<responsibility><schoolunitcode>{}</schoolunitcode><schoolunitname>{}</schoolunitname>{}\
                     </responsibility>",
                        number(code),
                        escaped(name),
                        ends(&duty.period)
                    )
                });
                ("Principal", told.collect::<String>())
            } else {
                ("Administrator", String::new())
            };
            let content = format!("{}<extension>{extension}</extension>", timeframe(&duty.period));
            self.staff(school.id, duty.person, role, content);
        }
    }

    fn staff(&mut self, host: Uuid, person: Uuid, role: &str, content: String) {
        if let Some(found) = self.truth.persons.get(&person) {
            self.person_record(found, "Staff");
            self.model.list(host, person, false, role, content);
        }
    }

    fn group(&mut self, school: &Organisation, group: &Group) {
        let kind = match group.kind {
            "Klass" => "Class",
            "Undervisning" => "EducationGroup",
            "Mentor" => "MentorGroup",
            _ => "OtherGroup",
        };
        let name = if kind == "MentorGroup" { self.mentors_number(group.id) } else { group.name.clone() };
        self.group_record(group.id, kind, &name, &group.period, "");
        self.model.list(school.id, group.id, true, kind, timeframe(&group.period));
        for membership in group.memberships.iter().filter(|it| self.today(&it.period)).collect::<Vec<_>>() {
            self.pupil_in(group, membership.person, &membership.period);
        }
        self.teachers(group);
        self.mentors(group);
    }

    /// The vendor calls a mentor's group by the mentor's personal number.
    fn mentors_number(&self, group: Uuid) -> String {
        let duties = self.truth.duties.values();
        let mut mentors = duties.filter(|it| it.assignments.iter().any(|it| it.group == group));
        let mentor = mentors.find_map(|it| self.truth.persons.get(&it.person));
        mentor.and_then(|it| it.civic_number.clone()).unwrap_or_default()
    }

    fn pupil_in(&mut self, group: &Group, person: Uuid, period: &Period) {
        let Some(pupil) = self.truth.persons.get(&person) else { return };
        let extension = match group.kind {
            "Klass" => {
                let mut enrolled = pupil.enrolments.iter().filter(|it| it.school_type == self.standard);
                let Some(enrolment) = enrolled.rfind(|it| self.today(&it.period)) else { return };
                let unit = self.truth.organisations.get(&enrolment.unit);
                let code = unit.and_then(|it| it.school_unit_code.as_deref()).map(number).unwrap_or_default();
                format!(
                    "<placement><schoolyear>{}</schoolyear><schoolunitcode>{code}</schoolunitcode>{}</placement>",
                    enrolment.school_year,
                    ends(&enrolment.period)
                )
            }
            "Undervisning" => {
                format!("<activity><subjectcode>X</subjectcode><cancelled>false</cancelled>{}</activity>", ends(period))
            }
            _ => String::new(),
        };
        self.person_record(pupil, "Student");
        let content = format!("{}<extension>{extension}</extension>", timeframe(period));
        self.model.list(group.id, person, false, "Student", content);
    }

    fn teachers(&mut self, group: &Group) {
        let teaching = |it: &&Activity| it.groups.contains(&group.id) && self.today(&it.period);
        let activities: Vec<&Activity> = self.truth.activities.values().filter(teaching).collect();
        let mut listed: BTreeMap<Uuid, Period> = BTreeMap::new();
        for teacher in activities.iter().flat_map(|it| &it.teachers).filter(|it| self.today(&it.period)) {
            let person = match teacher.teacher {
                TeacherReference::Person(person) => Some(person),
                TeacherReference::Duty(duty) => self.truth.duties.get(&duty).map(|it| it.person),
            };
            listed.extend(person.map(|person| (person, teacher.period)));
        }
        for (person, period) in listed {
            let activity = format!("<activity><cancelled>false</cancelled>{}</activity>", ends(&period));
            let content = format!("{}<extension>{activity}</extension>", timeframe(&period));
            self.staff(group.id, person, "Instructor", content);
        }
    }

    fn mentors(&mut self, group: &Group) {
        let mut mentors: Vec<(Uuid, Period)> = Vec::new();
        for duty in self.truth.duties.values().filter(|it| self.today(&it.period)) {
            let assigned = duty.assignments.iter().filter(|it| it.group == group.id && self.today(&it.period));
            mentors.extend(assigned.map(|it| (duty.person, it.period)));
        }
        for (person, period) in mentors {
            let mentor = format!("<mentor>{}</mentor>", ends(&period));
            let content = format!("{}<extension>{mentor}</extension>", timeframe(&period));
            self.staff(group.id, person, "Mentor", content);
        }
    }

    /// Each pupil's contacts, in a group of their own that is called by the pupil's personal number.
    fn pupils(&mut self) {
        let pupils: Vec<&Person> =
            self.truth.persons.values().filter(|it| self.model.records.contains_key(&Key::Person(it.id))).collect();
        for pupil in pupils.into_iter().filter(|it| !it.responsibles.is_empty()) {
            let group = Uuid::from_u128(pupil.id.as_u128() ^ 0xc0_47ac7);
            let name = pupil.civic_number.clone().unwrap_or_default();
            let always = Period::from(self.truth.today);
            self.group_record(group, "ContactGroup", &name, &always, "");
            self.model.list(group, pupil.id, false, "Student", String::new());
            self.model.contact_groups.insert(pupil.id, group);
            for guardian in pupil.responsibles.iter().filter_map(|id| self.truth.persons.get(id)) {
                if !self.model.records.contains_key(&Key::Person(guardian.id)) {
                    self.person_record(guardian, "Contact");
                    self.model.contacts.insert(guardian.id);
                }
                self.model.list(group, guardian.id, false, "Guardian", String::new());
            }
        }
    }

    fn person_record(&mut self, person: &Person, role: &str) {
        if self.model.records.contains_key(&Key::Person(person.id)) {
            return;
        }
        let pid = person.civic_number.as_ref().map(|it| format!("<userid useridtype=\"PID\">{it}</userid>"));
        let email = |kind: &str| person.emails.iter().find(|it| it.kind.starts_with(kind)).map(|it| escaped(&it.value));
        let element =
            |name: &str, text: Option<String>| text.map(|text| format!("<{name}>{text}</{name}>")).unwrap_or_default();
        let privacy = match person.marking {
            Marking::None => "<privacy>false</privacy>",
            Marking::Confidential => "<privacy level=\"1\">true</privacy>",
            Marking::ProtectedRegistration => "<privacy level=\"2\">true</privacy>",
        };
        let status = match person.status {
            PersonStatus::Active => "Normal",
            PersonStatus::Emigrated => "Emigrated",
            PersonStatus::Deceased => "Deceased",
        };
        let (given, family) = (escaped(&person.given_name), escaped(&person.family_name));
        let content = format!(
            "{}<userid useridtype=\"GUID\">{{{}}}</userid><name><fn>{family}, {given}</fn><n><family>{family}</family>\
             <given>{given}</given></n></name>{}{}<systemrole systemroletype=\"None\"/><institutionrole \
             primaryrole=\"Yes\" institutionroletype=\"{role}\"/><extension>{privacy}\
             <status>{status}</status></extension>",
            pid.unwrap_or_default(),
            person.id,
            element("emailhome", email("Privat")),
            element("emailworkschool", email("Skola")),
        );
        self.model.records.insert(Key::Person(person.id), content);
    }
}

/// A school unit code as the number that the schema makes of it.
fn number(code: &str) -> String {
    code.trim_start_matches('0').to_owned()
}

fn ends(period: &Period) -> String {
    let end = period.end.map_or("9999-12-31".to_owned(), |end| end.to_string());
    format!("<begin>{}</begin><end>{end}</end>", period.start)
}

fn timeframe(period: &Period) -> String {
    let end = period.end.map(|end| format!("<end>{end}</end>")).unwrap_or_default();
    format!("<timeframe><begin>{}</begin>{end}</timeframe>", period.start)
}
