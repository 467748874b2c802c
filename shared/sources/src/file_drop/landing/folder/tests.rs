use super::*;
use crate::file_drop::FileDropConfig;
use crate::file_drop::landing::Announced;

/// A folder, and files that are sent to it.
struct Stage {
    held: tempfile::TempDir,
    landing: FolderLanding,
}

impl Stage {
    fn new() -> Self {
        let held = tempfile::tempdir().unwrap();
        let landing = FolderLanding::new(held.path());
        Self { held, landing }
    }

    async fn missing(&self, files: &[(&str, &[u8])]) -> Vec<Part> {
        let missing = self.landing.missing(&sent(files), Timestamp::now()).await.unwrap();
        missing.into_iter().map(|it| it.part).collect()
    }

    async fn keep(&self, files: &[(&str, &[u8])], part: Part) {
        let (from, to) = (usize::try_from(part.offset).unwrap(), usize::try_from(part.offset + part.length).unwrap());
        let bytes = files[part.file].1[from..to].to_vec();
        self.landing.keep(sent(files).id(), part, bytes).await.unwrap();
    }

    /// All of them; how many files are new.
    async fn send(&self, files: &[(&str, &[u8])]) -> Result<usize, LandingError> {
        for part in self.missing(files).await {
            self.keep(files, part).await;
        }
        self.landing.finish(&sent(files)).await
    }

    fn content(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.held.path().join(name)).ok()
    }

    fn modified(&self, name: &str) -> SystemTime {
        fs::metadata(self.held.path().join(name)).unwrap().modified().unwrap()
    }

    fn is_tidy(&self) -> bool {
        fs::read_dir(self.held.path().join(ON_ITS_WAY)).is_ok_and(|mut it| it.next().is_none())
    }
}

fn sent(files: &[(&str, &[u8])]) -> Consignment {
    let table = "folder = '/srv/drop'\nformat = 'csv'\nmarker = 'done.txt'\n[[table]]\nfile = '*.csv'\n\
                 person = { id = 'Id', given_name = 'First', family_name = 'Last' }";
    let names = FileDropConfig::of(&table.parse().unwrap()).unwrap().names().unwrap();
    let announced = files.iter().map(|(name, content)| Announced {
        name: (*name).to_owned(),
        size: content.len() as u64,
        sha256: Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect(),
    });
    Consignment::of(&announced.collect::<Vec<_>>(), &names, 100_000_000).unwrap()
}

#[tokio::test]
async fn files_that_are_sent_are_there_and_nothing_else() {
    let (stage, large) = (Stage::new(), vec![7; usize::try_from(PART).unwrap() + 5]);

    let new = stage.send(&[("a.csv", &large), ("b.csv", b""), ("done.txt", b"ok")]).await;

    assert_eq!(new, Ok(3));
    assert!(stage.content("a.csv").unwrap() == large && stage.content("b.csv").unwrap().is_empty());
    assert!(stage.is_tidy());
}

#[tokio::test]
async fn until_all_are_whole_none_is_there() {
    let (stage, files): (_, [(&str, &[u8]); 2]) = (Stage::new(), [("a.csv", b"first"), ("b.csv", b"second")]);
    let missing = stage.missing(&files).await;
    stage.keep(&files, missing[0]).await;

    let finished = stage.landing.finish(&sent(&files)).await;

    assert_eq!((finished, stage.content("a.csv")), (Err(LandingError::Incomplete), None));
}

#[tokio::test]
async fn what_was_broken_off_goes_on() {
    let (stage, large) = (Stage::new(), vec![7; 2 * usize::try_from(PART).unwrap()]);
    let files: [(&str, &[u8]); 1] = [("a.csv", &large)];
    let first = stage.missing(&files).await;
    stage.keep(&files, first[0]).await;

    let rest = stage.missing(&files).await;

    assert_eq!((first.len(), rest), (2, vec![first[1]]));
}

#[tokio::test]
async fn what_was_sent_before_is_not_sent_again_and_stays_as_it_is() {
    let (stage, files): (_, [(&str, &[u8]); 1]) = (Stage::new(), [("a.csv", b"first")]);
    stage.send(&files).await.unwrap();
    let before = stage.modified("a.csv");

    let (missing, new) = (stage.missing(&files).await, stage.send(&files).await);

    assert_eq!((missing, new, stage.modified("a.csv")), (vec![], Ok(0), before));
}

