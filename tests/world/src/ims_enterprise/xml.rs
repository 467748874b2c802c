//! Writing documents.

use super::model::{Key, Model};
use super::{Encoding, ImsEnterpriseOptions};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

static STOCKHOLM: TimeZone = jiff::tz::get!("Europe/Stockholm");

/// What stands in a document: everything, or what changed with its `recstatus`.
pub(super) struct Document<'a> {
    pub(super) school_type: &'a str,
    pub(super) kind: &'static str,
    pub(super) at: Timestamp,
    /// Persons and groups.
    pub(super) records: Vec<(Key, Option<u8>, &'a str)>,
    /// Members by host, and whether the list is whole.
    pub(super) memberships: BTreeMap<Uuid, (bool, Vec<Entry<'a>>)>,
}

/// A member with its roles.
pub(super) struct Entry<'a> {
    pub(super) member: Uuid,
    pub(super) is_group: bool,
    /// `recstatus` 3 on each role.
    pub(super) gone: bool,
    pub(super) roles: &'a [(String, String)],
}

impl<'a> Document<'a> {
    pub(super) fn complete(school_type: &'a str, model: &'a Model, at: Timestamp) -> Self {
        let records = model.records.iter().map(|(key, content)| (*key, None, content.as_str())).collect();
        let mut document =
            Self { school_type, kind: "CompleteOrganization", at, records, memberships: BTreeMap::new() };
        for ((host, member), listed) in &model.members {
            let entry = Entry { member: *member, is_group: listed.is_group, gone: false, roles: &listed.roles };
            document.memberships.entry(*host).or_insert((false, Vec::new())).1.push(entry);
        }
        document
    }

    /// The document's bytes.
    pub(super) fn written(&self, options: &ImsEnterpriseOptions) -> Vec<u8> {
        let label = match options.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Latin1 => "ISO-8859-1",
        };
        let mut text = format!("<?xml version=\"1.0\" encoding=\"{label}\"?>\r\n");
        text.push_str("<enterprise xmlns=\"http://open.tieto.com/edu/organization/v12\">\r\n");
        let local = |at: Timestamp| at.to_zoned(STOCKHOLM.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let _ = write!(
            text,
            "<properties><schooltype>{0}</schooltype><datasource>norrbyholm {0}</datasource><type>{1}</type>\
             <timeframe><start>{2}</start></timeframe><datetime>{2}</datetime></properties>\r\n",
            self.school_type,
            self.kind,
            local(self.at)
        );
        for wanted in ["person", "group"] {
            for (key, status, content) in self.records.iter().filter(|(key, ..)| key.element() == wanted) {
                let status = status.map(|it| format!(" recstatus=\"{it}\"")).unwrap_or_default();
                let _ = write!(text, "<{wanted}{status}>{}{content}</{wanted}>\r\n", sourcedid(key.id()));
            }
        }
        for (host, (whole, entries)) in &self.memberships {
            let whole = if *whole { " complete=\"true\"" } else { "" };
            let _ = write!(text, "<membership{whole}>{}", sourcedid(*host));
            entries.iter().for_each(|entry| entry.write(&mut text));
            text.push_str("</membership>\r\n");
        }
        text.push_str("</enterprise>");
        if options.prefixed {
            text = prefixed(&text);
        }
        match options.encoding {
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Latin1 => text.chars().map(|it| u8::try_from(u32::from(it)).unwrap_or(b'-')).collect(),
        }
    }
}

impl Entry<'_> {
    fn write(&self, text: &mut String) {
        let idtype = if self.is_group { "Group" } else { "Person" };
        let _ = write!(text, "<member>{}<idtype>{idtype}</idtype>", sourcedid(self.member));
        let status = if self.gone { " recstatus=\"3\"" } else { "" };
        for (role, content) in self.roles {
            let _ = write!(text, "<role roletype=\"{role}\"{status}><status>Active</status>{content}</role>");
        }
        text.push_str("</member>\r\n");
    }
}

fn sourcedid(id: Uuid) -> String {
    format!("<sourcedid><source>norrbyholm</source><id>{{{id}}}</id></sourcedid>")
}

/// Text as it stands in a document.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn prefixed(text: &str) -> String {
    let text = text.replace("</", "</ims:").replace("xmlns=", "xmlns:ims=");
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at + 1);
        out.push_str(before);
        if tag.starts_with(|it: char| it.is_ascii_alphabetic()) {
            out.push_str("ims:");
        }
        rest = tag;
    }
    out.push_str(rest);
    out
}
