//! Jobs about a subject that many change at once.

use jiff::civil::date;
use roster::Validity;
use sync::deliver::{Delivered, deliver_one};

use crate::joins::pupil;
use crate::stage::{REGISTER, Stage};

const WITH_A_TARGET: &str = "[[target]]\nname = 'sink'\nkind = 'sink'";

#[tokio::test(start_paused = true)]
async fn a_job_that_others_are_always_ahead_of_comes_again_within_seconds() {
    let stage = Stage::with(WITH_A_TARGET).await;
    let mut astrid = pupil(1, 1);
    astrid.enrolments[0].validity = Validity { start: None, end: Some(date(2026, 6, 12)) };
    stage.lists.change(REGISTER, |all| drop(all.insert(astrid.id, astrid)));
    stage.read(REGISTER).await;
    let job = stage.jobs_after(0).await.pop().unwrap();
    stage.table.be_ahead_of(u8::MAX);

    let delivered = deliver_one(&stage.hub, &job).await.unwrap();

    let at_once = stage.jobs_after(0).await;
    assert_eq!((delivered, at_once, stage.jobs_after(2).await), (Delivered::Later, vec![], vec![job]));
}
