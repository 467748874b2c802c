use proptest::prelude::*;

use super::*;

/// What a document was taken apart into, as words.
#[derive(Default)]
struct Words(Vec<String>);

impl Take for Words {
    fn take(&mut self, piece: Piece) -> Result<(), Refusal> {
        self.0.push(match piece {
            Piece::Membership { complete } => format!("membership, complete: {complete}"),
            Piece::OfMembership(element) => format!("  {}", tree(&element)),
            Piece::Whole(element) => tree(&element),
        });
        Ok(())
    }
}

fn tree(element: &Element) -> String {
    let attributes: String = element.attributes.iter().map(|(name, value)| format!(" {name}={value:?}")).collect();
    let text = element.text().map(|text| format!(" {text:?}")).unwrap_or_default();
    let children: Vec<String> = element.children.iter().map(tree).collect();
    format!("{}{attributes}{text}[{}]", element.name, children.join(" "))
}

fn in_pieces(document: &[u8], size: usize) -> Result<(Vec<String>, [u8; 32]), Refusal> {
    let mut reading = Reading::new(100 * 1024 * 1024, Words::default());
    for piece in document.chunks(size) {
        reading.feed(piece)?;
    }
    reading.finish().map(|(words, digest)| (words.0, digest))
}

fn whole(document: &str) -> Result<Vec<String>, Refusal> {
    in_pieces(document.as_bytes(), usize::MAX).map(|it| it.0)
}

const SMALL: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<!-- å > -->\n\
    <enterprise xmlns='http://open.tieto.com/edu/organization/v12'>\
    <properties><datetime>2026-11-25T09:00:00</datetime></properties>\
    <person recstatus='1'><sourcedid><source>a &lt; b</source><id>{1}</id></sourcedid>\
    <name><fn>O&#39;Hara &amp; <![CDATA[<Å>]]></fn></name><extension/></person>\
    <group><description><short>7A</short></description></group>\
    <membership complete='true'><sourcedid><id>g</id></sourcedid>\
    <member><sourcedid><id>p</id></sourcedid><role roletype=\"01\"/></member></membership>\
    <teacherorganization><unit><id>1</id></unit></teacherorganization></enterprise>\n";

#[test]
fn a_document_is_taken_apart_in_its_order() {
    insta::assert_snapshot!(whole(SMALL).unwrap().join("\n"), @r#"
    properties[datetime "2026-11-25T09:00:00"[]]
    person recstatus="1"[sourcedid[source "a < b"[] id "{1}"[]] name[fn "O'Hara & <Å>"[]] extension[]]
    group[description[short "7A"[]]]
    membership, complete: true
      sourcedid[id "g"[]]
      member[sourcedid[id "p"[]] role roletype="01"[]]
    "#);
}

proptest! {
    #[test]
    fn it_does_not_matter_where_it_is_cut(size in 1usize..400) {
        prop_assert_eq!(in_pieces(SMALL.as_bytes(), size), in_pieces(SMALL.as_bytes(), usize::MAX));
    }

    #[test]
    fn a_document_that_ceases_early_is_never_whole(end in 0usize..SMALL.len() - 3) {
        let refusal = in_pieces(&SMALL.as_bytes()[..end], 7).unwrap_err();

        let words = [Refusal::Truncated, Refusal::NotEnterprise, Refusal::Encoding, Refusal::Malformed];
        prop_assert!(words.contains(&refusal), "{:?}", refusal);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), size in 1usize..40) {
        let document = [b"<enterprise>".as_slice(), &bytes, b"</enterprise>"].concat();

        prop_assert_eq!(in_pieces(&document, size).is_ok(), in_pieces(&document, usize::MAX).is_ok());
    }
}

