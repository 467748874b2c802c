//! Microsoft School Data Sync's files.

use super::*;

const V2_1: &str = "format = 'sds-v2.1'\nfolder = '/srv/drop'\nschool_unit_codes = { S-17 = '87654321' }\n";
const V1: &str = "format = 'sds-v1'\nfolder = '/srv/drop'\n";

type Files = Vec<(&'static str, &'static [u8])>;

fn v2_1() -> Files {
    vec![
        (
            "orgs.csv",
            "sourcedId,name,type,parentSourcedId\nD,Provby,district,\n12345678,Norrskolan,school,D\nS-17,Söderskolan,school,D\n"
                .as_bytes(),
        ),
        (
            "users.csv",
            "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n\
             u1,astrid@skola.example,Astrid,Provsson,,,astrid@skola.example,,\n\
             u2,cealm,Cecilia,Alm,,,,,\nu3,per,Per,Vårdnadshavare,,,,,\n"
                .as_bytes(),
        ),
        (
            "roles.csv",
            "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n\
             u1,12345678,student,ht26,7,true,,\nu2,12345678,teacher,,,true,2026-08-01,\nu2,D,administrator,,,false,,\n\
             u3,12345678,guardian,,,,,\n"
                .as_bytes(),
        ),
        (
            "classes.csv",
            b"sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId,code\nc1,12345678,7A,\"ht26,vt27\",,\n\
              c2,12345678,7B,vt99,,\n",
        ),
        (
            "enrollments.csv",
            b"classSourcedId,userSourcedId,role\nc1,u1,student\nc1,u2,teacher\nc9,u1,student\nc1,u9,student\n",
        ),
        (
            "academicSessions.csv",
            b"sourcedId,title,type,schoolYear,startDate,endDate\nht26,HT,term,2027,2026-08-17,2026-12-18\n\
              vt27,VT,term,2027,2027-01-11,2027-06-11\n",
        ),
    ]
}

fn without(name: &str) -> Files {
    v2_1().into_iter().filter(|(it, _)| *it != name).collect()
}

#[tokio::test]
async fn a_set_of_version_2_1_becomes_records() {
    insta::assert_json_snapshot!(shown(&told(&v2_1(), V2_1).await));
}

#[tokio::test]
async fn a_set_of_version_1_becomes_records() {
    let files: Files = vec![
        ("School.csv", b"SIS ID,Name\n12345678,Norrskolan\n"),
        (
            "Section.csv",
            b"SIS ID,School SIS ID,Section Name,Term StartDate,Term EndDate,Status\nc1,12345678,7A,8/17/2026,6/11/2027,\n\
              c2,12345678,6A,8/17/2025,6/11/2026,Inactive\n",
        ),
        (
            "Student.csv",
            b"SIS ID,School SIS ID,Username,First Name,Last Name,Grade\nu1,12345678,astrid@skola.example,Astrid,Provsson,7\n",
        ),
        ("Teacher.csv", b"SIS ID,School SIS ID,Username,First Name,Last Name\nu2,12345678,cealm,Cecilia,Alm\n"),
        ("StudentEnrollment.csv", b"Section SIS ID,SIS ID\nc1,u1\n"),
        ("TeacherRoster.csv", b"Section SIS ID,SIS ID\nc1,u2\n"),
    ];

    insta::assert_json_snapshot!(shown(&told(&files, V1).await));
}

#[tokio::test]
async fn a_set_is_read_whole_or_not_at_all() {
    for name in ["orgs.csv", "users.csv", "roles.csv", "enrollments.csv", "classes.csv"] {
        let error = refused(&without(name), V2_1).await;

        assert_eq!((error.code, error.detail), ("file_drop.set_incomplete", format!("there is no {name}")));
    }
}

#[tokio::test]
async fn without_any_classes_nothing_is_known_of_them() {
    let files: Files = without("enrollments.csv").into_iter().filter(|(it, _)| *it != "classes.csv").collect();

    let told = told(&files, V2_1).await;

    assert_eq!(told.complete, [RecordKind::Organisation, RecordKind::Person, RecordKind::Duty]);
}

#[tokio::test]
async fn a_set_of_two_nights_is_not_read() {
    let shelf = Shelf::of(&v2_1());
    shelf.put_ago("users.csv", v2_1()[1].1, 86_400);

    let error = everything(&shelf, V2_1).await.unwrap_err();

    assert_eq!(error.code, "file_drop.set_mixed");
}
