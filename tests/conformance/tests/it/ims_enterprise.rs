//! Registers that speak IMS Enterprise, against their counterpart.

mod changes;
mod counterpart;
mod faults;
mod stage;
mod whole;

use world::ImsEnterpriseOptions;
use world::ims_enterprise::Encoding;

use self::counterpart::Register;

/// An older installation.
fn older() -> ImsEnterpriseOptions {
    ImsEnterpriseOptions { encoding: Encoding::Latin1, prefixed: true }
}

conforms!(edlevo, super::Register::new(true, world::ImsEnterpriseOptions::default()));
conforms!(older_edlevo, super::Register::new(true, super::older()));
conforms!(without_changes, super::Register::new(false, world::ImsEnterpriseOptions::default()));
