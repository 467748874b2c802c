//! A large IMS Enterprise document, fed and dropped: how fast it is taken in, and how much memory that costs at most.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write as _};
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::date;
use outbound::FixedSecrets;
use roster::SystemClock;
use skolbro::machine::TemporaryFolder;
use sources::file_drop::FileDropSource;
use sources::ims_enterprise::{Intake, Rules};
use sources::registry::SourceContext;
use sources::{Next, ReadRequest, Scope, Source};
use uuid::Uuid;

use crate::figures::Figures;

/// As large as the document of one school type in a city.
const BYTES: u64 = 500_000_000;

/// Takes in a document of 500 MB that never exists as a whole, then one that was dropped in a folder.
///
/// # Errors
/// When it is refused, or this machine does not tell how much memory is in use.
pub async fn measure(figures: &mut Figures) -> io::Result<()> {
    fed(figures)?;
    dropped(figures).await
}

fn fed(figures: &mut Figures) -> io::Result<()> {
    forget_highest()?;
    let began = Instant::now();
    let mut document = Intake::new(Rules::default(), date(2026, 11, 25)).open(2 * BYTES, Some("GR"));
    let (mut bytes, mut writing) = (0u64, 0.0);
    for chunk in chunks(usize::try_from(BYTES / BYTES_PER_PUPIL).unwrap_or_default()) {
        bytes += chunk.len() as u64;
        let fed = Instant::now();
        document.feed(chunk.as_bytes()).map_err(io::Error::other)?;
        writing += fed.elapsed().as_secs_f64();
    }
    let snapshot = document.close().map_err(io::Error::other)?.finish();
    let (mut number, mut records) = (0, 0);
    loop {
        let page = snapshot.page(number, 2_000);
        records += page.records.len();
        number += 1;
        if !page.more {
            break;
        }
    }
    let peak = highest()?;
    let megabytes = bytes as f64 / 1e6;
    figures.add(
        format!("IMS Enterprise, {megabytes:.0} MB, {records} records: resident at most"),
        format!("{:.0} MB", peak as f64 / 1e3),
        "≤ 128 MB",
    );
    figures.add(
        "IMS Enterprise: taken in",
        format!("{:.0} MB/s, {:.0} s in all", megabytes / writing, began.elapsed().as_secs_f64()),
        "≥ 20 MB/s",
    );
    Ok(())
}

async fn dropped(figures: &mut Figures) -> io::Result<()> {
    let folder = TemporaryFolder::new().map_err(io::Error::other)?;
    let mut file = BufWriter::new(std::fs::File::create(folder.path().join("alvis.xml"))?);
    for chunk in chunks(usize::try_from(BYTES / BYTES_PER_PUPIL).unwrap_or_default()) {
        file.write_all(chunk.as_bytes())?;
    }
    file.write_all(b"\n")?;
    drop(file);
    let config = serde_json::json!({ "format": "ims-enterprise", "folder": folder.path(), "settle_seconds": 1 });
    let config = serde_json::from_value(config).map_err(io::Error::other)?;
    let context = SourceContext {
        secrets: Arc::new(FixedSecrets::default()),
        clock: Arc::new(SystemClock),
        user_agent: "bench".to_owned(),
        tenant: "bench".to_owned(),
        source: "alvis".to_owned(),
        transport: None,
        places: None,
    };
    let source = FileDropSource::new(config, &context).map_err(io::Error::other)?;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    forget_highest()?;
    let began = Instant::now();
    let mut request = ReadRequest { scope: Scope::Full, position: None, started: jiff::Timestamp::now(), memory: None };
    let mut records = 0;
    loop {
        let page = source.read(&request).await.map_err(io::Error::other)?;
        records += page.records.len();
        let Next::Page(position) = page.next else { break };
        request.position = Some(position);
    }
    let peak = highest()?;
    let name = format!("the same as a dropped file, {records} records: resident at most");
    figures.add(name, format!("{:.0} MB", peak as f64 / 1e3), "≤ 128 MB");
    figures.add("the same, read to its last page", format!("{:.0} s", began.elapsed().as_secs_f64()), "");
    Ok(())
}

/// Of this process only what is resident from now on counts, with what it has kept from before.
fn forget_highest() -> io::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5")
}

/// The most that has been resident, in kB.
fn highest() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|it| it.split_whitespace().next()).and_then(|it| it.parse().ok());
    figure.ok_or_else(|| io::Error::other("the memory in use is not told"))
}

/// What one pupil with two guardians, a class and seven teaching groups comes to.
const BYTES_PER_PUPIL: u64 = 8_350;

