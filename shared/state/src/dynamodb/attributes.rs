//! Items and keys as DynamoDB's attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::item::Item;
use crate::table::{Key, Listed};

pub(crate) type Attributes = HashMap<String, AttributeValue>;

impl Item {
    pub(crate) fn into_attributes(self) -> Attributes {
        let mut attributes = HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk)),
            ("sk".to_owned(), AttributeValue::S(self.sk)),
            ("rev".to_owned(), AttributeValue::N(self.revision.to_string())),
            ("body".to_owned(), AttributeValue::S(self.body)),
            ("w".to_owned(), AttributeValue::S(self.write)),
        ]);
        if let Some((shard, at)) = self.due {
            attributes.insert("dpk".to_owned(), AttributeValue::S(shard));
            attributes.insert("due".to_owned(), AttributeValue::N(at.as_millisecond().to_string()));
        }
        if let Some((partition, key)) = self.listing {
            attributes.insert("lpk".to_owned(), AttributeValue::S(partition));
            attributes.insert("lsk".to_owned(), AttributeValue::S(key));
        }
        if let Some(at) = self.expires {
            attributes.insert("ttl".to_owned(), AttributeValue::N(at.as_second().to_string()));
        }
        if self.parts > 0 {
            attributes.insert("parts".to_owned(), AttributeValue::N(self.parts.to_string()));
        }
        attributes
    }

    pub(crate) fn from_attributes(attributes: &Attributes) -> Self {
        let text = |name: &str| text(attributes, name);
        let number =
            |name: &str| attributes.get(name).and_then(|it| it.as_n().ok()).and_then(|it| it.parse::<i64>().ok());
        let due = number("due").and_then(|millis| Timestamp::from_millisecond(millis).ok());
        Self {
            pk: text("pk").unwrap_or_default(),
            sk: text("sk").unwrap_or_default(),
            revision: number("rev").and_then(|it| u64::try_from(it).ok()).unwrap_or(0),
            body: text("body").unwrap_or_default(),
            due: text("dpk").zip(due),
            listing: text("lpk").zip(text("lsk")),
            expires: number("ttl").and_then(|seconds| Timestamp::from_second(seconds).ok()),
            write: text("w").unwrap_or_default(),
            parts: number("parts").and_then(|it| usize::try_from(it).ok()).unwrap_or(0),
        }
    }
}

pub(super) fn key((pk, sk): &Key) -> Attributes {
    HashMap::from([("pk".to_owned(), AttributeValue::S(pk.clone())), ("sk".to_owned(), AttributeValue::S(sk.clone()))])
}

pub(super) fn key_of(attributes: &Attributes) -> Option<Key> {
    Some((text(attributes, "pk")?, text(attributes, "sk")?))
}

/// A place in the `listing` index.
pub(super) fn listed(partition: &str, place: Listed) -> Attributes {
    let mut attributes = key(&place.key);
    attributes.insert("lpk".to_owned(), AttributeValue::S(partition.to_owned()));
    attributes.insert("lsk".to_owned(), AttributeValue::S(place.sort));
    attributes
}

pub(super) fn listed_of(attributes: &Attributes) -> Option<Listed> {
    Some(Listed { sort: text(attributes, "lsk")?, key: key_of(attributes)? })
}

fn text(attributes: &Attributes, name: &str) -> Option<String> {
    attributes.get(name).and_then(|it| it.as_s().ok()).cloned()
}
