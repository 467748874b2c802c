//! What is read of a bucket, and what is said when it cannot be.

mod counterpart;

use aws_config::Region;
use outbound::{EnvironmentSecrets, FilePlace};
use roster::{Clock, SystemClock};
use sources::{ReadRequest, Scope};
use sync::connectors::{Factory, Shipped, read_tenant};

use super::*;
use counterpart::{Counterpart, Mood};

const PUPILS: &[u8] = b"Id;Given;Family\np1;Astrid;Provsson\n";

async fn names(bucket: &Bucket) -> Vec<String> {
    bucket.list().await.unwrap().into_iter().map(|it| it.name).collect()
}

async fn content(bucket: &Bucket, file: &DroppedFile) -> Result<Vec<u8>, PlaceError> {
    let mut reader = bucket.open(file).await?;
    let mut content = Vec::new();
    while let Some(bytes) = reader.next().await? {
        content.extend(bytes);
    }
    Ok(content)
}

/// A bucket with one file, and that file as it was listed.
async fn one_file(bytes: &[u8]) -> (Counterpart, Bucket, DroppedFile) {
    let counterpart = Counterpart::holding(&[("norrby/elever.csv", bytes)]);
    let bucket = counterpart.bucket("norrby/").await;
    let listed = bucket.list().await.unwrap().remove(0);
    (counterpart, bucket, listed)
}

#[tokio::test]
async fn a_file_is_listed_and_read() {
    let (_, bucket, listed) = one_file(PUPILS).await;

    let file = DroppedFile {
        name: "elever.csv".into(),
        size: PUPILS.len() as u64,
        modified: "2026-11-22T02:00:00Z".parse().unwrap(),
        version: listed.version.clone(),
    };
    assert_eq!(listed, file);
    assert_eq!(content(&bucket, &listed).await.unwrap(), PUPILS);
}

#[tokio::test]
async fn what_is_asked_of_a_bucket_is_known_to_the_letter() {
    let counterpart = Counterpart::holding(&[("Norrby holm/a.csv", PUPILS), ("Norrby holm/Elever å+1.csv", PUPILS)]);
    counterpart.lists_at_once(1);
    let bucket = counterpart.bucket("Norrby holm/").await;

    for file in bucket.list().await.unwrap() {
        content(&bucket, &file).await.unwrap();
    }

    insta::assert_snapshot!(counterpart.asked().join("\n"));
}

#[tokio::test]
async fn only_what_lies_directly_below_the_prefix_is_there() {
    let keys = ["norrby/", "norrby/elever.csv", "norrby/old/elever.csv", "norrby/old/b.csv", "other.csv", "norrby/.."];
    let bucket = Counterpart::holding(&keys.map(|key| (key, PUPILS))).bucket("norrby/").await;

    assert_eq!(names(&bucket).await, ["elever.csv"]);
}

#[tokio::test]
async fn without_a_prefix_what_lies_in_no_folder_is_there() {
    let keys = ["norrby/elever.csv", "personal.csv"];
    let bucket = Counterpart::holding(&keys.map(|key| (key, PUPILS))).bucket("").await;

    assert_eq!(names(&bucket).await, ["personal.csv"]);
}

