//! What holds for every view.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use roster::{Id, Personal};
use rules::object::WantedObject;
use rules::view::{
    ActivityView, EmailView, EmploymentView, EnrolmentView, GroupView, LicenceView, OrganisationView,
    OrganisationViewKind, PersonView, Reference, View,
};

use crate::egil::mapping::Mapping;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zåäöÅÄÖ -]{1,12}", 1 => any::<String>(), 1 => Just(String::new())]
}

fn personal() -> impl Strategy<Value = Personal<String>> {
    text().prop_map(Personal::new)
}

fn id() -> impl Strategy<Value = Id> {
    any::<u32>().prop_map(|it| Id::derived(&[&it.to_string()]))
}

fn reference() -> impl Strategy<Value = Reference> {
    (id(), text()).prop_map(|(id, at_target)| Reference { id, at_target })
}

fn organisation() -> impl Strategy<Value = View> {
    use OrganisationViewKind::{Principal, School, SchoolUnit};
    let kind = prop::sample::select(vec![Principal, School, SchoolUnit]);
    let code = prop_oneof![option::of("[0-9]{8}"), text().prop_map(Some)];
    let above = (option::of(reference()), option::of(reference()));
    (id(), kind, text(), code, vec(text(), 0..3), option::of(text()), above).prop_map(
        |(id, kind, name, school_unit_code, school_types, municipality_code, (principal, school))| {
            View::Organisation(OrganisationView {
                id,
                kind,
                name,
                school_unit_code,
                school_types,
                municipality_code,
                principal,
                school,
            })
        },
    )
}

fn person() -> impl Strategy<Value = View> {
    let names = (personal(), personal(), personal(), option::of(text()));
    let email = (personal(), text()).prop_map(|(address, kind)| EmailView { address, kind });
    let enrolment = (reference(), option::of(text()), option::of(any::<u8>()), option::of(text())).prop_map(
        |(school_unit, school_type, school_year, education_code)| EnrolmentView {
            validity: roster::Validity::ALWAYS,
            school_unit,
            school_type,
            school_year,
            education_code,
        },
    );
    let employment =
        (id(), reference(), text(), option::of(personal())).prop_map(|(id, school_unit, role, signature)| {
            EmploymentView { validity: roster::Validity::ALWAYS, id, school_unit, role, signature }
        });
    let instant = any::<i64>().prop_map(|it| jiff::Timestamp::from_second(it).unwrap_or(jiff::Timestamp::MIN));
    let licence = (id(), option::of(text()), option::of(instant)).prop_map(|(id, product, expires)| LicenceView {
        id,
        product,
        expires,
    });
    (id(), names, vec(email, 0..3), vec(enrolment, 0..3), vec(employment, 0..3), vec(licence, 0..3)).prop_map(
        |(id, (given_name, family_name, user_name, at_target), emails, enrolments, employments, licences)| {
            View::Person(PersonView {
                principal_name: None,
                civic_number: None,
                id,
                at_target,
                given_name,
                family_name,
                user_name,
                emails,
                enrolments,
                employments,
                licences,
                login: None,
            })
        },
    )
}

fn activity() -> impl Strategy<Value = ActivityView> {
    (id(), text(), reference(), vec(reference(), 0..3), vec(reference(), 0..3)).prop_map(
        |(id, name, school_unit, groups, teachers)| ActivityView {
            validity: roster::Validity::ALWAYS,
            id,
            name,
            school_unit,
            groups,
            teachers,
        },
    )
}

fn group() -> impl Strategy<Value = View> {
    (id(), text(), text(), option::of(text()), reference(), vec(reference(), 0..4), option::of(activity())).prop_map(
        |(id, name, kind, school_type, school_unit, pupils, led_by)| {
            View::Group(GroupView {
                validity: roster::Validity::ALWAYS,
                id,
                name,
                kind,
                school_type,
                school_unit,
                pupils,
                led_by,
                teachers: Vec::new(),
            })
        },
    )
}

fn view() -> impl Strategy<Value = View> {
    prop_oneof![organisation(), person(), group(), activity().prop_map(View::Activity)]
}

fn mapping() -> impl Strategy<Value = Mapping> {
    any::<[bool; 4]>().prop_map(|[omit_optional_fields, omit_reference_urls, licence_assignments, adopt_by_email]| {
        Mapping { omit_optional_fields, omit_reference_urls, licence_assignments, adopt_by_email, ..Mapping::default() }
    })
}

fn keys(objects: &[WantedObject]) -> BTreeSet<String> {
    objects.iter().map(|it| format!("{} {}", it.key.kind, it.key.key)).collect()
}

proptest! {
    #[test]
    fn the_same_view_gives_the_same_objects(view in view(), mapping in mapping()) {
        prop_assert_eq!(mapping.map(&view), mapping.map(&view));
    }

    #[test]
    fn every_object_carries_its_key_as_external_identity(view in view(), mapping in mapping()) {
        for object in mapping.map(&view).unwrap_or_default() {
            prop_assert_eq!(object.body.expose()["externalId"].as_str(), Some(object.key.key.as_str()));
        }
    }

    #[test]
    fn every_need_is_an_object_of_the_same_view(view in view(), mapping in mapping()) {
        let objects = mapping.map(&view).unwrap_or_default();
        let all = keys(&objects);

        for need in objects.iter().flat_map(|it| &it.needs) {
            let known = all.contains(&format!("{} {}", need.kind, need.key));
            prop_assert!(known);
        }
    }

    #[test]
    fn no_reference_url_is_sent_when_they_are_omitted(view in view(), mapping in mapping()) {
        let mapping = Mapping { omit_reference_urls: true, ..mapping };

        for object in mapping.map(&view).unwrap_or_default() {
            let has_url = object.body.expose().to_string().contains("\"$ref\":");
            prop_assert!(!has_url);
        }
    }
}
