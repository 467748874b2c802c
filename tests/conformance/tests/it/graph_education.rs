//! Microsoft Graph education, against its counterpart.

mod changes;
mod faults;
mod stage;
mod whole;
