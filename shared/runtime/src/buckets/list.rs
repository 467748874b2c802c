//! What `ListObjectsV2` answers with.

use jiff::Timestamp;
use quick_xml::events::{BytesRef, Event};
use quick_xml::reader::Reader;
use sources::file_drop::place::PlaceErrorKind;

use super::{AT_ONCE, fault::Fault, path};

/// The longest path of elements' names: deeper ones are in no list.
const LONGEST_PATH: usize = 200;

/// The longest text in bytes: a key of 1,024 that is encoded throughout.
const LONGEST_TEXT: usize = 4 * 1024;

/// The longest etag in bytes. It is sent back as a header.
const LONGEST_ETAG: usize = 200;

/// One answer of several.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListPage {
    pub(super) objects: Vec<ListedObject>,
    /// What the next one is asked for with; `None`: this is the last one.
    pub(super) more: Option<String>,
}

/// An object in a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ListedObject {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) modified: Timestamp,
    pub(super) etag: String,
}

/// The object at hand.
#[derive(Default)]
struct Draft {
    key: Option<String>,
    size: Option<u64>,
    modified: Option<Timestamp>,
    etag: Option<String>,
}

/// A list being taken apart.
#[derive(Default)]
struct Listing {
    path: String,
    text: String,
    draft: Draft,
    objects: Vec<ListedObject>,
    is_truncated: Option<bool>,
    token: Option<String>,
    is_encoded: bool,
}

/// Reads an answer. A list of which anything cannot be understood is none: what is left out of one might be taken as
/// gone.
pub(super) fn page(body: &[u8]) -> Result<ListPage, Fault> {
    std::str::from_utf8(body)
        .ok()
        .and_then(Listing::read)
        .ok_or(const { Fault::lasting(PlaceErrorKind::Unreachable, "the bucket's list cannot be understood") })
}

impl Listing {
    fn read(text: &str) -> Option<ListPage> {
        let mut listing = Self::default();
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => listing.start(start.name().as_ref())?,
                Event::Empty(empty) => {
                    listing.start(empty.name().as_ref())?;
                    listing.end()?;
                }
                Event::End(_) => listing.end()?,
                Event::Text(text) => listing.add(&text.xml10_content())?,
                Event::CData(text) => listing.add(&text.xml10_content())?,
                Event::GeneralRef(reference) => listing.add(referred(&reference)?.encode_utf8(&mut [0; 4]))?,
                Event::DocType(_) => return None,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return listing.finish(),
            }
        }
    }

    fn start(&mut self, name: &str) -> Option<()> {
        self.text.clear();
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(name);
        (self.path.len() <= LONGEST_PATH).then_some(())
    }

    fn add(&mut self, text: &str) -> Option<()> {
        self.text.push_str(text);
        (self.text.len() <= LONGEST_TEXT).then_some(())
    }

    fn end(&mut self) -> Option<()> {
        let text = std::mem::take(&mut self.text);
        match self.path.as_str() {
            "ListBucketResult/EncodingType" => self.is_encoded = text == "url",
            "ListBucketResult/IsTruncated" => self.is_truncated = Some(text.parse().ok()?),
            "ListBucketResult/NextContinuationToken" => self.token = Some(text),
            "ListBucketResult/Contents/Key" => self.draft.key = Some(text),
            "ListBucketResult/Contents/Size" => self.draft.size = Some(text.parse().ok()?),
            "ListBucketResult/Contents/LastModified" => self.draft.modified = Some(text.parse().ok()?),
            "ListBucketResult/Contents/ETag" => self.draft.etag = Some(text).filter(|it| is_etag(it)),
            "ListBucketResult/Contents" => self.object()?,
            _ => {}
        }
        let parent = self.path.rfind('/').unwrap_or(0);
        self.path.truncate(parent);
        Some(())
    }

    fn object(&mut self) -> Option<()> {
        let Draft { key, size, modified, etag } = std::mem::take(&mut self.draft);
        self.objects.push(ListedObject { key: key?, size: size?, modified: modified?, etag: etag? });
        (self.objects.len() <= AT_ONCE).then_some(())
    }

    fn finish(mut self) -> Option<ListPage> {
        if !self.path.is_empty() {
            return None;
        }
        // Whoever emulates S3 may not encode keys, and says so by not saying that they are.
        if self.is_encoded {
            for object in &mut self.objects {
                object.key = path::decoded(&object.key)?;
            }
        }
        let more = if self.is_truncated? { Some(self.token.filter(|it| !it.is_empty())?) } else { None };
        Some(ListPage { objects: self.objects, more })
    }
}