const ABOUT: &str = "<userid useridtype=\"PID\">201501012384</userid><name><fn>Provsson, Alva</fn><n><family>Provsson\
    </family><given>Alva</given></n></name><demographics><gender>Female</gender><bday>2015-01-01</bday></demographics>\
    <emailhome>nagon@post.example</emailhome><emailworkschool>alva.provsson@elev.norrbyholm.example</emailworkschool>\
    <tel teltype=\"Mobile\">0700000000</tel><adr><extadd/><street>Storgatan 12A</street><locality>Norrbyholm</locality>\
    <pcode>92312</pcode></adr><systemrole systemroletype=\"None\"/>";
const MORE: &str = "<extension><privacy>false</privacy><municipalitycode>0184</municipalitycode><municipalityname>Norrbyholm\
    </municipalityname><timestamp>2026-08-17T12:00:00</timestamp><status>Normal</status></extension>";
const DATES: &str = "<begin>2026-08-17</begin><end>2027-06-10</end>";

fn sourcedid(kind: u128, n: usize) -> String {
    // Spread as real identifiers are.
    let id = Uuid::new_v5(&Uuid::from_u128(kind), &n.to_be_bytes());
    format!("<sourcedid><source>norrbyholm</source><id>{{{id}}}</id></sourcedid>")
}

fn person(text: &mut String, kind: u128, n: usize, role: &str) {
    let _ = write!(
        text,
        "<person>{}{ABOUT}<institutionrole primaryrole=\"Yes\" institutionroletype=\"{role}\"/>{MORE}</person>",
        sourcedid(kind, n)
    );
}

fn group(text: &mut String, kind: u128, n: usize, word: &str) {
    let _ = write!(
        text,
        "<group>{}<grouptype><typevalue level=\"1\">{word}</typevalue></grouptype><description><short>7A Ma</short>\
         </description><timeframe>{DATES}</timeframe></group>",
        sourcedid(kind, n)
    );
}

fn member(text: &mut String, host: String, member: String, idtype: &str, role: &str, told: &str) {
    let _ = write!(
        text,
        "<membership>{host}<member>{member}<idtype>{idtype}</idtype><role roletype=\"{role}\"><status>Active</status>\
         <timeframe>{DATES}</timeframe><extension>{told}</extension></role></member></membership>"
    );
}

/// The groups of the `n`th pupil: one class, seven teaching groups, 24 pupils in each.
fn groups_of(n: usize) -> impl Iterator<Item = usize> {
    let first = n / 24 * 8;
    first..first + 8
}

fn chunks(pupils: usize) -> impl Iterator<Item = String> {
    let people = |n| {
        let mut text = String::new();
        person(&mut text, 1, n, "Student");
        person(&mut text, 2, n, "Contact");
        person(&mut text, 3, n, "Contact");
        text
    };
    let groups = |n: usize| {
        let mut text = String::new();
        group(&mut text, 5, n, "ContactGroup");
        if n.is_multiple_of(24) {
            groups_of(n)
                .for_each(|it| group(&mut text, 4, it, if it.is_multiple_of(8) { "Class" } else { "EducationGroup" }));
        }
        text
    };
    let places = |n: usize| {
        let mut text = String::new();
        for it in groups_of(n) {
            let told = if it.is_multiple_of(8) {
                format!(
                    "<placement><schoolyear>7</schoolyear><schoolunitcode>990004</schoolunitcode>{DATES}</placement>"
                )
            } else {
                format!(
                    "<activity><subjectcode>MA</subjectcode><hours>100</hours><cancelled>false</cancelled>{DATES}</activity>"
                )
            };
            member(&mut text, sourcedid(4, it), sourcedid(1, n), "Person", "Student", &told);
            if n.is_multiple_of(24) {
                member(&mut text, sourcedid(6, 0), sourcedid(4, it), "Group", "Class", "");
            }
        }
        member(&mut text, sourcedid(5, n), sourcedid(2, n), "Person", "Guardian", "");
        member(&mut text, sourcedid(5, n), sourcedid(3, n), "Person", "Guardian", "");
        text
    };
    let head = || {
        let mut text = "<enterprise>".to_owned();
        group(&mut text, 6, 0, "Unit");
        text
    };
    // Persons stand before groups, and groups before memberships: the unit is read as the first group all the same.
    std::iter::once(head())
        .chain((0..pupils).map(people))
        .chain((0..pupils).map(groups))
        .chain((0..pupils).map(places))
        .chain(std::iter::once("</enterprise>".to_owned()))
}
