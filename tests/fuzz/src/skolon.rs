//! Pages of Skolon's feeds.

use sources::fuzzing::skolon_page;
use sources::skolon::Feed;

use crate::ss12000::{page_holds, reordered, whole_page};
use crate::today;

/// Lists whose order says nothing.
const UNORDERED: [&str; 1] = ["schools"];

/// In these feeds the members are not ordered either; elsewhere `users` is the feed's own list.
const UNORDERED_MEMBERS: [&str; 1] = ["users"];

/// A page of `/v2/partner/organization`.
pub fn skolon_organizations(data: &[u8]) {
    page(Feed::Organization, data, &[]);
}

/// A page of `/v2/partner/school`.
pub fn skolon_schools(data: &[u8]) {
    page(Feed::School, data, &[]);
}

/// A page of `/v2/partner/user`.
pub fn skolon_users(data: &[u8]) {
    page(Feed::User, data, &UNORDERED);
}

/// A page of `/v2/partner/group`.
pub fn skolon_groups(data: &[u8]) {
    page(Feed::Group, data, &UNORDERED_MEMBERS);
}

/// A page of `/v2/partner/license`.
pub fn skolon_licenses(data: &[u8]) {
    page(Feed::License, data, &UNORDERED_MEMBERS);
}

fn page(feed: Feed, data: &[u8], unordered: &[&str]) {
    let read = whole_page(|| skolon_page(feed, data, today()).map_err(|error| format!("{error:?}")));
    let Some(read) = read else { return };
    page_holds(&read, feed.kind(), data.len());
    if let Some([as_given, reversed]) = reordered(data, unordered) {
        let records = |body: &str| {
            let mut records = skolon_page(feed, body.as_bytes(), today()).map(|it| it.records).unwrap_or_default();
            // A feed whose own list goes by the members' name was turned round as a whole.
            records.sort_by_key(roster::Record::key);
            records
        };
        assert_eq!(records(&as_given), records(&reversed), "the order of a list decides");
    }
}
