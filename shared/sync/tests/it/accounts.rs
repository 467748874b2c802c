//! Accounts that a target finds by itself.

use roster::{Organisation, OrganisationType, Personal, SubjectKey, Validity};
use rules::delivery::Standing;
use sync::deliver::deliver_one;

use crate::joins::{id, pupil};
use crate::lists::ONE_ACCOUNT;
use crate::stage::{REGISTER, Stage, TENANT};

pub(crate) fn school() -> Organisation {
    Organisation {
        id: id(200),
        name: "Norrbyskolan".into(),
        kind: OrganisationType::SchoolUnit,
        parent: None,
        school_unit_code: Some("12345678".into()),
        school_types: vec![],
        municipality_code: None,
        organisation_number: None,
        validity: Validity::ALWAYS,
    }
}

#[tokio::test(start_paused = true)]
async fn two_people_with_one_address_do_not_become_one_account() {
    let stage = Stage::with(&format!("[[target]]\nname = '{ONE_ACCOUNT}'\nkind = 'sink'")).await;
    stage.lists.add_school(school());
    for n in [1, 2] {
        let mut astrid = pupil(n, n);
        astrid.principal_names = vec![Personal::new("astrid@skola.example".into())];
        stage.lists.change(REGISTER, |all| drop(all.insert(astrid.id, astrid)));
    }
    stage.read(REGISTER).await;

    for _ in 0..5 {
        for job in stage.jobs_after(5).await {
            deliver_one(&stage.hub, &job).await.unwrap();
        }
    }

    let mut ends = Vec::new();
    for n in [1, 2] {
        let subject = stage.hub.store.subject(TENANT, SubjectKey::person(id(n))).await.unwrap();
        let delivery = &subject.deliveries[ONE_ACCOUNT];
        ends.push((delivery.standing.clone(), delivery.dead, delivery.trouble.clone().map(|it| it.code)));
    }
    ends.sort_by_key(|it| it.1);
    let (has, has_not) = (ends.remove(0), ends.remove(0));
    assert_eq!((has.0, has.1), (Some(Standing::Present), false));
    assert_eq!((has_not.1, has_not.2.as_deref()), (true, Some("target.account_taken")));
}
