//! Query parameters of the list resources.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// The query string, in order, decoded.
pub(super) type Parameters = Vec<(String, String)>;

/// What a list is narrowed to. Parameters that this register does not offer are refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Filter {
    pub(super) modified_after: Option<Timestamp>,
    pub(super) modified_before: Option<Timestamp>,
    pub(super) created_after: Option<Timestamp>,
    pub(super) created_before: Option<Timestamp>,
    pub(super) start_before: Option<Date>,
    pub(super) start_after: Option<Date>,
    pub(super) end_before: Option<Date>,
    pub(super) end_after: Option<Date>,
    pub(super) organisations: Vec<Uuid>,
    pub(super) persons: Vec<Uuid>,
    pub(super) groups: Vec<Uuid>,
    pub(super) kinds: Vec<String>,
    pub(super) civic_number: Option<String>,
    pub(super) principal_name: Option<String>,
    pub(super) names: bool,
}

impl Filter {
    /// Reads all parameters but `limit` and `pageToken`.
    pub(super) fn parse(parameters: &Parameters, incremental: bool) -> Result<Self, String> {
        let mut filter = Self::default();
        for (name, value) in parameters {
            if name.starts_with("meta.") && !incremental {
                return Err(format!("{name} is not supported"));
            }
            filter.read(name, value)?;
        }
        Ok(filter)
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "limit" => {}
            "meta.modified.after" => self.modified_after = Some(parse(name, value)?),
            "meta.modified.before" => self.modified_before = Some(parse(name, value)?),
            "meta.created.after" => self.created_after = Some(parse(name, value)?),
            "meta.created.before" => self.created_before = Some(parse(name, value)?),
            "startDate.onOrBefore" => self.start_before = Some(parse(name, value)?),
            "startDate.onOrAfter" => self.start_after = Some(parse(name, value)?),
            "endDate.onOrBefore" => self.end_before = Some(parse(name, value)?),
            "endDate.onOrAfter" => self.end_after = Some(parse(name, value)?),
            "organisation" | "parent" => self.organisations.push(parse(name, value)?),
            "person" | "member" | "teacher" => self.persons.push(parse(name, value)?),
            "group" => self.groups.push(parse(name, value)?),
            "groupType" | "type" | "dutyRole" => self.kinds.push(value.to_owned()),
            "civicNo" => self.civic_number = Some(value.to_owned()),
            "eduPersonPrincipalName" => self.principal_name = Some(value.to_owned()),
            "expandReferenceNames" => self.names = value == "true",
            other => return Err(format!("{other} is not supported")),
        }
        Ok(())
    }

    /// `after` is exclusive, `before` inclusive (SS 12000 2.1.0).
    pub(super) fn admits_stamp(&self, created: Timestamp, modified: Timestamp) -> bool {
        self.modified_after.is_none_or(|after| modified > after)
            && self.modified_before.is_none_or(|before| modified <= before)
            && self.created_after.is_none_or(|after| created > after)
            && self.created_before.is_none_or(|before| created <= before)
    }

    /// All inclusive; no end date always matches.
    pub(super) fn admits_period(&self, start: Date, end: Option<Date>) -> bool {
        self.start_before.is_none_or(|day| start <= day)
            && self.start_after.is_none_or(|day| start >= day)
            && self.end_before.is_none_or(|day| end.is_none_or(|end| end <= day))
            && self.end_after.is_none_or(|day| end.is_none_or(|end| end >= day))
    }
}

pub(super) fn parse<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name} is not understood"))
}
