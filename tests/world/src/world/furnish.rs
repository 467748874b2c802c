//! What the receiver's tenants hold before anything has been delivered.

use super::World;
use crate::expected::Expected;
use crate::receiver::ReceiverTenant;

impl World {
    /// Accounts from before, some of them of people to be delivered, and things made by hand.
    pub(super) fn furnish(&self) {
        for tenant in self.receivers.values() {
            let expected = self.expected_with(tenant, &self.agreement(tenant));
            let accounts = accounts_from_before(tenant, &expected);
            let mut members: Vec<String> = accounts.into_iter().take(2).collect();
            for number in 0..tenant.options().made_by_hand {
                let email = format!("vikarie{number}@portal.example");
                members.push(tenant.portal_makes_account(&format!("vikarie{number}"), &email));
                tenant.portal_makes_group(&format!("Bokcirkel {number}"), &members);
            }
        }
    }
}

/// Every second address is written in capitals, as people do.
fn accounts_from_before(tenant: &ReceiverTenant, expected: &Expected) -> Vec<String> {
    let with_address = expected.user_ids().filter_map(|user| expected.emails_of(user).next());
    let chosen = with_address.take(tenant.options().accounts_to_adopt).enumerate();
    let account = |(number, email): (usize, &str)| {
        let email = if number % 2 == 0 { email.to_owned() } else { email.to_uppercase() };
        tenant.account_from_before(&format!("portalkonto{number}"), &email)
    };
    chosen.map(account).collect()
}