#[test]
fn elements_with_a_prefix_are_the_same_and_those_of_others_are_skipped() {
    let words = whole(
        "<i:enterprise xmlns:i='urn:i' xmlns:x='urn:x'><x:person/><person/>\
         <i:person><i:extension><x:badge>1</x:badge></i:extension></i:person></i:enterprise>",
    );

    assert_eq!(words.unwrap(), [r#"person[extension[badge "1"[]]]"#]);
}

#[test]
fn the_fingerprint_is_of_everything_but_the_properties() {
    let digest = |document: &str| in_pieces(document.as_bytes(), usize::MAX).unwrap().1;

    assert_eq!(digest(SMALL), digest(&SMALL.replace("09:00:00", "09:10:00")));
    assert_ne!(digest(SMALL), digest(&SMALL.replace("7A", "7B")));
}

#[test]
fn what_is_no_enterprise_document_is_refused() {
    let refused = [
        ("", Refusal::NotEnterprise),
        ("   ", Refusal::Truncated),
        ("no xml at all", Refusal::NotEnterprise),
        ("{\"persons\":[]}", Refusal::NotEnterprise),
        ("<html><body/></html>", Refusal::NotEnterprise),
        ("<enterprise>", Refusal::Truncated),
        ("<enterprise><person>", Refusal::Truncated),
        ("<enterprise><person></enterprise>", Refusal::Malformed),
        ("<enterprise></enterprise><enterprise></enterprise>", Refusal::Malformed),
        ("<enterprise></enterprise> more", Refusal::Malformed),
        ("<enterprise><person a='1' a='2'/></enterprise>", Refusal::Malformed),
        ("<enterprise><person>&name;</person></enterprise>", Refusal::Entity),
        ("<enterprise><person a='&name;'/></enterprise>", Refusal::Entity),
    ];

    for (document, refusal) in refused {
        assert_eq!(whole(document), Err(refusal), "{document}");
    }
}

#[test]
fn nothing_is_expanded_and_no_other_file_is_read() {
    let laughs =
        "<!DOCTYPE enterprise [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><enterprise><person>&b;</person></enterprise>";
    let outside = "<!DOCTYPE enterprise SYSTEM 'file:///etc/passwd'><enterprise/>";

    assert_eq!([whole(laughs), whole(outside)], [Err(Refusal::DocumentType), Err(Refusal::DocumentType)]);
}

#[test]
fn what_is_too_large_is_refused_wherever_it_stands() {
    let long = "x".repeat(10 * 1024 * 1024);
    let many = "<street>x</street>".repeat(30_000);
    let deep = "<a>".repeat(40);
    let inside = [
        format!("<person><name>{long}</name></person>"),
        format!("<person a='{long}'/>"),
        format!("<{long}/>"),
        format!("<!-- {long} -->"),
        format!("<person><![CDATA[{long}]]></person>"),
        format!("<person>{}</person>", "<a>x</a>".repeat(200_000)),
        format!("<person>{many}</person>"),
        format!("<person>{deep}"),
        format!("<comments>{long}</comments>"),
    ];

    for (number, inside) in inside.iter().enumerate() {
        let refusal = whole(&format!("<enterprise>{inside}</enterprise>")).unwrap_err();
        assert_eq!(refusal.code(), "ims_enterprise.too_large", "{number}");
    }
}

#[test]
fn a_document_that_never_ends_is_refused() {
    let mut reading = Reading::new(1_000_000, Words::default());
    reading.feed(b"<enterprise>").unwrap();

    let refusal = (0..).find_map(|_| reading.feed(&b"<comments/>".repeat(100)).err());

    assert_eq!(refusal, Some(Refusal::TooLarge("the document")));
}

/// What is held while a long document goes by: the piece being read, never the document.
#[test]
fn what_has_been_read_is_not_held() {
    struct Nothing;
    impl Take for Nothing {
        fn take(&mut self, _: Piece) -> Result<(), Refusal> {
            Ok(())
        }
    }
    let mut reading = Reading::new(u64::MAX, Nothing);
    reading.feed(b"<enterprise><membership><sourcedid><id>g</id></sourcedid>").unwrap();
    let member =
        "<member><sourcedid><id>{17084b40-08f5-4bcd-a739-c0d08c176bad}</id></sourcedid></member>".repeat(1_000);

    for _ in 0..200 {
        reading.feed(member.as_bytes()).unwrap();
        assert!(reading.0.pending.capacity() < 1024 * 1024, "{}", reading.0.pending.capacity());
    }
}