#[tokio::test]
async fn finishing_once_more_what_is_finished_does_no_harm() {
    let (stage, files): (_, [(&str, &[u8]); 1]) = (Stage::new(), [("a.csv", b"first")]);
    stage.send(&files).await.unwrap();

    assert_eq!(stage.landing.finish(&sent(&files)).await, Ok(0));
}

#[tokio::test]
async fn a_marker_is_as_new_as_what_it_marks() {
    let stage = Stage::new();
    stage.send(&[("a.csv", b"first"), ("done.txt", b"ok")]).await.unwrap();
    let before = stage.modified("done.txt");
    std::thread::sleep(Duration::from_millis(20));

    let new = stage.send(&[("a.csv", b"second"), ("done.txt", b"ok")]).await;

    assert!(new == Ok(2) && stage.modified("done.txt") > before);
}

#[tokio::test]
async fn what_is_not_what_was_announced_is_not_taken_and_can_be_sent_again() {
    let (stage, files): (_, [(&str, &[u8]); 1]) = (Stage::new(), [("a.csv", b"first")]);
    let part = stage.missing(&files).await[0];
    stage.landing.keep(sent(&files).id(), part, b"f1rst".to_vec()).await.unwrap();

    let finished = stage.landing.finish(&sent(&files)).await;

    assert_eq!((finished, stage.content("a.csv")), (Err(LandingError::Altered), None));
    assert_eq!(stage.send(&files).await, Ok(1));
}

#[tokio::test]
async fn nothing_is_kept_that_was_not_announced() {
    let (stage, part) = (Stage::new(), Part { file: 0, offset: 0, length: 1 });

    for identity in ["0".repeat(32), "../../etc".into(), String::new(), "0/".repeat(16)] {
        let kept = stage.landing.keep(&identity, part, vec![1]).await;

        assert_eq!(kept, Err(LandingError::NotAnnounced), "{identity}");
    }
}

#[tokio::test]
async fn what_is_no_part_is_not_kept() {
    let (stage, files): (_, [(&str, &[u8]); 1]) = (Stage::new(), [("a.csv", b"first")]);
    stage.missing(&files).await;
    let parts = [
        (Part { file: MOST_ANNOUNCED, offset: 0, length: 1 }, 1),
        (Part { file: 0, offset: 1, length: 1 }, 1),
        (Part { file: 0, offset: 0, length: 2 }, 1),
        (Part { file: 0, offset: 0, length: PART + 1 }, usize::try_from(PART).unwrap() + 1),
    ];

    for (part, bytes) in parts {
        let kept = stage.landing.keep(sent(&files).id(), part, vec![1; bytes]).await;

        assert_eq!(kept, Err(LandingError::NoSuchPart), "{part:?}");
    }
}

#[tokio::test]
async fn what_was_broken_off_long_ago_is_tidied_away() {
    let (stage, files): (_, [(&str, &[u8]); 1]) = (Stage::new(), [("a.csv", b"first")]);
    let part = stage.missing(&files).await[0];
    stage.keep(&files, part).await;
    let other = sent(&[("b.csv", b"second")]);

    let soon = Timestamp::now() + KEPT_FOR.checked_sub(Duration::from_secs(60)).unwrap();
    stage.landing.missing(&other, soon).await.unwrap();
    let kept = stage.missing(&files).await.is_empty();
    stage.landing.missing(&other, Timestamp::now() + KEPT_FOR + Duration::from_secs(60)).await.unwrap();

    assert_eq!((kept, stage.missing(&files).await), (true, vec![part]));
}

#[tokio::test]
async fn where_there_is_no_folder_nothing_can_be_sent() {
    let stage = Stage::new();
    let landing = FolderLanding::new(stage.held.path().join("nothing"));

    let missing = landing.missing(&sent(&[("a.csv", b"first")]), Timestamp::now()).await;

    assert_eq!(missing, Err(LandingError::Unreachable));
}
