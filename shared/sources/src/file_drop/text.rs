//! How a text file is written.

use serde::Deserialize;

/// How a text file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextForm {
    pub(super) encoding: TextEncoding,
    pub(super) separator: Separator,
    pub(super) final_newline: FinalNewline,
}

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum TextEncoding {
    /// UTF-8, with or without a mark at the beginning.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO-8859-1; read as Windows-1252, which has more signs and is what is meant.
    #[serde(rename = "iso-8859-1")]
    Iso8859_1,
    /// Windows-1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl TextEncoding {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Iso8859_1 => "iso-8859-1",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// What stands between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tabulator.
    Tab,
}

/// Whether a file must end with the end of a line. One that does not may have been cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FinalNewline {
    /// It must, or is taken as cut off.
    #[default]
    Required,
    /// The sender writes none.
    Optional,
}
