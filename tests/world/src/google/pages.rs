//! Pages: a token says after which item the next one begins, so that nothing is left out when items come and go.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A page, and the token of the next one.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// The items of a page, of all that there are with what they are sorted by. `None`: the token is none.
pub(super) fn page<T>(mut all: Vec<(String, T)>, size: usize, token: Option<&str>) -> Option<Page<T>> {
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let after = match token.filter(|it| !it.is_empty()) {
        Some(token) => Some(String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?),
        None => None,
    };
    let mut rest = all.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let (mut items, mut last) = (Vec::new(), None);
    for (key, item) in rest.by_ref().take(size) {
        last = Some(key);
        items.push(item);
    }
    let next = rest.next().and(last).map(|it| URL_SAFE_NO_PAD.encode(it));
    Some(Page { items, next })
}
