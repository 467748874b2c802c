//! Files as they come, and as they should not.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use jiff::civil::date;
use roster::{Group, Id, Organisation, Person, Record, RecordKind};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Bounds, Bundle, Contents, CsvProblem};
use crate::oneroster::conventions::Conventions;
use crate::oneroster::mapping::identity;

/// Files by name without `.csv`.
type Files = BTreeMap<&'static str, Vec<u8>>;

const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n\
                    d,,,Norrbyholms kommun,district,,\r\n\
                    s,,,\"Norrskolan, F–9\",school,00990001,d\r\n";
const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\r\n\
                        ht26,,,HT 2026,term,2026-08-17,2026-12-19,,2027\r\n";
const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,\
                     middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\r\n\
                     p,,,true,s,student,aspr,\"{personnummer:191212121212},{eppn:aspr@skola.example}\",Astrid,Provsson,\
                     ,,astrid@elev.example,,,,07,\r\n\
                     t,,,true,\"s,d\",teacher,bopr,,Bo,Provsson,,,bo@skola.example,,,,,\r\n";
const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,\
                       schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\r\n\
                       c,,,7A,07,,7A,homeroom,,s,ht26,,,\r\n";
const ENROLLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,\
                           beginDate,endDate\r\n\
                           e1,,,c,s,p,student,false,2026-08-17,2026-12-19\r\n\
                           e2,,,c,s,t,teacher,true,,\r\n";

fn manifest(version: &str, mode: &str, files: &[&str]) -> String {
    let files: String = files.iter().map(|name| format!("file.{name},{mode}\r\n")).collect();
    format!("propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,{version}\r\n{files}")
}

/// A school with a pupil and a teacher in a class.
fn school() -> Files {
    let files = [
        ("academicSessions", SESSIONS),
        ("orgs", ORGS),
        ("users", USERS),
        ("classes", CLASSES),
        ("enrollments", ENROLLMENTS),
    ];
    let mut all: Files = files.map(|(name, text)| (name, text.as_bytes().to_vec())).into();
    all.insert("manifest", manifest("1.1", "bulk", &files.map(|(name, _)| name)).into_bytes());
    all
}

/// The same, with one file otherwise.
fn with(name: &'static str, text: impl Into<Vec<u8>>) -> Files {
    let mut files = school();
    files.insert(name, text.into());
    files
}

/// The same, with another row at the end of a file.
fn and_row(name: &'static str, row: &str) -> Files {
    let mut files = school();
    files.get_mut(name).unwrap().extend_from_slice(format!("{row}\r\n").as_bytes());
    files
}

/// What changed, in these files only.
fn delta(files: &[(&'static str, String)]) -> Files {
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let mut all: Files = files.iter().map(|(name, text)| (*name, text.clone().into_bytes())).collect();
    all.insert("manifest", manifest("1.1", "delta", &names).into_bytes());
    all
}

/// The header of a file, and a row below it.
fn rows(file: &str, rows: &[&str]) -> String {
    let header = file.split("\r\n").next().unwrap();
    format!("{header}\r\n{}\r\n", rows.join("\r\n"))
}

fn zipped(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(format!("{name}.csv"), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn open(zip: Vec<u8>, bounds: Bounds) -> Result<Bundle, CsvProblem> {
    Bundle::read(Cursor::new(zip), bounds, &Conventions::default(), date(2026, 11, 22))
}

fn bundle(files: &Files) -> Result<Bundle, CsvProblem> {
    open(zipped(files), Bounds::default())
}

fn contents_of(bundle: &Bundle) -> Contents {
    bundle.records(&Conventions::default(), date(2026, 11, 22)).unwrap()
}

fn contents(files: &Files) -> Contents {
    contents_of(&bundle(files).unwrap())
}

fn refused(files: &Files) -> &'static str {
    bundle(files).unwrap_err().code
}

fn codes(contents: &Contents) -> Vec<&str> {
    contents.unreadable.iter().map(|it| it.code.as_str()).collect()
}

fn persons(contents: &Contents) -> Vec<&Person> {
    contents.records.iter().filter_map(|it| if let Record::Person(it) = it { Some(it) } else { None }).collect()
}

fn person<'c>(contents: &'c Contents, native: &str) -> &'c Person {
    let id = identity(RecordKind::Person, native);
    persons(contents).into_iter().find(|it| it.id == id).unwrap()
}

fn groups(contents: &Contents) -> Vec<&Group> {
    contents.records.iter().filter_map(|it| if let Record::Group(it) = it { Some(it) } else { None }).collect()
}

fn organisations(contents: &Contents) -> Vec<&Organisation> {
    contents.records.iter().filter_map(|it| if let Record::Organisation(it) = it { Some(it) } else { None }).collect()
}

const ALL: [RecordKind; 3] = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group];

