//! Personal data that cannot be printed by accident.
//!
//! [`Personal`] has no `Display`, its `Debug` shows a mask, and it does not implement serde's traits. A type that
//! must be stored or sent says so field by field, with `#[serde(with = "roster::personal::at_rest")]` (and its
//! siblings for options and lists), so that every place where personal data leaves memory can be searched for.

use std::fmt;

/// A piece of personal data: a name, an e-mail address, a number.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Takes personal data in.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The data itself. Whoever calls this is answerable for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl Personal<String> {
    /// The text itself, trimmed; `None` when nothing is left.
    #[must_use]
    pub fn filled(text: impl Into<String>) -> Option<Self> {
        let text: String = text.into();
        let trimmed = text.trim();
        match trimmed.len() {
            0 => None,
            whole if whole == text.len() => Some(Self(text)),
            _ => Some(Self(trimmed.to_owned())),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// Opt-in (de)serialisation of one personal field, for the state store and for wire bodies only.
pub mod at_rest {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Personal;

    /// Writes the value itself.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Serialize, S: Serializer>(value: &Personal<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.expose().serialize(serializer)
    }

    /// Reads the value itself.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Personal<T>, D::Error> {
        T::deserialize(deserializer).map(Personal::new)
    }

    /// The same for a list of values.
    pub mod list {
        use super::{Deserialize, Deserializer, Personal, Serialize, Serializer};

        /// Writes the values themselves.
        ///
        /// # Errors
        /// Those of the serializer.
        pub fn serialize<T: Serialize, S: Serializer>(
            values: &[Personal<T>],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(values.iter().map(Personal::expose))
        }

        /// Reads the values themselves.
        ///
        /// # Errors
        /// Those of the deserializer.
        pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Vec<Personal<T>>, D::Error> {
            Ok(Vec::<T>::deserialize(deserializer)?.into_iter().map(Personal::new).collect())
        }
    }

    /// The same for a value that may be missing.
    pub mod option {
        use super::{Deserialize, Deserializer, Personal, Serialize, Serializer};

        /// Writes the value itself.
        ///
        /// # Errors
        /// Those of the serializer.
        pub fn serialize<T: Serialize, S: Serializer>(
            value: &Option<Personal<T>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            value.as_ref().map(Personal::expose).serialize(serializer)
        }

        /// Reads the value itself.
        ///
        /// # Errors
        /// Those of the deserializer.
        pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Personal<T>>, D::Error> {
            Ok(Option::<T>::deserialize(deserializer)?.map(Personal::new))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_mask() {
        let name = Personal::new("Astrid".to_owned());

        assert_eq!(format!("{name:?}"), "•••");
    }

    #[test]
    fn blank_text_is_no_data() {
        assert_eq!(Personal::filled("  "), None);
    }
}
