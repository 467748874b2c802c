//! JSON as providers really write it: a field of the wrong type is unreadable, never the end of its record.
//!
//! [`Field`] reads any JSON value in one pass and borrows text from the page where it can.

use std::borrow::Cow;
use std::marker::PhantomData;

use jiff::civil::Date;
use roster::Id;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A field of a record: not there, there, or there in a form nobody promised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Field<T> {
    /// Missing or `null`.
    #[default]
    Absent,
    /// Read.
    Read(T),
    /// Of another type than the contract says.
    Unreadable,
}

/// A list each of whose elements may be unreadable by itself.
pub(crate) type List<T> = Vec<Field<T>>;

impl<T> Field<T> {
    /// This field, or `other` when this one is absent: for the two spellings of one name.
    pub(crate) fn or(self, other: Self) -> Self {
        match self {
            Self::Absent => other,
            present => present,
        }
    }

    /// What was read, if anything was.
    pub(crate) fn read(self) -> Option<T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Absent | Self::Unreadable => None,
        }
    }

    fn of(value: Option<T>) -> Self {
        value.map_or(Self::Unreadable, Self::Read)
    }
}

/// What a field can be made of. Everything not overridden makes the field unreadable.
pub(crate) trait Expected<'de>: Sized {
    fn from_text(_text: Cow<'de, str>) -> Option<Self> {
        None
    }

    fn from_whole(_number: i64) -> Option<Self> {
        None
    }

    fn from_flag(_flag: bool) -> Option<Self> {
        None
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// Text; a number is read as its digits, since codes are written both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

/// Something that is to be a date and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoDate;

impl Field<Text<'_>> {
    /// A date, or the date of a time stamp in whatever form. Blank text is no date, as some providers write it.
    pub(crate) fn date(&self) -> Result<Option<Date>, NoDate> {
        match self {
            Self::Absent => Ok(None),
            Self::Read(text) => text.filled().map(day).transpose(),
            Self::Unreadable => Err(NoDate),
        }
    }
}

/// A date, or the date of a time stamp in whatever form.
pub(crate) fn day(text: &str) -> Result<Date, NoDate> {
    let (day, time) = text.split_at_checked(10).ok_or(NoDate)?;
    if !time.is_empty() && !time.starts_with(['T', 't', ' ']) {
        return Err(NoDate);
    }
    day.parse().map_err(|_| NoDate)
}

impl Text<'_> {
    /// The text without surrounding blanks; `None` when nothing is left.
    pub(crate) fn filled(&self) -> Option<&str> {
        let text = self.0.trim();
        (!text.is_empty()).then_some(text)
    }
}

impl<'de: 'a, 'a> Expected<'de> for Text<'a> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self(text))
    }

    fn from_whole(number: i64) -> Option<Self> {
        Some(Self(Cow::Owned(number.to_string())))
    }
}

/// `true` or `false`, also as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl Expected<'_> for Flag {
    fn from_flag(flag: bool) -> Option<Self> {
        Some(Self(flag))
    }

    fn from_text(text: Cow<'_, str>) -> Option<Self> {
        text.trim().to_lowercase().parse().ok().map(Self)
    }
}

/// An object with fields of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Expected<'de> for Object<T> {
    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|inner| Some(Self(inner)))
    }
}

/// A list; an object alone is read as a list of one.
impl<'de, T: Expected<'de>> Expected<'de> for List<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut read = Self::new();
        while let Some(element) = list.next_element()? {
            read.push(element);
        }
        Ok(Some(read))
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        Ok(T::from_object(object)?.map(|one| vec![Field::Read(one)]))
    }
}

/// A reference to another object: `{"id": "…"}`, or the identifier alone. `None`: not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference(pub(crate) Option<Id>);

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct ReferenceObject<'a> {
    #[serde(default)]
    id: Field<Text<'a>>,
}

impl<'de> Expected<'de> for Reference {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self(text.parse().ok()))
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        let object = ReferenceObject::deserialize(MapAccessDeserializer::new(object))?;
        Ok(match object.id {
            Field::Absent => None,
            id => Some(Self(id.read().and_then(|text| text.0.parse().ok()))),
        })
    }
}

impl<'de, T: Expected<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Expected<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Field::Absent)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Field::of(T::from_flag(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Field::of(T::from_whole(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let whole = i64::try_from(number).ok();
        Ok(Field::of(whole.and_then(T::from_whole)))
    }

    fn visit_f64<E: Error>(self, _number: f64) -> Result<Self::Value, E> {
        Ok(Field::Unreadable)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field::of(T::from_text(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Field::of(T::from_text(Cow::Owned(text.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::from_list(list).map(Field::of)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::from_object(object).map(Field::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Field<Text<'_>> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn text_without_escapes_is_borrowed_from_the_page() {
        assert!(matches!(text(r#""Astrid""#), Field::Read(Text(Cow::Borrowed("Astrid")))));
    }

    #[test]
    fn text_with_escapes_is_read_all_the_same() {
        assert_eq!(text(r#""\u00c5sa""#), Field::Read(Text(Cow::Borrowed("Åsa"))));
    }

    #[test]
    fn a_number_reads_as_text() {
        assert_eq!(text("180"), Field::Read(Text(Cow::Borrowed("180"))));
    }

    #[test]
    fn an_object_where_text_belongs_is_unreadable_and_consumed() {
        let read: Vec<Field<Text<'_>>> = serde_json::from_str(r#"[{"a":[1,{"b":2}]},null,"x"]"#).unwrap();

        assert_eq!(read, [Field::Unreadable, Field::Absent, Field::Read(Text(Cow::Borrowed("x")))]);
    }

    #[test]
    fn a_reference_reads_as_an_object_or_as_the_identifier_alone() {
        let id = "6b0e1d1c-0c43-4b0a-9c39-0f3c5f6d2a11";
        let object: Field<Reference> =
            serde_json::from_str(&format!(r#"{{"displayName":"7A","id":"{}"}}"#, id.to_uppercase())).unwrap();

        let alone: Field<Reference> = serde_json::from_str(&format!(r#""{id}""#)).unwrap();

        assert_eq!((object, alone), (Field::Read(Reference(id.parse().ok())), Field::Read(Reference(id.parse().ok()))));
    }
}
