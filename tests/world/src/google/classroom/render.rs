//! How courses and people in them look.

use super::super::service::Service;
use super::super::{GoogleCourse, GoogleInvitation, GoogleUser};
use serde_json::{Value, json};

impl Service<'_> {
    pub(super) fn rendered_course(course: &GoogleCourse) -> Value {
        let mut body = json!({
            "id": course.id,
            "name": course.name,
            "ownerId": course.owner_id,
            "creationTime": course.provenance.created.to_string(),
            "updateTime": course.provenance.modified.to_string(),
            "enrollmentCode": course.enrollment_code,
            "courseState": course.state,
            "alternateLink": format!("https://classroom.google.com/c/{}", course.id),
            "guardiansEnabled": false,
        });
        if let Some(fields) = body.as_object_mut() {
            fields.extend(course.texts.iter().map(|(name, text)| (name.clone(), json!(text))));
        }
        body
    }

    pub(super) fn rendered_participant(&self, course: &str, user_id: &str) -> Value {
        let mut body = json!({"courseId": course, "userId": user_id});
        if let (Some(fields), Some(user)) = (body.as_object_mut(), self.store.state.users.get(user_id)) {
            fields.insert("profile".to_owned(), self.profile(user));
        }
        body
    }

    /// The address is only for those who have the scope for it.
    pub(super) fn profile(&self, user: &GoogleUser) -> Value {
        let full_name = format!("{} {}", user.given_name, user.family_name);
        let mut body = json!({
            "id": user.id,
            "name": {"givenName": user.given_name, "familyName": user.family_name, "fullName": full_name},
        });
        if let (Some(fields), true) = (body.as_object_mut(), self.caller.has_scope(&["classroom.profile.emails"])) {
            fields.insert("emailAddress".to_owned(), json!(user.primary_email));
        }
        body
    }

    pub(super) fn rendered_invitation(invitation: &GoogleInvitation) -> Value {
        json!({
            "id": invitation.id,
            "courseId": invitation.course_id,
            "userId": invitation.user_id,
            "role": invitation.role,
        })
    }
}
