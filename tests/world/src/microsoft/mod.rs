//! Microsoft 365 as a system that others write to: the directory, education classes and Teams, over Graph v1.0.
//!
//! It does what Microsoft documents, and what is only known from practice where nothing is documented. Assumptions: the
//! same rules hold for references below a class as below a group; an alternate key that exists is updated even while the
//! group cannot be read yet; whoever is in a team already can be added again ([`MicrosoftOptions`] can say otherwise);
//! the members of an archived team can be changed, as the documentation of archiving says; as many as 200 are added to a
//! team in one call, but no more than 20 taken out, which is answered 204.
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
