//! Files with separators, whose columns the settings explain.

use super::*;

/// One row for each pupil and class, as an export of a small register has it.
const PUPILS: &str = "\
Elev;Förnamn;Efternamn;Personnummer;E-post skola;E-post annan;Enhetskod;Enhet;Skolform;Årskurs;Klass;Klassnamn;Från;Till;Sekretess
4711;Astrid;Provsson;20100203-7271;astrid.provsson@skola.example;;12345678;Norrskolan;Grundskola;7;k7a;7A;2026-08-17;2027-06-11;Ingen
4712;Bo;Öberg;;;bo.oberg@skola.example;12345678;Norrskolan;Grundskola;F;k0;F-klass;20260817;;Sekretessmarkering
4711;Astrid;Provsson;20100203-7271;astrid.provsson@skola.example;;12345678;Norrskolan;Grundskola;7;t7;Trä 7;2026-08-17;2026-12-18;Ingen
";

const STAFF: &str = "\
T1,Cecilia,Alm,12345678,Lärare,ceal,k7a
T2,David,Ek,12345678,rektor,,
";

pub(super) const TABLE: &str = r#"
format = "csv"
folder = "/srv/drop"

[[table]]
file = "elever_*.csv"
person = { id = "Elev", given_name = "Förnamn", family_name = "Efternamn", civic_number = "Personnummer", email = ["E-post skola", "E-post annan"], security_marking = "Sekretess" }
organisation = { id = "Enhetskod", name = "Enhet", school_unit_code = "Enhetskod" }
enrolment = { person = "Elev", school_unit = "Enhetskod", school_type = { column = "Skolform", values = { Grundskola = "GR" } }, school_year = "Årskurs" }
group = { id = "Klass", name = "Klassnamn", organisation = "Enhetskod", kind = { value = "Klass" } }
membership = { group = "Klass", person = "Elev", start = "Från", end = "Till" }
"#;

#[tokio::test]
async fn each_row_may_say_several_things() {
    let told = told(&[("elever_20261122.csv", PUPILS.as_bytes())], TABLE).await;

    insta::assert_json_snapshot!(shown(&told));
}

#[tokio::test]
async fn columns_may_have_numbers_and_rows_may_be_chosen() {
    let table = r#"
format = "csv"
folder = "/srv/drop"
separator = "comma"

[[table]]
file = "personal.csv"
header = false
columns = 7
person = { id = 1, given_name = 2, family_name = 3, email_kind = { value = "Skola personal" } }
duty = [
    { only = { 5 = ["Lärare"] }, person = 1, organisation = 4, role = 5, signature = 6, group = 7 },
    { except = { 5 = ["Lärare"] }, person = 1, organisation = 4, role = { column = 5, values = { rektor = "Rektor" } } },
]
"#;

    let told = told(&[("personal.csv", STAFF.as_bytes())], table).await;

    insta::assert_json_snapshot!(shown(&told));
}

#[tokio::test]
async fn the_settings_decide_encoding_separator_and_dates() {
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode("Id\tNamn\tFrån\tTill\nÅ1\tÅsgruppen\t17.8.2026\t11.6.2027\n");
    let table = "format = 'csv'\nfolder = '/srv/drop'\nencoding = 'iso-8859-1'\nseparator = 'tab'\n\
                 dates = ['%d.%m.%Y']\n[[table]]\nfile = 'g.txt'\n[table.group]\nid = 'Id'\nname = 'Namn'\n\
                 organisation = { value = 'the school' }\nstart = 'Från'\nend = 'Till'\n";

    let told = told(&[("g.txt", &latin)], table).await;

    insta::assert_json_snapshot!(shown(&told));
}

#[tokio::test]
async fn the_order_of_rows_decides_nothing() {
    let mut lines: Vec<&str> = PUPILS.lines().collect();
    lines[1..].reverse();
    let turned = lines.join("\n") + "\n";

    let [one, other] = [PUPILS, &turned].map(|text| Shelf::of(&[("elever_1.csv", text.as_bytes())]));

    assert_eq!(everything(&one, TABLE).await.unwrap().records, everything(&other, TABLE).await.unwrap().records);
}
