//! The narrow door through which the fuzz targets reach what meets bytes from outside. Not part of the interface.

use std::io::{Cursor, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use outbound::fuzzing::answer;
use roster::{Id, Record, RecordKey, RecordKind};

use crate::file_drop::{Contents, FileDropConfig, FileProblem};
use crate::skolon::{Feed, SkolonConfig};
use crate::ss12000::Resource;
use crate::{
    SourceError, Subscription, Unreadable, configuration, file_drop, graph_education, oneroster, skolon, ss12000,
};

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageRead {
    /// How many elements its list had.
    pub elements: usize,
    /// What was read.
    pub records: Vec<Record>,
    /// What is marked as deleted.
    pub deleted: Vec<RecordKey>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Where the next page is.
    pub next: Option<String>,
}

/// A page of an SS 12000 list.
///
/// # Errors
/// [`SourceError`].
pub fn ss12000_page(resource: Resource, body: &[u8], today: Date) -> Result<PageRead, SourceError> {
    let email_types = ["Skola elev", "Skola personal"].map(str::to_owned);
    let reading = ss12000::Reading { today, email_types: &email_types };
    let answer = answer(200, None, body);
    let listing = ss12000::fuzzing::Listing::of(&answer)?;
    let mapped = ss12000::mapping::records(resource, &listing.data, &reading);
    Ok(PageRead {
        elements: listing.data.len(),
        records: mapped.records,
        deleted: Vec::new(),
        unreadable: mapped.unreadable,
        next: listing.next()?,
    })
}

/// What is gone, and where the next page is.
pub type Gone = (Vec<RecordKey>, Option<String>);

/// A page of `/deletedEntities`. `None`: told in a way nobody described.
///
/// # Errors
/// [`SourceError`].
pub fn ss12000_deletions(body: &[u8]) -> Result<Option<Gone>, SourceError> {
    let answer = answer(200, None, body);
    let Some(deletions) = ss12000::fuzzing::Deletions::of(&answer)? else { return Ok(None) };
    let next = deletions.next()?;
    Ok(Some((deletions.removed(&Resource::ALL), next)))
}

/// The subscription that an answer describes, and the one in it, read as a list, that rings the doorbell.
#[must_use]
pub fn ss12000_subscription(body: &[u8], doorbell: &str, now: Timestamp) -> [Option<Subscription>; 2] {
    use ss12000::fuzzing::{listed, told};
    [told(body, None, doorbell, now), listed(body, doorbell, now)]
}

/// What an answer means for the capability asked for, as a word.
#[must_use]
pub fn ss12000_verdict(status: u16, body: &[u8]) -> String {
    format!("{:?}", ss12000::fuzzing::verdict(&answer(status, None, body)))
}

/// The failure that an answer is, the same for all sources.
#[must_use]
pub fn failure(status: u16, retry_after: &[u8], body: &[u8], now: Timestamp) -> SourceError {
    crate::failure::of_answer(&answer(status, Some(retry_after), body), now)
}

/// A page of one of Skolon's feeds, read with the usual settings.
///
/// # Errors
/// [`SourceError`]; `source.page_unreadable` too should the usual settings not be readable.
pub fn skolon_page(feed: Feed, body: &[u8], today: Date) -> Result<PageRead, SourceError> {
    let config = usual().ok_or_else(|| SourceError::page_unreadable("no settings"))?;
    let answer = answer(200, None, body);
    let (elements, mapped, next) = skolon::fuzzing::page(feed, &answer, &config, today)?;
    Ok(PageRead { elements, records: mapped.records, deleted: mapped.deleted, unreadable: mapped.unreadable, next })
}

/// All fields are given, those too that Skolon does not give by itself.
fn usual() -> Option<SkolonConfig> {
    let text = "client_id = 'hub'\nclient_secret = { env = 'SKOLON_SECRET' }\n\
                [fields.user]\nprincipal_names = '/eppn'\ncivic_number = '/civicNo'";
    configuration::read(&text.parse().ok()?).ok()
}

/// A page of Graph's education objects, read with the usual settings, all of them at one school and without members.
///
/// # Errors
/// [`SourceError`]; `source.page_unreadable` too should the usual settings not be readable.
pub fn graph_education_page(kind: RecordKind, body: &[u8]) -> Result<PageRead, SourceError> {
    use graph_education::fuzzing::{Link, page};
    let text = "tenant_id = 't'\nclient_id = 'hub'\nclient_secret = { env = 'GRAPH_SECRET' }";
    let table = text.parse().map_err(|_| SourceError::page_unreadable("no settings"))?;
    let config = configuration::read(&table).map_err(|_| SourceError::page_unreadable("no settings"))?;
    let (elements, mapped, link) = page(kind, body, &config, Id::derived(&["a school"]))?;
    let next = if let Link::Next(next) = link { Some(next) } else { None };
    Ok(PageRead { elements, records: mapped.records, deleted: mapped.gone, unreadable: mapped.unreadable, next })
}

/// The statuses in the answer to a batch of so many requests, in the order of the requests.
///
/// # Errors
/// [`SourceError`].
pub fn graph_education_batch(body: &[u8], asked: usize) -> Result<Vec<u16>, SourceError> {
    Ok(graph_education::fuzzing::parts(body, asked)?.iter().map(|it| it.status).collect())
}

/// Where a link leads that Graph gave below `base`.
///
/// # Errors
/// [`SourceError`]: it is not followed.
pub fn graph_education_link(base: &outbound::Url, text: &str) -> Result<outbound::Url, SourceError> {
    graph_education::fuzzing::followed(base, text)
}

/// A page of OneRoster's orgs, users or classes, read with the usual conventions; no class has members.
///
/// # Errors
/// [`SourceError`].
pub fn oneroster_page(resource: oneroster::Resource, body: &[u8], today: Date) -> Result<PageRead, SourceError> {
    oneroster::fuzzing::page(resource, body, today)
}

/// A page of OneRoster's enrollments: how many there are, how many make a member, and what could not be read.
///
/// # Errors
/// [`SourceError`].
pub fn oneroster_enrollments(body: &[u8], today: Date) -> Result<(usize, usize, Vec<Unreadable>), SourceError> {
    oneroster::fuzzing::enrollments(body, today)
}

/// Files as a zip, so that what is looked for is in the files and not in the zip.
#[must_use]
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        let written = zip.start_file(*name, options).is_ok() && zip.write_all(bytes).is_ok();
        if !written {
            return Vec::new();
        }
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// A dropped file, read by the settings given, in pieces of a size.
///
/// # Errors
/// [`FileProblem`]; `file_drop.header_wrong` too should the settings not be readable.
pub fn file_drop_table(settings: &str, bytes: &[u8], size: usize, today: Date) -> Result<Contents, FileProblem> {
    file_drop::fuzzing::table(&file_drop_settings(settings)?, bytes, size, today)
}

/// A pair of Unikum's files, in pieces of a size.
///
/// # Errors
/// [`FileProblem`].
pub fn file_drop_pair(files: [&[u8]; 2], size: usize, today: Date) -> Result<Contents, FileProblem> {
    let settings = file_drop_settings("format = 'unikum'\nfolder = '/srv/drop'\nfinal_newline = 'optional'")?;
    file_drop::fuzzing::pair(&settings, files, size, today)
}

fn file_drop_settings(settings: &str) -> Result<FileDropConfig, FileProblem> {
    let unreadable = |detail: String| FileProblem { code: "file_drop.header_wrong", detail };
    let table = settings.parse().map_err(|_| unreadable("no settings".to_owned()))?;
    configuration::read(&table).map_err(|problem| unreadable(problem.message))
}

/// What sources remember, read and written again; each must be read back as the same.
#[must_use]
pub fn memories(text: &str) -> [Option<String>; 4] {
    [
        ss12000::fuzzing::memory(text),
        skolon::fuzzing::memory(text),
        graph_education::fuzzing::memory(text),
        oneroster::fuzzing::memory(text),
    ]
}
