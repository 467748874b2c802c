//! What was made is not known everywhere at once.

use super::*;
use jiff::SignedDuration;

const LAG: SignedDuration = SignedDuration::from_mins(15);

#[tokio::test]
async fn a_new_user_is_unknown_to_classroom_for_a_while() {
    let server = with_a_course(|it| it.lags.user_to_direct_add = LAG * 2).await;
    server.set_options(|it| it.lags.user_to_classroom = LAG);
    made_user(&server, "cia").await;

    let unknown = add(&server, "students", "cia").await;
    server.pass(LAG);
    let too_new = add(&server, "students", "cia").await;
    server.pass(LAG);
    let known = add(&server, "students", "cia").await.status;

    assert_eq!((detail(&unknown), detail(&too_new), known), (not_found(), denied("CannotDirectAddUser"), 200));
}

#[tokio::test]
async fn a_new_user_owns_no_course_for_a_while() {
    let server = domain_with(|it| it.lags.user_to_classroom = LAG).await;
    made_user(&server, "lo").await;

    let at_once = classroom(&server, "POST", "/courses", course("p:ma4a", "lo")).await;
    server.pass(LAG);

    assert_eq!(detail(&at_once), not_found());
    assert_eq!(classroom(&server, "POST", "/courses", course("p:ma4a", "lo")).await.status, 200);
}

#[tokio::test]
async fn a_new_group_takes_no_members_for_a_while() {
    let server = domain_with(|it| it.lags.group_to_members = LAG).await;
    made_user(&server, "alva").await;
    made_group(&server, "4a").await;
    let put = async || {
        let path = format!("/groups/{}/members", address("4a"));
        directory(&server, "POST", &path, json!({"email": address("alva")})).await
    };

    let at_once = put().await;
    server.pass(LAG);

    assert_eq!((reason(&at_once), put().await.status), (refused(404, "notFound"), 200));
}

#[tokio::test]
async fn a_new_user_is_no_member_and_in_no_list_for_a_while() {
    let server = domain_with(|it| (it.lags.user_to_members, it.lags.user_to_lists) = (LAG, LAG)).await;
    made_group(&server, "4a").await;
    let id = made_user(&server, "alva").await;
    let asked = async || {
        let path = format!("/groups/{}/members", address("4a"));
        let put = directory(&server, "POST", &path, json!({"id": id})).await.status;
        let query = "/users?customer=my_customer&query=externalId%3Did-of-alva";
        let found = directory(&server, "GET", query, Value::Null).await.json();
        (put, all(&found, "users", "id").len())
    };

    let at_once = asked().await;
    server.pass(LAG);
    let later = asked().await;

    assert_eq!((at_once, later), ((404, 0), (200, 1)));
}

#[tokio::test]
async fn an_address_is_taken_before_its_holder_is_found() {
    let server = domain_with(|it| it.lags.user_to_lists = LAG).await;
    made_user(&server, "alva").await;

    assert_eq!(reason(&directory(&server, "POST", "/users", user("alva")).await), refused(409, "duplicate"));
}

#[tokio::test]
async fn what_was_made_by_hand_has_always_been_there() {
    let server = domain_with(|it| it.lags.user_to_classroom = LAG).await;
    server.plant_user(&address("lo"), "Lo", "Testman");

    assert_eq!(classroom(&server, "POST", "/courses", course("p:ma4a", "lo")).await.status, 200);
}
