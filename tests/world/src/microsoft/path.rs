//! Paths and queries in OData's ways of writing them.

/// What stands for `groups(uniqueName='…')` among the segments; its key follows.
pub(super) const BY_UNIQUE_NAME: &str = "groups(uniqueName)";

/// The segments of a path below the version, decoded: `teams('1')` and `teams/1` are the same.
pub(super) fn segments(path: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for raw in path.split('/').filter(|it| !it.is_empty()) {
        let segment = decoded(raw, false);
        let Some((name, key)) = segment.strip_suffix(')').and_then(|it| it.split_once('(')) else {
            // A cast to the only type of members that there is.
            if segment != "microsoft.graph.user" {
                found.push(segment);
            }
            continue;
        };
        // The documentation also writes `groups/(uniqueName='…')`.
        let name = if name.is_empty() { found.pop().unwrap_or_default() } else { name.to_owned() };
        match key.split_once('=').filter(|(property, _)| !property.contains('\'')) {
            Some((property, key)) => found.extend([format!("{name}({property})"), unquoted(key)]),
            None => found.extend([name, unquoted(key)]),
        }
    }
    found
}

/// The path with identities left out, for what is counted and noted.
pub(super) fn shape(segments: &[String]) -> String {
    let mut shape = Vec::new();
    let mut before = "";
    for segment in segments {
        let is_key = match before {
            BY_UNIQUE_NAME | "users" | "groups" | "classes" | "teams" | "operations" | "deletedItems" => true,
            "members" | "owners" | "teachers" => !matches!(segment.as_str(), "$ref" | "add" | "remove"),
            _ => false,
        };
        shape.push(if is_key { "{id}" } else { segment.as_str() });
        before = if is_key { "" } else { segment.as_str() };
    }
    shape.join("/")
}

/// Names and values of a query, decoded.
pub(super) fn query(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|it| !it.is_empty());
    pairs.map(|it| it.split_once('=').unwrap_or((it, ""))).map(|(k, v)| (decoded(k, true), decoded(v, true))).collect()
}

/// A key without its quotation marks, of which two stand for one within.
fn unquoted(key: &str) -> String {
    let inner = key.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
    inner.map_or_else(|| key.to_owned(), |it| it.replace("''", "'"))
}

/// Percent-decoded; in a query a plus sign is a space.
fn decoded(text: &str, in_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(if in_query && *first == b'+' { b' ' } else { *first }));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{query, segments, shape};

    #[test]
    fn a_key_may_be_a_segment_or_stand_in_parentheses() {
        assert_eq!(segments("/teams('1')/operations('2')"), ["teams", "1", "operations", "2"]);
        assert_eq!(segments("/teams/1/operations/2"), ["teams", "1", "operations", "2"]);
    }

    #[test]
    fn an_alternate_key_is_written_in_two_ways() {
        let expected = ["groups(uniqueName)", "O'Prov 7", "members"];

        assert_eq!(segments("groups(uniqueName='O''Prov%207')/members"), expected);
        assert_eq!(segments("groups/(uniqueName='O%27%27Prov%207')/members"), expected);
    }

    #[test]
    fn a_shape_names_nobody() {
        assert_eq!(shape(&segments("groups/1/members/2/$ref")), "groups/{id}/members/{id}/$ref");
        assert_eq!(shape(&segments("teams/1/members/add")), "teams/{id}/members/add");
        assert_eq!(shape(&segments("users/alva@prov.example")), "users/{id}");
    }

    #[test]
    fn a_query_is_decoded() {
        assert_eq!(
            query("%24filter=mail%20eq%20'a%2Bb'&$top=5+"),
            [("$filter", "mail eq 'a+b'"), ("$top", "5 ")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }
}
