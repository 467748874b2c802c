//! How little is kept of large documents. The figures are of what the source itself holds: everything it allocates for
//! records is counted by their sizes.

use super::*;

/// A municipality's document, chunk by chunk: `pupils` pupils with two guardians each, in a class and seven teaching
/// groups of 25, with as much in each record as the specification has.
fn chunks(pupils: usize) -> impl Iterator<Item = String> {
    let id = |kind: u128, n: usize| format!("{{{}}}", uuid_like(kind, n));
    let about = "<userid useridtype='PID'>201501012384</userid><userid useridtype='GUID'>{17084b40-08f5-4bcd-a739-c0d08c176bad}\
        </userid><demographics><gender>Female</gender><bday>2015-01-01</bday></demographics><emailhome>nagon@post.example\
        </emailhome><emailworkschool>alva.provsson@elev.norrbyholm.example</emailworkschool><tel teltype='Mobile'>0700000000\
        </tel><tel teltype='Voice'>0910000000</tel><adr><extadd/><street>Storgatan 12A</street><locality>Norrbyholm</locality>\
        <pcode>92312</pcode></adr><systemrole systemroletype='None'/><datasource>SKV</datasource><extension><privacy>false\
        </privacy><geographickeycode>103400</geographickeycode><municipalitycode>0184</municipalitycode><municipalityname>\
        Norrbyholm</municipalityname><timestamp>2026-08-17T12:00:00</timestamp><status>Normal</status><residentstatus>Unknown\
        </residentstatus></extension>";
    let people = move |n: usize| {
        let guardians = [2, 3].map(|kind| person(&id(kind, n), "Contact", about)).concat();
        person(&id(1, n), "Student", about) + &guardians
    };
    let groups = move |n: usize| {
        let contacts = group(&id(5, n), "ContactGroup", "201501012384", "");
        let taught = group(&id(4, n), if n.is_multiple_of(8) { "Class" } else { "EducationGroup" }, "7A Ma", "");
        if n.is_multiple_of(3) { contacts + &taught } else { contacts }
    };
    let dates = "<begin>2026-08-17</begin><end>2027-06-10</end><timestamp>2026-08-17T12:00:00</timestamp>";
    let placement =
        format!("<placement><schoolyear>7</schoolyear><schoolunitcode>990004</schoolunitcode>{dates}</placement>");
    let activity = format!(
        "<activity><subjectcode>MA</subjectcode><subjectid>{{17084b40-08f5-4bcd-a739-c0d08c176bad}}\
        </subjectid><hours>100</hours><cancelled>false</cancelled>{dates}</activity>"
    );
    let places = move |n: usize| {
        let taught = (0..8).map(|it| {
            let told = if it == 0 { &placement } else { &activity };
            let more = format!("<timeframe>{dates}</timeframe><extension>{told}</extension>");
            membership(&id(4, n / 24 * 24 + it * 3), &member(&id(1, n), "Person", "Student", &more))
        });
        let guardians = [2, 3].map(|kind| member(&id(kind, n), "Person", "Guardian", "<extension/>")).concat();
        taught.collect::<String>() + &membership(&id(5, n), &guardians)
    };
    let homes = move |n: usize| membership(UNIT, &member(&id(4, n * 3), "Group", "Class", ""));
    std::iter::once("<enterprise>".to_owned() + &group(UNIT, "Unit", "Provskolan", ""))
        .chain((0..pupils).map(people))
        .chain((0..pupils).map(groups))
        .chain((0..pupils).map(places))
        .chain((0..pupils.div_ceil(3)).map(homes))
        .chain(std::iter::once("</enterprise>".to_owned()))
}

fn uuid_like(kind: u128, n: usize) -> Id {
    Id::derived(&[&kind.to_string(), &n.to_string()])
}

/// As much as a document of so many bytes leaves behind: faces, rows, members.
fn kept(intake: &Intake) -> usize {
    let (persons, groups) = (&intake.index.persons.rows, &intake.index.groups.rows);
    let faces: usize = persons.iter().filter_map(|it| it.face.as_ref()).map(|it| it.len()).sum();
    let members: usize = groups.iter().map(|it| it.members.capacity() * size_of::<super::super::index::Member>()).sum();
    let ignored = intake.index.ignored.len() * 40;
    let rows = persons.capacity() * size_of::<super::super::index::PersonRow>()
        + groups.capacity() * (size_of::<super::super::index::GroupRow>() + size_of::<super::super::index::Head>());
    // Identity to number: 20 bytes, in a table that is at least half full.
    let numbers = (persons.len() + groups.len()) * 40;
    faces + members + ignored + rows + numbers
}

/// 2,000 pupils: some 20 MB. What more leaves behind is in proportion: of 500 MB, 100 MB.
#[test]
fn a_fifth_of_a_document_is_kept_at_most() {
    let mut open = Intake::new(Rules::default(), date(2026, 11, 25)).open(u64::MAX, Some("GR"));
    let mut bytes = 0;
    for chunk in chunks(2_000) {
        bytes += chunk.len();
        open.feed(chunk.as_bytes()).unwrap();
    }

    let intake = open.close().unwrap();

    let kept = kept(&intake);
    assert!(kept * 5 < bytes, "{kept} of {bytes}");
    let told = intake.finish().page(0, 1_000_000).records.len();
    assert_eq!(told, 2_000 + 667 + 2);
}