#[tokio::test]
async fn a_list_of_many_pages_is_one_list() {
    let counterpart = Counterpart::holding(&[]);
    (0..25).for_each(|n| counterpart.put(&format!("{n:02}.csv"), PUPILS));
    counterpart.lists_at_once(10);

    let names = names(&counterpart.bucket("").await).await;

    assert_eq!(names, (0..25).map(|n| format!("{n:02}.csv")).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_files_than_any_register_drops_are_too_many() {
    let counterpart = Counterpart::holding(&[]);
    (0..=MOST_FILES).for_each(|n| counterpart.put(&format!("{n}.csv"), b"x"));

    let listed = counterpart.bucket("").await.list().await;

    assert_eq!(listed.unwrap_err().kind, PlaceErrorKind::TooMany);
}

#[tokio::test]
async fn a_list_without_an_end_is_left() {
    let counterpart = Counterpart::holding(&[]);
    (0..=MOST_LISTS).for_each(|n| counterpart.put(&format!("{n:03}/elever.csv"), b"x"));
    counterpart.lists_at_once(1);

    let listed = counterpart.bucket("").await.list().await;

    assert_eq!(listed.unwrap_err().kind, PlaceErrorKind::TooMany);
}

#[tokio::test]
async fn a_large_file_is_read_range_by_range_in_pieces() {
    let bytes: Vec<u8> = (0..9_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let (counterpart, bucket, listed) = one_file(&bytes).await;

    let mut reader = bucket.open(&listed).await.unwrap();
    let (mut read, mut largest) = (Vec::new(), 0);
    while let Some(piece) = reader.next().await.unwrap() {
        largest = largest.max(piece.len());
        read.extend(piece);
    }

    assert!(read == bytes);
    assert_eq!((largest, counterpart.asked().len()), (128 * 1024, 1 + 3));
}

#[tokio::test]
async fn an_empty_file_is_read_as_one() {
    let (_, bucket, listed) = one_file(b"").await;

    assert_eq!(content(&bucket, &listed).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_file_that_was_put_anew_or_taken_away_is_not_the_one_that_was_listed() {
    let (counterpart, bucket, listed) = one_file(PUPILS).await;

    counterpart.put("norrby/elever.csv", b"others");
    let anew = content(&bucket, &listed).await;
    counterpart.remove("norrby/elever.csv");
    let gone = content(&bucket, &listed).await;

    assert_eq!([anew, gone].map(|it| it.unwrap_err().kind), [PlaceErrorKind::Changed; 2]);
}

#[tokio::test]
async fn a_file_that_is_put_anew_between_two_ranges_is_not_mixed() {
    let (counterpart, bucket, listed) = one_file(&vec![1; 5_000_000]).await;
    let mut reader = bucket.open(&listed).await.unwrap();
    counterpart.put("norrby/elever.csv", &vec![2; 5_000_000]);

    let mut read = Ok(Some(Vec::new()));
    while matches!(read, Ok(Some(_))) {
        read = reader.next().await;
    }

    assert_eq!(read.unwrap_err().kind, PlaceErrorKind::Changed);
}

#[tokio::test]
async fn what_passes_by_itself_is_asked_again() {
    let (counterpart, bucket, listed) = one_file(PUPILS).await;

    for mood in [Mood::SlowDown, Mood::Cut(10), Mood::Short(10), Mood::Status(500)] {
        counterpart.will(&[mood]);

        assert_eq!(content(&bucket, &listed).await.as_deref(), Ok(PUPILS), "{mood:?}");
    }
    counterpart.will(&[Mood::SlowDown]);
    assert_eq!(names(&bucket).await, ["elever.csv"]);
}

#[tokio::test]
async fn a_body_that_always_breaks_off_is_no_file() {
    let (counterpart, bucket, listed) = one_file(PUPILS).await;

    for mood in [Mood::Cut(10), Mood::Short(10), Mood::SlowDown] {
        counterpart.will(&[mood; 3]);

        let read = content(&bucket, &listed).await;

        assert_eq!(read.unwrap_err().kind, PlaceErrorKind::Unreachable, "{mood:?}");
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_told_from_what_is_not_there() {
    let (counterpart, bucket, listed) = one_file(PUPILS).await;

    let mut kinds = Vec::new();
    for status in [403, 404, 301] {
        counterpart.will(&[Mood::Status(status), Mood::Status(status)]);
        kinds.push((bucket.list().await.unwrap_err().kind, content(&bucket, &listed).await.unwrap_err().kind));
    }

    let elsewhere = PlaceErrorKind::Unreachable;
    let refused = PlaceErrorKind::Refused;
    assert_eq!(kinds, [(refused, refused), (elsewhere, PlaceErrorKind::Changed), (elsewhere, elsewhere)]);
}

#[tokio::test]
async fn without_credentials_nothing_is_asked() {
    let config = SdkConfig::builder().region(aws_config::Region::new("eu-north-1")).build();
    let address = FilePlace::Bucket { name: "drop".into(), prefix: String::new() };

    let listed = AwsPlaces::new(config).place(&address).unwrap().list().await;

    assert_eq!(listed.unwrap_err().kind, PlaceErrorKind::Refused);
}

#[test]
fn on_aws_a_bucket_has_a_host_of_its_own() {
    let config = SdkConfig::builder().region(aws_config::Region::new("eu-north-1")).build();

    let bucket = Bucket::new(config, "skolbro-drop", "").unwrap();

    assert_eq!(bucket.base, "https://skolbro-drop.s3.eu-north-1.amazonaws.com/");
}

#[tokio::test]
async fn a_function_has_no_folders() {
    let config = SdkConfig::builder().region(aws_config::Region::new("eu-north-1")).build();

    let place = AwsPlaces::new(config).place(&FilePlace::Folder("/srv/drop".into())).unwrap();

    assert_eq!(place.list().await.unwrap_err().kind, PlaceErrorKind::NotAvailableHere);
}

#[tokio::test]
async fn a_tenants_dropped_files_are_read_from_its_bucket() {
    let file = "tenant = 'demoskolan'\n[[source]]\nname = 'register'\nkind = 'file-drop'\nformat = 'oneroster'\n\
                bucket = 'skolbro-drop'\n";
    let nobody = SdkConfig::builder().region(Region::new("eu-north-1")).build();
    let shipped = Shipped::new(Arc::new(EnvironmentSecrets), Arc::new(SystemClock));
    let factory = Shipped { places: Some(Arc::new(AwsPlaces::new(nobody))), ..shipped };
    let tenant = read_tenant(file, &factory).unwrap();

    let source = factory.source("demoskolan", &tenant.sources[0]).unwrap_or_else(|it| panic!("{}", it.message));
    let request = ReadRequest { scope: Scope::Full, position: None, started: SystemClock.now(), memory: None };
    let error = source.read(&request).await.unwrap_err();

    // The bucket was asked for, by somebody without credentials.
    assert_eq!(error.code, "file_drop.place_refused");
}
