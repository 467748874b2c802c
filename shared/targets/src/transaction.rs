//! Tokens that are come by in a transaction, with a certificate shown.

use std::sync::Arc;

use outbound::{CallError, ClientCertificate, Outbound, OutboundSettings, Tokens, Transaction};

use crate::registry::{ConfigProblem, TargetContext};

/// Tokens of a transaction. `key` is where the settings name its address.
///
/// # Errors
/// [`ConfigProblem`] when that address may not be called.
pub(crate) fn tokens(
    transaction: Transaction,
    key: &str,
    settings: &OutboundSettings,
    context: &TargetContext,
) -> Result<Tokens, ConfigProblem> {
    let certificate = ClientCertificate::new(transaction.certificate.clone(), Arc::clone(&context.secrets));
    let settings = OutboundSettings { certificate: Some(certificate), ..settings.clone() };
    let wrong = |error: CallError| ConfigProblem::with(key, error.to_string());
    let outbound = Outbound::for_base(&settings, &transaction.url).map_err(wrong)?;
    outbound.check(&transaction.url).map_err(wrong)?;
    let (secrets, clock) = (Arc::clone(&context.secrets), Arc::clone(&context.clock));
    Ok(Tokens::of_transaction(transaction, outbound, secrets, clock))
}
