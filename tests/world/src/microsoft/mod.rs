//! Microsoft 365 as a system that others write to: the directory, education classes and Teams, over Graph v1.0.
//!
//! Documented: 200 are added to a team in one call (200, or 207), but no more than 20 taken out (204, or 207); the members
//! of an archived team can be changed; `PATCH` of a class is answered 200 with the class. Seen: whoever is in a team
//! already can be added again ([`MicrosoftOptions`] can say otherwise).
//!
//! Assumed: the same rules hold for references below a class as below a group, and they name `education/users` only; an
//! alternate key that exists is updated even while its group cannot be read yet; `mail` is as unique as the addresses
//! that follow from it; a team keeps its last owner; archiving an archived team is no error.
//!
//! What a client must not do is noted: see [`MicrosoftServer::violations`].
//!
//! Left out: certificates in token requests, schools, licences, `/education/users`, `PUT /groups/{id}/team`, channels,
//! dynamic groups and groups within groups, deltas, `$expand`, `$orderby`, `$search` and `$count`, hidden memberships.

mod answer;
mod archive;
mod batch;
mod bulk;
mod by_hand;
mod call;
mod changes;
mod check;
mod class;
mod filter;
mod filter_text;
mod graph;
mod group;
mod links;
mod login;
mod operations;
mod options;
mod page;
mod path;
mod quota;
mod reference;
mod render;
mod rooms;
mod roster;
mod routes;
mod schema;
mod server;
mod state;
mod store;
mod team;
mod unique_name;
mod user;
mod user_rules;

pub use links::Link as MicrosoftLink;
pub use options::{MicrosoftOptions, MicrosoftQuota, MicrosoftQuotas};
pub use server::MicrosoftServer;
pub use state::{MicrosoftCounters, MicrosoftGroup, MicrosoftState, MicrosoftTeam, MicrosoftUser, TeamRole};
