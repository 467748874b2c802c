//! The wire format of every object.

use insta::assert_json_snapshot;
use rules::object::WantedObject;
use rules::view::{LicenceView, OrganisationView, OrganisationViewKind, PersonView, View};
use serde_json::Value;

use super::fixtures::{bare, everything};
use crate::egil::mapping::Mapping;
use crate::invented::{activity, group, id, organisation, personal, pupil, teacher};

fn objects(mapping: Mapping, view: View) -> Vec<WantedObject> {
    mapping.map(&view).unwrap()
}

fn body(mapping: Mapping, view: View, kind: &str) -> Value {
    let all = objects(mapping, view);
    all.iter().find(|it| it.key.kind.as_str() == kind).unwrap().body.expose().clone()
}

fn refusal(view: View) -> &'static str {
    everything().map(&view).unwrap_err().code
}

#[test]
fn a_principal() {
    let view = View::Organisation(organisation(OrganisationViewKind::Principal));

    assert_json_snapshot!(body(everything(), view, "Organisations"), @r#"
    {
      "displayName": "Björkskolan F–6",
      "externalId": "00000000-0000-4000-8000-000000000003",
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:Organisation"
      ]
    }
    "#);
}

#[test]
fn a_school() {
    let view = View::Organisation(organisation(OrganisationViewKind::School));

    assert_json_snapshot!(body(everything(), view, "SchoolUnitGroups"), @r#"
    {
      "displayName": "Björkskolan F–6",
      "externalId": "00000000-0000-4000-8000-000000000003",
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:SchoolUnitGroup"
      ]
    }
    "#);
}

#[test]
fn a_school_unit() {
    let view = View::Organisation(organisation(OrganisationViewKind::SchoolUnit));

    assert_json_snapshot!(body(everything(), view, "SchoolUnits"), @r#"
    {
      "displayName": "Björkskolan F–6",
      "externalId": "00000000-0000-4000-8000-000000000003",
      "municipalityCode": "1488",
      "organisation": {
        "$ref": "Organisations/00000000-0000-4000-8000-000000000001",
        "value": "00000000-0000-4000-8000-000000000001"
      },
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:SchoolUnit"
      ],
      "schoolTypes": [
        "FS",
        "GR"
      ],
      "schoolUnitCode": "12345678",
      "schoolUnitGroup": {
        "$ref": "SchoolUnitGroups/00000000-0000-4000-8000-000000000002",
        "value": "00000000-0000-4000-8000-000000000002"
      }
    }
    "#);
}

#[test]
fn a_bare_school_unit() {
    let view = View::Organisation(organisation(OrganisationViewKind::SchoolUnit));

    assert_json_snapshot!(body(bare(), view, "SchoolUnits"), @r#"
    {
      "displayName": "Björkskolan F–6",
      "externalId": "00000000-0000-4000-8000-000000000003",
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:SchoolUnit"
      ],
      "schoolUnitCode": "12345678"
    }
    "#);
}

#[test]
fn a_pupil() {
    assert_json_snapshot!(body(everything(), View::Person(pupil()), "Users"), @r#"
    {
      "displayName": "Astrid Lindgård",
      "emails": [
        {
          "type": "Skola elev",
          "value": "Astrid.Lindgard@skola.example"
        }
      ],
      "externalId": "00000000-0000-4000-8000-000000000010",
      "name": {
        "familyName": "Lindgård",
        "givenName": "Astrid"
      },
      "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:scim:schemas:extension:sis:school:1.0:User"
      ],
      "urn:scim:schemas:extension:sis:school:1.0:User": {
        "enrolments": [
          {
            "$ref": "SchoolUnits/00000000-0000-4000-8000-000000000003",
            "schoolType": "GR",
            "schoolYear": 7,
            "value": "00000000-0000-4000-8000-000000000003"
          }
        ]
      },
      "userName": "astlin01@skola.example"
    }
    "#);
}

