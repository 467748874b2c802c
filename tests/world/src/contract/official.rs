//! Where the official document is.

use super::{Contract, folder};
use std::sync::{Arc, OnceLock};

/// Below the folder of contracts.
const DOCUMENT: &str = "ss12000/sis-openapi-2.1.0.yaml";

type Read = Result<Option<Arc<Contract>>, String>;

pub(super) fn read_once() -> Read {
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(read).clone()
}

fn read() -> Read {
    let Some(file) = folder().map(|folder| folder.join(DOCUMENT)).filter(|file| file.is_file()) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    Contract::read(&text).map(|contract| Some(Arc::new(contract)))
}
