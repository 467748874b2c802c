//! Microsoft Graph education, against its counterpart.

mod changes;
mod counterpart;
mod faults;
mod stage;
mod whole;

use self::counterpart::SmallDirectory;

conforms!(directory, super::SmallDirectory::new());