#[test]
fn a_bare_pupil() {
    assert_json_snapshot!(body(bare(), View::Person(pupil()), "Users"), @r#"
    {
      "displayName": "Astrid Lindgård",
      "emails": [
        {
          "type": "Skola elev",
          "value": "Astrid.Lindgard@skola.example"
        }
      ],
      "externalId": "00000000-0000-4000-8000-000000000010",
      "name": {
        "familyName": "Lindgård",
        "givenName": "Astrid"
      },
      "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:scim:schemas:extension:sis:school:1.0:User"
      ],
      "urn:scim:schemas:extension:sis:school:1.0:User": {
        "enrolments": [
          {
            "value": "00000000-0000-4000-8000-000000000003"
          }
        ]
      },
      "userName": "astlin01@skola.example"
    }
    "#);
}

#[test]
fn a_licence() {
    assert_json_snapshot!(body(everything(), View::Person(pupil()), "LicenceAssignments"), @r#"
    {
      "assignee": {
        "$ref": "Users/00000000-0000-4000-8000-000000000010",
        "type": "User",
        "value": "00000000-0000-4000-8000-000000000010"
      },
      "externalId": "00000000-0000-4000-8000-000000000040",
      "product": {
        "supplier": "gleerups",
        "value": "40687654"
      },
      "schemas": [
        "urn:skolbro:params:scim:schemas:extension:1.0:LicenceAssignment"
      ],
      "status": "active",
      "validTo": "2027-06-30"
    }
    "#);
}

#[test]
fn a_teacher() {
    assert_json_snapshot!(body(everything(), View::Person(teacher()), "Users"), @r#"
    {
      "displayName": "Bo Ek",
      "emails": [
        {
          "value": "bo.ek@skola.example"
        }
      ],
      "externalId": "00000000-0000-4000-8000-000000000011",
      "name": {
        "familyName": "Ek",
        "givenName": "Bo"
      },
      "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:scim:schemas:extension:sis:school:1.0:User"
      ],
      "urn:scim:schemas:extension:sis:school:1.0:User": {
        "enrolments": []
      },
      "userName": "bo.ek@skola.example"
    }
    "#);
}

#[test]
fn an_employment() {
    assert_json_snapshot!(body(everything(), View::Person(teacher()), "Employments"), @r#"
    {
      "employedAt": {
        "$ref": "SchoolUnits/00000000-0000-4000-8000-000000000003",
        "value": "00000000-0000-4000-8000-000000000003"
      },
      "employmentRole": "Lärare",
      "externalId": "00000000-0000-4000-8000-000000000020",
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:Employment"
      ],
      "signature": "BEK",
      "user": {
        "$ref": "Users/00000000-0000-4000-8000-000000000011",
        "value": "00000000-0000-4000-8000-000000000011"
      }
    }
    "#);
}

#[test]
fn a_group() {
    assert_json_snapshot!(body(everything(), View::Group(group()), "StudentGroups"), @r#"
    {
      "displayName": "7A",
      "externalId": "00000000-0000-4000-8000-000000000030",
      "owner": {
        "$ref": "SchoolUnits/00000000-0000-4000-8000-000000000003",
        "value": "00000000-0000-4000-8000-000000000003"
      },
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:StudentGroup"
      ],
      "schoolType": "GR",
      "studentGroupType": "Klass",
      "studentMemberships": [
        {
          "$ref": "Users/00000000-0000-4000-8000-000000000010",
          "value": "00000000-0000-4000-8000-000000000010"
        },
        {
          "$ref": "Users/konto-77",
          "value": "konto-77"
        }
      ]
    }
    "#);
}

#[test]
fn a_bare_group() {
    assert_json_snapshot!(body(bare(), View::Group(group()), "StudentGroups"), @r#"
    {
      "displayName": "7A",
      "externalId": "00000000-0000-4000-8000-000000000030",
      "owner": {
        "value": "00000000-0000-4000-8000-000000000003"
      },
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:StudentGroup"
      ],
      "studentMemberships": [
        {
          "value": "00000000-0000-4000-8000-000000000010"
        },
        {
          "value": "konto-77"
        }
      ]
    }
    "#);
}

#[test]
fn an_activity() {
    assert_json_snapshot!(body(everything(), View::Activity(activity()), "Activities"), @r#"
    {
      "displayName": "7A Matematik",
      "externalId": "00000000-0000-4000-8000-000000000031",
      "groups": [
        {
          "$ref": "StudentGroups/00000000-0000-4000-8000-000000000030",
          "value": "00000000-0000-4000-8000-000000000030"
        }
      ],
      "owner": {
        "$ref": "SchoolUnits/00000000-0000-4000-8000-000000000003",
        "value": "00000000-0000-4000-8000-000000000003"
      },
      "schemas": [
        "urn:scim:schemas:extension:sis:school:1.0:Activity"
      ],
      "teachers": [
        {
          "$ref": "Employments/00000000-0000-4000-8000-000000000020",
          "value": "00000000-0000-4000-8000-000000000020"
        }
      ]
    }
    "#);
}

#[test]
fn an_adopted_persons_objects_refer_to_the_portals_account() {
    let view = View::Person(PersonView { at_target: Some("konto-7".into()), ..teacher() });

    let user = &body(everything(), view, "Employments")["user"];

    assert_eq!((user["value"].as_str(), user["$ref"].as_str()), (Some("konto-7"), Some("Users/konto-7")));
}

#[test]
fn employments_and_licences_need_the_user_and_activities_the_group() {
    let person = PersonView { licences: pupil().licences, ..teacher() };
    let all = [objects(everything(), View::Person(person)), objects(everything(), View::Group(group()))].concat();

    let needs: Vec<String> = all
        .iter()
        .flat_map(|it| it.needs.iter().map(move |need| format!("{} needs {} {}", it.key.kind, need.kind, need.key)))
        .collect();

    let (user, group) = (id(11), id(30));
    assert_eq!(
        needs,
        [
            format!("Employments needs Users {user}"),
            format!("LicenceAssignments needs Users {user}"),
            format!("Activities needs StudentGroups {group}"),
        ]
    );
}

#[test]
fn a_user_is_recognised_by_addresses_in_lower_case() {
    let user = objects(everything(), View::Person(pupil())).remove(0);

    assert_eq!(user.recognised_by, [personal("astrid.lindgard@skola.example")]);
}

#[test]
fn a_user_is_not_recognised_when_adoption_is_off() {
    let user = objects(Mapping::default(), View::Person(pupil())).remove(0);

    assert_eq!(user.recognised_by, []);
}

#[test]
fn licences_stay_here_unless_they_are_delivered() {
    let all = objects(Mapping::default(), View::Person(pupil()));

    assert_eq!(all.iter().map(|it| it.key.kind.as_str()).collect::<Vec<_>>(), ["Users"]);
}

#[test]
fn a_licence_for_no_known_product_is_left_out() {
    let licences = vec![LicenceView { id: id(41), product: None, expires: None }];

    let all = objects(everything(), View::Person(PersonView { licences, ..pupil() }));

    assert_eq!(all.len(), 1);
}

#[test]
fn a_unit_without_a_code_of_eight_digits_is_refused() {
    for code in [None, Some("1234567"), Some("1234567a"), Some("１２３４５６７８")] {
        let unit = organisation(OrganisationViewKind::SchoolUnit);
        let view = OrganisationView { school_unit_code: code.map(str::to_owned), ..unit };

        assert_eq!(refusal(View::Organisation(view)), "egil.school_unit_code_missing", "{code:?}");
    }
}

#[test]
fn what_the_profile_requires_is_not_sent_blank() {
    let mut without_role = teacher();
    without_role.employments[0].role = " ".into();
    let mut group = group();
    group.name = String::new();

    let refusals = [
        refusal(View::Person(PersonView { family_name: personal(" "), ..pupil() })),
        refusal(View::Person(PersonView { user_name: personal(""), ..pupil() })),
        refusal(View::Person(without_role)),
        refusal(View::Group(group)),
    ];

    let missing = ["name", "user_name", "role", "name"].map(|it| format!("egil.{it}_missing"));
    assert_eq!(refusals.map(str::to_owned), missing);
}

#[test]
fn a_refusal_names_nobody() {
    let view = View::Person(PersonView { user_name: personal(""), ..pupil() });

    let refusal = everything().map(&view).unwrap_err();

    assert_eq!(refusal.to_string(), "egil.user_name_missing: the person's user name is missing");
}
