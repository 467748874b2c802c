//! The methods of the Classroom API, by its discovery document.

use super::super::call::Api;
use super::Endpoint;

const COURSES: &[&str] = &["classroom.courses"];
const COURSES_READ: &[&str] = &["classroom.courses", "classroom.courses.readonly"];
const ROSTERS: &[&str] = &["classroom.rosters"];
const ROSTERS_READ: &[&str] = &["classroom.rosters", "classroom.rosters.readonly"];
const PEOPLE: &[&str] = &["classroom.profile.emails", "classroom.profile.photos", "classroom.rosters"];
const PEOPLE_READ: &[&str] =
    &["classroom.profile.emails", "classroom.profile.photos", "classroom.rosters", "classroom.rosters.readonly"];
const PAGES: &[&str] = &["pageSize", "pageToken"];

const fn method(
    id: &'static str,
    http: &'static str,
    path: &'static str,
    request: Option<&'static str>,
    scopes: &'static [&'static str],
    parameters: &'static [&'static str],
) -> Endpoint {
    Endpoint { api: Api::Classroom, id, http, path, request, scopes, parameters }
}

pub(super) static ENDPOINTS: &[Endpoint] = &[
    method(
        "classroom.courses.list",
        "GET",
        "courses",
        None,
        COURSES_READ,
        &["courseStates", "pageSize", "pageToken", "studentId", "teacherId"],
    ),
    method("classroom.courses.get", "GET", "courses/{id}", None, COURSES_READ, &[]),
    method("classroom.courses.create", "POST", "courses", Some("Course"), COURSES, &[]),
    method("classroom.courses.patch", "PATCH", "courses/{id}", Some("Course"), COURSES, &["updateMask"]),
    method("classroom.courses.update", "PUT", "courses/{id}", Some("Course"), COURSES, &[]),
    method("classroom.courses.delete", "DELETE", "courses/{id}", None, COURSES, &[]),
    method("classroom.courses.aliases.list", "GET", "courses/{courseId}/aliases", None, COURSES_READ, PAGES),
    method("classroom.courses.aliases.create", "POST", "courses/{courseId}/aliases", Some("CourseAlias"), COURSES, &[]),
    method("classroom.courses.aliases.delete", "DELETE", "courses/{courseId}/aliases/{alias}", None, COURSES, &[]),
    method("classroom.courses.students.list", "GET", "courses/{courseId}/students", None, PEOPLE_READ, PAGES),
    method("classroom.courses.students.get", "GET", "courses/{courseId}/students/{userId}", None, PEOPLE_READ, &[]),
    method(
        "classroom.courses.students.create",
        "POST",
        "courses/{courseId}/students",
        Some("Student"),
        PEOPLE,
        &["enrollmentCode"],
    ),
    method("classroom.courses.students.delete", "DELETE", "courses/{courseId}/students/{userId}", None, ROSTERS, &[]),
    method("classroom.courses.teachers.list", "GET", "courses/{courseId}/teachers", None, PEOPLE_READ, PAGES),
    method("classroom.courses.teachers.get", "GET", "courses/{courseId}/teachers/{userId}", None, PEOPLE_READ, &[]),
    method("classroom.courses.teachers.create", "POST", "courses/{courseId}/teachers", Some("Teacher"), PEOPLE, &[]),
    method("classroom.courses.teachers.delete", "DELETE", "courses/{courseId}/teachers/{userId}", None, ROSTERS, &[]),
    method(
        "classroom.invitations.list",
        "GET",
        "invitations",
        None,
        ROSTERS_READ,
        &["courseId", "pageSize", "pageToken", "userId"],
    ),
    method("classroom.invitations.get", "GET", "invitations/{id}", None, ROSTERS_READ, &[]),
    method("classroom.invitations.create", "POST", "invitations", Some("Invitation"), ROSTERS, &[]),
    method("classroom.invitations.delete", "DELETE", "invitations/{id}", None, ROSTERS, &[]),
    method("classroom.invitations.accept", "POST", "invitations/{id}:accept", None, ROSTERS, &[]),
    method("classroom.userProfiles.get", "GET", "userProfiles/{userId}", None, PEOPLE_READ, &[]),
];
