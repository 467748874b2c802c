//! References to secrets, where somebody may have written the secret itself.

use outbound::SecretRef;

use crate::canary::is_silent;

/// A reference, as JSON and as a value in TOML.
pub fn secret_reference(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let as_json = serde_json::from_str::<SecretRef>(&text).map_err(|error| error.to_string());
    let table = format!("key = {text}").parse::<toml::Table>().ok();
    let value = table.and_then(|mut table| table.remove("key"));
    let as_toml = value.map(|it| it.try_into::<SecretRef>().map_err(|error| error.to_string()));
    for read in [Some(as_json), as_toml].into_iter().flatten() {
        match read {
            Ok(reference) => {
                let written = serde_json::to_string(&reference).unwrap_or_default();
                assert_eq!(serde_json::from_str(&written).ok(), Some(reference), "a reference changes");
            }
            Err(error) => is_silent("an error", &error),
        }
    }
}