/// Whether a text can be a header.
fn is_etag(text: &str) -> bool {
    (1..=LONGEST_ETAG).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The character that a reference stands for. No others than XML's own are known.
fn referred(reference: &BytesRef<'_>) -> Option<char> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character);
    }
    match reference.xml10_content().as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = "<Contents><Key>norrby/a+b%2B.csv</Key><LastModified>2026-11-22T02:00:00.000Z</LastModified>\
                          <ETag>&quot;abc&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>";

    fn list(inner: &str) -> Result<ListPage, Fault> {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                    <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
        page(format!("{head}{inner}</ListBucketResult>").as_bytes())
    }

    #[test]
    fn objects_are_read_with_their_keys_decoded() {
        let page = list(&format!(
            "<Name>drop</Name><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{OBJECT}\
             <CommonPrefixes><Prefix>norrby/old/</Prefix></CommonPrefixes>"
        ));

        let object = ListedObject {
            key: "norrby/a b+.csv".into(),
            size: 7,
            modified: "2026-11-22T02:00:00Z".parse().unwrap(),
            etag: "\"abc\"".into(),
        };
        assert_eq!(page, Ok(ListPage { objects: vec![object], more: None }));
    }

    #[test]
    fn keys_of_whoever_does_not_encode_are_taken_as_they_are() {
        let page = list(&format!("<IsTruncated>false</IsTruncated>{OBJECT}")).unwrap();

        assert_eq!(page.objects[0].key, "norrby/a+b%2B.csv");
    }

    #[test]
    fn a_list_of_which_anything_is_missing_is_none() {
        let without = |what: &str| format!("<IsTruncated>false</IsTruncated>{}", OBJECT.replace(what, ""));
        let broken = [
            OBJECT.to_owned(),
            "<IsTruncated>true</IsTruncated>".to_owned(),
            without("<Size>7</Size>"),
            without("<ETag>&quot;abc&quot;</ETag>"),
            without("2026-11-22"),
            without("</Contents>"),
            format!("<IsTruncated>false</IsTruncated>{}", OBJECT.repeat(AT_ONCE + 1)),
            format!("<IsTruncated>false</IsTruncated>{}", OBJECT.replace("&quot;abc", "a b\n")),
            format!("<IsTruncated>false</IsTruncated><Name>{}</Name>", "x".repeat(LONGEST_TEXT + 1)),
            format!("<IsTruncated>false</IsTruncated>{}{}", "<a>".repeat(100), "</a>".repeat(100)),
            "<IsTruncated>false</IsTruncated><Name>&other;</Name>".to_owned(),
        ];

        for inner in broken {
            assert!(list(&inner).is_err(), "{}", inner.get(..120).unwrap_or(&inner));
        }
        assert!(page(b"").is_err() && page(b"<!DOCTYPE x><ListBucketResult/>").is_err() && page(b"\xff").is_err());
        assert!(page(b"<ListBucketResult><IsTruncated>false</IsTruncated>").is_err());
    }

    proptest::proptest! {
        /// Whatever of an answer is lost, doubled or changed: no panic, and nothing beyond the bounds.
        #[test]
        fn a_bent_list_is_refused_or_within_bounds(
            at in 0..900_usize,
            length in 0..40_usize,
            put in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20),
        ) {
            let list = format!(
                "<?xml version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
                 <NextContinuationToken>t</NextContinuationToken>{}</ListBucketResult>",
                OBJECT.repeat(3)
            );
            let mut bytes = list.into_bytes();
            let (at, end) = (at.min(bytes.len()), at.saturating_add(length).min(bytes.len()));
            bytes.splice(at..end, put);

            if let Ok(page) = page(&bytes) {
                proptest::prop_assert!(page.objects.iter().all(|it| is_etag(&it.etag) && it.key.len() <= LONGEST_TEXT));
            }
        }
    }
}