#[test]
fn a_school_in_files_of_the_first_edition() {
    let contents = contents(&school());

    assert_eq!(contents.complete, ALL);
    insta::assert_snapshot!(codes(&contents).join("\n"), @"oneroster.role_not_at_school");
    let records = (organisations(&contents), persons(&contents), groups(&contents));
    insta::assert_json_snapshot!(records, @r#"
    [
      [
        {
          "id": "3381f4ae-3ccb-519f-8fc7-920523043482",
          "n": "Norrskolan, F–9",
          "k": "u",
          "p": "a99c548c-8899-5ef3-90ab-fdf1e9fd8718",
          "c": "00990001",
          "v": {}
        },
        {
          "id": "a99c548c-8899-5ef3-90ab-fdf1e9fd8718",
          "n": "Norrbyholms kommun",
          "k": "h",
          "v": {}
        }
      ],
      [
        {
          "id": "7187fdc4-e969-5ca6-9c13-2b554c9d5d18",
          "gn": "Bo",
          "fn": "Provsson",
          "em": [
            {
              "a": "bo@skola.example",
              "k": "Skola personal"
            }
          ],
          "du": [
            {
              "id": "f7d0d525-d1b8-5efa-8e81-7854eed935d8",
              "p": "7187fdc4-e969-5ca6-9c13-2b554c9d5d18",
              "o": "3381f4ae-3ccb-519f-8fc7-920523043482",
              "r": "Lärare",
              "v": {}
            }
          ]
        },
        {
          "id": "ea151eb8-5792-510f-8588-2bc2302f61b9",
          "gn": "Astrid",
          "fn": "Provsson",
          "pn": [
            "aspr@skola.example"
          ],
          "em": [
            {
              "a": "astrid@elev.example",
              "k": "Skola elev"
            }
          ],
          "cn": {
            "v": "191212121212",
            "k": "p",
            "ok": true
          },
          "en": [
            {
              "u": "3381f4ae-3ccb-519f-8fc7-920523043482",
              "y": 7,
              "v": {}
            }
          ],
          "xi": [
            {
              "c": "eppn",
              "v": "aspr@skola.example"
            },
            {
              "c": "personnummer",
              "v": "191212121212"
            }
          ]
        }
      ],
      [
        {
          "id": "b5597a5d-dd43-53e3-a998-2d71faee278c",
          "n": "7A",
          "k": "Klass",
          "o": "3381f4ae-3ccb-519f-8fc7-920523043482",
          "v": {
            "s": "2026-08-17",
            "e": "2026-12-18"
          },
          "m": [
            {
              "p": "7187fdc4-e969-5ca6-9c13-2b554c9d5d18",
              "r": "t"
            },
            {
              "p": "ea151eb8-5792-510f-8588-2bc2302f61b9",
              "v": {
                "s": "2026-08-17",
                "e": "2026-12-18"
              }
            }
          ]
        }
      ]
    ]
    "#);
}

#[test]
fn roles_are_a_file_of_their_own_in_the_second_edition() {
    let users = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,email,grades\r\n\
                 p,,,true,aspr,,Astrid,Provsson,astrid@elev.example,07\r\n";
    let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,\
                 userProfileSourcedId\r\n\
                 r,,,p,primary,student,2026-08-17,2026-12-19,s,\r\n";
    let mut files = with("users", users);
    files.insert("roles", roles.into());
    let names = ["academicSessions", "orgs", "users", "roles", "classes", "enrollments"];
    files.insert("manifest", manifest("1.2", "bulk", &names).into());

    let contents = contents(&files);

    let enrolment = &person(&contents, "p").enrolments[0];
    assert_eq!((enrolment.school_unit, enrolment.school_year), (identity(RecordKind::Organisation, "s"), Some(7)));
    assert_eq!((enrolment.validity.start, enrolment.validity.end), (Some(date(2026, 8, 17)), Some(date(2026, 12, 18))));
}

#[test]
fn the_order_of_rows_decides_nothing() {
    let mut reversed = school();
    for (_, bytes) in reversed.iter_mut().filter(|(name, _)| **name != "manifest") {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        let mut lines: Vec<&str> = text.trim_end().split("\r\n").collect();
        lines[1..].reverse();
        *bytes = format!("{}\r\n", lines.join("\r\n")).into_bytes();
    }

    assert_eq!(contents(&reversed).records, contents(&school()).records);
}

#[test]
fn what_is_no_whole_zip_is_not_read() {
    let zip = zipped(&school());
    let cut = zip[..zip.len() / 2].to_vec();
    let mut damaged = zip.clone();
    let first = zip.windows(4).position(|it| it == b"e,bu").unwrap_or(60);
    damaged[first] ^= 0xff;

    let codes =
        [Vec::new(), b"sourcedId".to_vec(), cut, damaged].map(|it| open(it, Bounds::default()).unwrap_err().code);

    assert_eq!(codes, ["oneroster.zip_unreadable"; 4]);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = zipped(&with("users", vec![b'a'; 64 << 20]));
    assert!(bomb.len() < 1 << 20);

    assert_eq!(open(bomb, Bounds::default()).unwrap_err().code, "oneroster.zip_too_large");
}

#[test]
fn every_bound_is_kept() {
    let usual = Bounds::default();
    let bounds =
        [Bounds { entries: 5, ..usual }, Bounds { file_bytes: 100, ..usual }, Bounds { total_bytes: 400, ..usual }];

    let codes = bounds.map(|it| open(zipped(&school()), it).unwrap_err().code);

    assert_eq!(codes, ["oneroster.zip_too_large"; 3]);
}

#[test]
fn a_manifest_that_does_not_say_what_there_is_is_refused() {
    let names = ["orgs"];
    let mut without = school();
    without.remove("manifest");
    let manifests = [
        manifest("1.0", "bulk", &names),
        manifest("1.1", "everything", &names),
        manifest("1.1", "bulk", &["orgs", "orgs"]),
        String::new(),
        "name,value\r\n".to_owned(),
    ];

    let codes = manifests.map(|it| refused(&with("manifest", it)));

    assert_eq!(refused(&without), "oneroster.file_missing");
    insta::assert_snapshot!(codes.join("\n"), @"
    oneroster.manifest_unreadable
    oneroster.manifest_unreadable
    oneroster.manifest_unreadable
    oneroster.header_unreadable
    oneroster.header_unreadable
    ");
}

#[test]
fn a_file_that_is_named_and_not_there_is_no_empty_one() {
    let mut files = school();
    files.remove("users");

    assert_eq!(refused(&files), "oneroster.file_missing");
}

#[test]
fn an_empty_file_and_a_wrong_header_are_refused_and_named() {
    let wrong = ["", "\r\n", "id,name\r\n1,x\r\n", "sourcedId,sourcedId,status\r\n"];

    let problems = wrong.map(|text| bundle(&with("orgs", text)).unwrap_err().to_string());

    insta::assert_snapshot!(problems.join("\n"), @"
    oneroster.header_unreadable: orgs.csv: it is empty, without a header
    oneroster.header_unreadable: orgs.csv: it is empty, without a header
    oneroster.header_unreadable: orgs.csv: there is no column sourcedId
    oneroster.header_unreadable: orgs.csv: a column is there twice
    ");
}

#[test]
fn a_file_without_rows_is_an_empty_list_and_complete() {
    let contents = contents(&with("classes", rows(CLASSES, &[])));

    assert_eq!((groups(&contents).len(), contents.complete), (0, ALL.to_vec()));
}

#[test]
fn another_encoding_is_refused() {
    let latin = USERS.replace("Astrid", "Åsa").chars().map(|it| u32::from(it) as u8).collect::<Vec<u8>>();

    assert_eq!(refused(&with("users", latin)), "oneroster.not_utf8");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_header() {
    let marked = contents(&with("orgs", format!("\u{feff}{ORGS}")));

    assert_eq!(marked, contents(&school()));
}

#[test]
fn a_row_cut_off_in_the_middle_leaves_its_kind_incomplete() {
    let cut = USERS[..USERS.len() - 40].to_owned();

    let contents = contents(&with("users", cut));

    assert_eq!(persons(&contents).len(), 1);
    assert_eq!(contents.complete, [RecordKind::Organisation, RecordKind::Group]);
    assert!(codes(&contents).contains(&"oneroster.row_unreadable"));
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_nobody_without_a_word() {
    let open = USERS.replace(",Astrid,", ",\"Astrid,");

    let contents = contents(&with("users", open));

    assert!(!contents.complete.contains(&RecordKind::Person));
    assert!(codes(&contents).contains(&"oneroster.row_unreadable"));
}

#[test]
fn the_first_of_two_with_the_same_identity_is_taken() {
    let files = and_row("users", "p,,,true,s,student,x,,Cecilia,Provsson,,,,,,,07,");

    let contents = contents(&files);

    assert_eq!(person(&contents, "p").given_name.expose(), "Astrid");
    assert!(codes(&contents).contains(&"oneroster.duplicate_id"));
}

#[test]
fn the_same_row_twice_is_one() {
    let twice = and_row("orgs", "d,,,Norrbyholms kommun,district,,");

    assert_eq!(contents(&twice), contents(&school()));
}

#[test]
fn what_refers_to_nothing_is_left_out_with_a_word() {
    let dangling = [
        and_row("enrollments", "e3,,,c,s,nobody,student,,,"),
        and_row("enrollments", "e3,,,nothing,s,p,student,,,"),
        and_row("orgs", "x,,,Södra skolan,school,,nowhere"),
    ];

    for files in &dangling {
        let contents = contents(files);
        assert!(codes(&contents).contains(&"oneroster.reference_unknown"));
        assert_eq!((groups(&contents)[0].members.len(), &contents.complete[..]), (2, &ALL[..]));
    }
}

#[test]
fn a_role_at_an_organisation_that_is_not_there_counts_nowhere() {
    let contents = contents(&and_row("users", "q,,,true,nowhere,student,x,,Dag,Provsson,,,,,,,07,"));

    assert_eq!(person(&contents, "q").enrolments, []);
}

#[test]
fn a_class_whose_term_is_not_there_stays_as_it_was() {
    let contents = contents(&and_row("classes", "b,,,7B,07,,7B,homeroom,,s,vt27,,,"));

    let lost = contents.unreadable.iter().find(|it| it.lost).unwrap();
    let id = identity(RecordKind::Group, "b").to_string();
    assert_eq!(
        (lost.code.as_str(), lost.id.as_ref(), groups(&contents).len()),
        ("oneroster.term_unknown", Some(&id), 1)
    );
    assert!(contents.complete.contains(&RecordKind::Group));
}

#[test]
fn organisations_below_themselves_have_no_parent() {
    let circle = rows(ORGS, &["a,,,A,school,,b", "b,,,B,school,,c", "c,,,C,school,,a", "s,,,S,school,,a"]);

    let contents = contents(&with("orgs", circle));

    let parents: Vec<Option<Id>> = organisations(&contents).iter().map(|it| it.parent).collect();
    assert_eq!(parents.iter().flatten().count(), 1);
    assert_eq!(codes(&contents).iter().filter(|it| **it == "oneroster.organisation_cycle").count(), 3);
}

#[test]
fn an_end_that_is_no_date_is_never_for_ever() {
    let endless = [
        ("enrollments", ENROLLMENTS.replace("2026-12-19", "2026-02-30")),
        ("academicSessions", SESSIONS.replace("2026-12-19", "2026-02-30")),
        ("academicSessions", SESSIONS.replace("2026-12-19", "")),
    ];

    let members = endless.map(|(name, text)| {
        let contents = contents(&with(name, text));
        let warned = contents.unreadable.iter().any(|it| it.code != "oneroster.role_not_at_school");
        (groups(&contents).first().map(|it| it.members.len()), warned)
    });

    assert_eq!(members, [(Some(1), true), (None, true), (None, true)]);
}

#[test]
fn ten_megabytes_in_one_cell_are_no_name() {
    let huge = USERS.replace("Astrid", &"A".repeat(10 << 20));
    let roomy = Bounds { ratio: 10_000, ..Bounds::default() };

    let bundle = open(zipped(&with("users", huge)), roomy).unwrap();

    let contents = contents_of(&bundle);
    assert_eq!(person(&contents, "p").given_name.expose(), "");
    assert!(codes(&contents).contains(&"oneroster.field_unreadable"));
}

#[test]
fn a_million_faults_are_not_all_written_down() {
    let broken = "x,,\r\n".repeat(200_000);
    let roomy = Bounds { ratio: 10_000, ..Bounds::default() };

    let contents = contents_of(&open(zipped(&with("users", format!("{USERS}{broken}"))), roomy).unwrap());

    assert_eq!((contents.unreadable.len(), contents.complete.contains(&RecordKind::Person)), (10_000, false));
}

#[test]
fn a_file_that_is_absent_says_nothing() {
    let files = with("manifest", manifest("1.1", "bulk", &["orgs", "users"]));

    let contents = contents(&files);

    assert_eq!(contents.complete, [RecordKind::Organisation, RecordKind::Person]);
    assert_eq!(groups(&contents).len(), 0);
}

#[test]
fn a_delta_adds_alters_and_takes_away() {
    let mut known = bundle(&school()).unwrap();
    let at = "2026-11-22T12:00:00Z";
    let later = delta(&[
        (
            "users",
            rows(
                USERS,
                &[
                    &format!("p,tobedeleted,{at},true,s,student,aspr,,Astrid,Provsson,,,,,,,07,"),
                    &format!("q,active,{at},true,s,student,dapr,,Dag,Provsson,,,,,,,07,"),
                    &format!("t,active,{at},true,s,teacher,bopr,,Bo,Berg,,,,,,,,"),
                ],
            ),
        ),
        (
            "enrollments",
            rows(
                ENROLLMENTS,
                &[
                    &format!("e1,tobedeleted,{at},c,s,p,student,,,"),
                    &format!("e3,active,{at},c,s,q,student,,,2026-12-19"),
                ],
            ),
        ),
    ]);

    known.apply(bundle(&later).unwrap()).unwrap();

    let contents = contents_of(&known);
    let mut names: Vec<String> =
        persons(&contents).iter().map(|it| format!("{} {}", it.given_name.expose(), it.family_name.expose())).collect();
    names.sort_unstable();
    let members: Vec<Id> = groups(&contents)[0].members.iter().map(|it| it.person).collect();
    let mut expected = ["q", "t"].map(|it| identity(RecordKind::Person, it));
    expected.sort_unstable();
    assert_eq!((names, members), (vec!["Bo Berg".to_owned(), "Dag Provsson".to_owned()], expected.to_vec()));
    assert_eq!(contents.complete, ALL);
}

#[test]
fn a_later_bulk_replaces_its_files_and_leaves_the_others() {
    let mut known = bundle(&school()).unwrap();
    let mut later: Files = [("enrollments", rows(ENROLLMENTS, &["e2,,,c,s,t,teacher,true,,"]).into_bytes())].into();
    later.insert("manifest", manifest("1.1", "bulk", &["enrollments"]).into_bytes());

    known.apply(bundle(&later).unwrap()).unwrap();

    let contents = contents_of(&known);
    assert_eq!((groups(&contents)[0].members.len(), persons(&contents).len()), (1, 2));
}

#[test]
fn a_delta_alone_or_on_top_of_nothing_is_refused_and_changes_nothing() {
    let changed = delta(&[("users", rows(USERS, &[]))]);
    let mut orgs_only = bundle(&with("manifest", manifest("1.1", "bulk", &["orgs"]))).unwrap();
    let before = contents_of(&orgs_only);

    let alone = bundle(&changed).unwrap().records(&Conventions::default(), date(2026, 11, 22)).unwrap_err();
    let on_nothing = orgs_only.apply(bundle(&changed).unwrap()).unwrap_err();

    assert_eq!([alone.code, on_nothing.code], ["oneroster.base_needed"; 2]);
    assert_eq!(contents_of(&orgs_only), before);
}

#[test]
fn a_delta_of_another_edition_is_refused() {
    let mut known = bundle(&school()).unwrap();
    let mut other = delta(&[("orgs", rows(ORGS, &[]))]);
    other.insert("manifest", manifest("1.2", "delta", &["orgs"]).into());

    assert_eq!(known.apply(bundle(&other).unwrap()).unwrap_err().code, "oneroster.version_changed");
}

#[test]
fn nothing_that_is_said_of_files_holds_anybody() {
    let files =
        and_row("users", "p,weird,,maybe,nowhere,wizard,x,\"{personnummer:1912121212}\",Cecilia,Berg,,,,,,,99,");
    let contents = contents(&files);

    let said = format!("{:?} {:?}", contents.unreadable, bundle(&with("users", "Astrid,Provsson")).unwrap_err());

    assert!(!["Astrid", "Provsson", "Cecilia", "19121212"].iter().any(|it| said.contains(it)), "{said}");
}
