//! Why a document is refused as a whole. Nothing is concluded from a refused document.

use crate::SourceError;

/// Why a document is refused. Never repeats what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Bytes that are none of the declared encoding, or an encoding that is not read.
    #[error("the document is not in the encoding that it declares, or in one that is not read")]
    Encoding,
    /// A document type: what entity expansion and reading of foreign files need. The contract has none.
    #[error("the document has a document type (DTD), which is never read")]
    DocumentType,
    /// A reference to an entity that XML itself does not define.
    #[error("the document refers to an entity that it would have to define itself")]
    Entity,
    /// Another document than `<enterprise>`, or none at all.
    #[error("the document's outermost element is not <enterprise>")]
    NotEnterprise,
    /// It ceases before `</enterprise>`.
    #[error("the document ceases before it ends")]
    Truncated,
    /// No XML.
    #[error("the document is no well-formed XML")]
    Malformed,
    /// One text, tag or comment, one record, or the whole document, is larger than allowed.
    #[error("{0} is larger than allowed")]
    TooLarge(&'static str),
    /// More records than any register has.
    #[error("there are more {0} than allowed")]
    TooMany(&'static str),
    /// A document with changes, or of teachers only, where one with everything is needed.
    #[error("the document says that it does not hold everything")]
    NotComplete,
    /// A document with everything where one with changes was asked for.
    #[error("the document says that it does not hold changes")]
    NotDelta,
}

impl Refusal {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Encoding => "ims_enterprise.encoding",
            Self::DocumentType => "ims_enterprise.document_type",
            Self::Entity => "ims_enterprise.entity",
            Self::NotEnterprise => "ims_enterprise.not_enterprise",
            Self::Truncated => "ims_enterprise.truncated",
            Self::Malformed => "ims_enterprise.malformed",
            Self::TooLarge(_) => "ims_enterprise.too_large",
            Self::TooMany(_) => "ims_enterprise.too_many",
            Self::NotComplete => "ims_enterprise.not_complete",
            Self::NotDelta => "ims_enterprise.not_delta",
        }
    }
}

impl From<Refusal> for SourceError {
    fn from(refusal: Refusal) -> Self {
        Self::contract(refusal.code(), refusal.to_string())
    }
}
