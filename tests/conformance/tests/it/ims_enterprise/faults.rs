//! Bad days.

use sources::{Next, ReadRequest, Scope, SourceErrorKind};
use world::Moods;
use world::truth::Change;

use super::stage::{Hub, Stage};

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_or_removed_on_a_bad_day() {
    let stage = Stage::new();
    let (class, pupil) = stage.class_and_pupil();
    let mut hub = Hub::afresh(&stage).await;
    stage.server.moods().set(Moods::bad_day());

    let (mut failed, mut done) = (0, 0);
    for number in 0..40 {
        let before = hub.records.clone();
        let change =
            if number % 2 == 0 { Change::EmailChanged { person: pupil } } else { Change::PupilStarts { class } };
        stage.happens(change);
        match hub.read(&stage).await {
            Ok(()) => done += 1,
            Err(_) => {
                failed += 1;
                assert_eq!(hub.records, before);
            }
        }
    }
    stage.server.moods().set(Moods::calm());
    hub.read(&stage).await.unwrap();

    assert!(failed > 3 && done > 10, "{failed} failed, {done} done");
    assert_eq!(hub.records, Hub::afresh(&stage).await.records);
    assert_eq!(stage.server.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_register_that_changes_between_the_pages_of_two_processes_is_read_anew() {
    let stage = Stage::new();
    let (_, pupil) = stage.class_and_pupil();
    let mut request = ReadRequest { scope: Scope::Full, position: None, started: stage.now(), memory: None };
    let alone = stage.source();
    let Next::Page(position) = alone.read(&request).await.unwrap().next else { panic!("one page") };
    request.position = Some(position);
    stage.server.apply(&[Change::PersonRenamed { person: pupil }]);

    let in_another_process = stage.source().read(&request).await.unwrap_err();

    assert_eq!(
        (in_another_process.kind, in_another_process.code),
        (SourceErrorKind::Contract, "ims_enterprise.document_changed")
    );
    assert!(alone.read(&request).await.is_ok());
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_not_repeated() {
    let stage = Stage::new();
    let mut hub = Hub::default();
    let table =
        format!("base_url = '{}'\nschool_types = ['GR']\nanonymous = true", world::ImsEnterpriseServer::base_url());

    let error = hub.read_with(&stage, &|| stage.source_of(&table)).await.unwrap_err();

    assert_eq!((error.kind, error.code), (SourceErrorKind::Refused, "source.refused"));
}
