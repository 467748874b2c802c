//! The properties of users, groups and classes, as far as this counterpart has them: their names are Graph's (CSDL of
//! v1.0), their lengths those of the documentation.

/// A type of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    User,
    Group,
    Class,
}

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text of at most so many characters.
    Text(usize),
    Flag,
    /// A list of texts.
    Texts,
    /// A point in time.
    Instant,
    /// An object with these parts, all of them texts or flags.
    Parts(&'static [&'static str]),
}

/// Who writes a property, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Any client, at any time.
    Freely,
    /// Any client, when the object is made.
    AtCreation,
    /// Any client, but not when the object is made, and by itself only: Exchange keeps it.
    Alone,
    /// The service.
    ByItself,
}

/// A property of an object.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) written: Written,
    /// It is shown where nobody says what to select.
    pub(super) by_default: bool,
}

const fn text(name: &'static str, most: usize) -> Property {
    Property { name, shape: Shape::Text(most), written: Written::Freely, by_default: false }
}

const fn of(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, written: Written::Freely, by_default: false }
}

impl Property {
    const fn shown(self) -> Self {
        Self { by_default: true, ..self }
    }

    const fn written(self, written: Written) -> Self {
        Self { written, ..self }
    }

    /// Written by the service.
    const fn given(self) -> Self {
        self.written(Written::ByItself)
    }
}

const LONG: usize = 1_024;

pub(super) const PASSWORD: &str = "passwordProfile";

const USER: &[Property] = &[
    text("id", LONG).given().shown(),
    of("accountEnabled", Shape::Flag),
    text("ageGroup", 64),
    of("businessPhones", Shape::Texts).shown(),
    text("city", 128),
    text("companyName", 64),
    text("consentProvidedForMinor", 64),
    text("country", 128),
    of("createdDateTime", Shape::Instant).given(),
    of("deletedDateTime", Shape::Instant).given(),
    text("department", 64),
    text("displayName", 256).shown(),
    of("employeeHireDate", Shape::Instant),
    text("employeeId", 16),
    text("employeeType", LONG),
    text("faxNumber", 64),
    text("givenName", 64).shown(),
    text("jobTitle", 128).shown(),
    text("mail", 256).shown(),
    text("mailNickname", 64),
    text("mobilePhone", 64).shown(),
    text("officeLocation", 128).shown(),
    of("onPremisesExtensionAttributes", Shape::Parts(EXTENSIONS)),
    text("onPremisesImmutableId", LONG),
    of("onPremisesSyncEnabled", Shape::Flag).given(),
    of("otherMails", Shape::Texts),
    text("passwordPolicies", LONG),
    of(PASSWORD, Shape::Parts(&["password", "forceChangePasswordNextSignIn", "forceChangePasswordNextSignInWithMfa"])),
    text("postalCode", 40),
    text("preferredLanguage", 64).shown(),
    of("proxyAddresses", Shape::Texts).given(),
    of("showInAddressList", Shape::Flag),
    text("state", 128),
    text("streetAddress", LONG),
    text("surname", 64).shown(),
    text("usageLocation", 2),
    text("userPrincipalName", 113).shown(),
    text("userType", 64),
];

const EXTENSIONS: &[&str] = &[
    "extensionAttribute1",
    "extensionAttribute2",
    "extensionAttribute3",
    "extensionAttribute4",
    "extensionAttribute5",
    "extensionAttribute6",
    "extensionAttribute7",
    "extensionAttribute8",
    "extensionAttribute9",
    "extensionAttribute10",
    "extensionAttribute11",
    "extensionAttribute12",
    "extensionAttribute13",
    "extensionAttribute14",
    "extensionAttribute15",
];

const GROUP: &[Property] = &[
    text("id", LONG).given().shown(),
    of("allowExternalSenders", Shape::Flag).written(Written::Alone),
    of("autoSubscribeNewMembers", Shape::Flag).written(Written::Alone),
    text("classification", LONG).shown(),
    of("createdDateTime", Shape::Instant).given().shown(),
    of("deletedDateTime", Shape::Instant).given().shown(),
    text("description", LONG).shown(),
    text("displayName", 256).shown(),
    of("groupTypes", Shape::Texts).shown(),
    of("hideFromAddressLists", Shape::Flag).written(Written::Alone),
    of("hideFromOutlookClients", Shape::Flag).written(Written::Alone),
    of("isAssignableToRole", Shape::Flag).written(Written::AtCreation).shown(),
    of("isSubscribedByMail", Shape::Flag).written(Written::Alone),
    text("mail", 256).given().shown(),
    of("mailEnabled", Shape::Flag).shown(),
    text("mailNickname", 64).shown(),
    of("onPremisesSyncEnabled", Shape::Flag).given().shown(),
    text("preferredDataLocation", 64).shown(),
    text("preferredLanguage", 64).shown(),
    of("proxyAddresses", Shape::Texts).given().shown(),
    of("resourceBehaviorOptions", Shape::Texts).written(Written::AtCreation).shown(),
    of("resourceProvisioningOptions", Shape::Texts).given().shown(),
    of("securityEnabled", Shape::Flag).shown(),
    text("theme", 64).shown(),
    text("uniqueName", 128).shown(),
    text("visibility", 64).shown(),
];

const CLASS: &[Property] = &[
    text("id", LONG).given().shown(),
    text("classCode", 256).shown(),
    of("course", Shape::Parts(&["courseNumber", "description", "displayName", "externalId", "subject"])).shown(),
    text("description", LONG).shown(),
    text("displayName", 256).shown(),
    text("externalId", 256).shown(),
    text("externalName", 256).shown(),
    text("externalSource", 64).shown(),
    text("externalSourceDetail", 256).shown(),
    text("grade", 256).shown(),
    text("mailNickname", 64).shown(),
    of("term", Shape::Parts(&["displayName", "externalId", "startDate", "endDate"])).shown(),
];

impl Kind {
    pub(super) fn properties(self) -> &'static [Property] {
        match self {
            Kind::User => USER,
            Kind::Group => GROUP,
            Kind::Class => CLASS,
        }
    }

    pub(super) fn property(self, name: &str) -> Option<&'static Property> {
        self.properties().iter().find(|property| property.name == name)
    }

    /// The type's name in Graph.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Class => "educationClass",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Shape};
    use crate::graph_education::Metadata;

    #[test]
    fn all_names_are_graphs() {
        let Some(metadata) = Metadata::present() else { return };
        let mut strange = Vec::new();
        for kind in [Kind::User, Kind::Group, Kind::Class] {
            let names = kind.properties().iter().map(|it| it.name);
            strange.extend(names.filter(|name| !metadata.has(kind.name(), name)));
        }

        assert_eq!(strange, Vec::<&str>::new());
    }

    #[test]
    fn all_parts_are_graphs() {
        let Some(metadata) = Metadata::present() else { return };
        let types = [
            (Kind::User, "passwordProfile", "passwordProfile"),
            (Kind::User, "onPremisesExtensionAttributes", "onPremisesExtensionAttributes"),
            (Kind::Class, "course", "educationCourse"),
            (Kind::Class, "term", "educationTerm"),
        ];

        for (kind, property, complex) in types {
            let Some(Shape::Parts(parts)) = kind.property(property).map(|it| it.shape) else { panic!("{property}") };
            let strange: Vec<_> = parts.iter().filter(|part| !metadata.has(complex, part)).collect();
            assert!(strange.is_empty(), "{complex}: {strange:?}");
        }
    }
}
