//! What goes wrong where files are written and sent.

use roster::RecordKind;
use sources::{Scope, SourceErrorKind};
use world::{ExportForm, Mistakes};

use super::register::Register;
use crate::kit::reading::{by_key, changes_since, everything, go_on, request};
use crate::kit::{Counterpart, Happening};

const ALL: [ExportForm; 3] = [ExportForm::SdsV2_1, ExportForm::Own, ExportForm::Unikum];

/// The code and kind of why nothing is read.
async fn refused(register: &Register) -> (&'static str, SourceErrorKind) {
    let at = everything(register).await.unwrap_err();
    (at.error.code, at.error.kind)
}

fn largest_file(register: &Register) -> String {
    let files = register.folder.exporter.files();
    files.into_iter().max_by_key(|(_, file)| file.bytes.len()).unwrap().0
}

#[tokio::test(start_paused = true)]
async fn half_an_upload_is_not_read_while_it_may_go_on_and_not_when_it_stays_half() {
    for form in ALL {
        let register = Register::of(form);
        let before = everything(&register).await.unwrap();
        register.folder.exporter.upload_half(&largest_file(&register));

        let at_once = changes_since(&register, &before).await;
        let at_night = refused(&register).await.1;
        register.clock().advance_seconds(61);
        let later = refused(&register).await;

        assert!(at_once.is_ok_and(|read| read.records.is_empty() && read.cursor == before.cursor), "{form:?}");
        assert!(matches!(at_night, SourceErrorKind::Throttled(_)), "{form:?}: {at_night:?}");
        assert_eq!(later, ("file_drop.truncated", SourceErrorKind::Contract), "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_a_set_lacks_is_waited_for_and_then_somebody_has_to_look() {
    for form in ALL {
        let register = Register::of(form);
        let before = everything(&register).await.unwrap();
        register.folder.exporter.remove(&largest_file(&register));

        let soon = changes_since(&register, &before).await;
        register.clock().advance_seconds(3_600);
        let late = refused(&register).await;

        assert!(soon.is_ok_and(|read| read.removed.is_empty() && read.complete.is_empty()), "{form:?}");
        assert_eq!(late, ("file_drop.set_incomplete", SourceErrorKind::Contract), "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_register_that_changes_its_encoding_is_not_read() {
    for form in ALL {
        let register = Register::of(form);
        register.folder.exporter.set_habits(|habits| {
            habits.latin = !habits.latin;
            habits.marked = false;
        });
        register.folder.exporter.deliver();
        register.clock().advance_seconds(61);

        assert_eq!(refused(&register).await.0, "file_drop.encoding", "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn mistakes_of_a_register_cost_warnings_and_nobody() {
    for form in ALL {
        let register = Register::of(form);
        let before = everything(&register).await.unwrap();
        let mistakes = Mistakes { duplicate_person: true, dangling_memberships: true };
        register.clock().advance_seconds(3_600);
        register.folder.exporter.set_mistakes(mistakes);
        register.folder.exporter.deliver();
        register.clock().advance_seconds(61);

        let after = everything(&register).await.unwrap();

        assert!(after.unreadable.len() > before.unreadable.len(), "{form:?}: the mistakes are not noticed");
        assert!(by_key(&after.records) == by_key(&before.records), "{form:?}: they change something");
        assert_eq!(after.complete, before.complete, "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_changes_of_unikums_that_come_together_are_both_told() {
    let register = Register::of(ExportForm::Unikum);
    let before = everything(&register).await.unwrap();
    let added = register.happens(Happening::PersonAdded).await;
    register.clock().advance_seconds(60);
    let removed = register.happens(Happening::PersonRemoved).await;
    register.clock().advance_seconds(61);

    let told = changes_since(&register, &before).await.unwrap();

    let key = |id| roster::RecordKey { kind: RecordKind::Person, id };
    assert!(by_key(&told.records).contains_key(&key(added)) && told.removed.contains(&key(removed)));
}

#[tokio::test(start_paused = true)]
async fn a_folder_of_this_machine_is_read_as_any_other_place() {
    let register = Register::of(ExportForm::SdsV2_1);
    let held = std::env::temp_dir().join(format!("skolbro-conformance-{}", std::process::id()));
    std::fs::create_dir_all(&held).unwrap();
    for (name, file) in register.folder.exporter.files() {
        std::fs::write(held.join(name), file.bytes).unwrap();
    }
    let mut table = register.table();
    table.insert("folder".to_owned(), held.to_str().unwrap().into());
    let context = sources::registry::SourceContext { places: None, ..register.context() };
    let source = sources::registry::build("file-drop", &table, &context).unwrap();
    let later = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_secs(120)).unwrap();

    let read = go_on(&|| source.clone(), request(Scope::Full, None, later), Default::default()).await;

    std::fs::remove_dir_all(&held).unwrap();
    assert!(by_key(&read.unwrap().records) == by_key(&everything(&register).await.unwrap().records));
}
