//! Bodies of jobs: as many objects as fit. Pure.

/// The largest body that is sent, in bytes. Skolverket takes 200 KB, of which a tenth is left: what else it counts is not
/// known.
pub(super) const MOST_BYTES: usize = 180_000;

/// The most objects of one job: what is answered for grows with them.
pub(super) const MOST_OBJECTS: usize = 500;

const HEAD: &str = r#"{"data":["#;
const TAIL: &str = "]}";

/// Objects, as JSON, that go in one body, by their places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Batch {
    pub(super) places: Vec<usize>,
    pub(super) length: usize,
}

/// Objects by their places, in bodies of at most `most` bytes and [`MOST_OBJECTS`], in their order; and those that fit in none.
pub(super) fn batches(objects: &[(usize, String)], most: usize) -> (Vec<Batch>, Vec<usize>) {
    let (mut batches, mut too_large, mut batch) = (Vec::new(), Vec::new(), Batch::default());
    for (place, object) in objects {
        let alone = HEAD.len() + object.len() + TAIL.len();
        if alone > most {
            too_large.push(*place);
            continue;
        }
        if !batch.places.is_empty() && (batch.length + 1 + object.len() > most || batch.places.len() >= MOST_OBJECTS) {
            batches.push(std::mem::take(&mut batch));
        }
        batch.length = if batch.places.is_empty() { alone } else { batch.length + 1 + object.len() };
        batch.places.push(*place);
    }
    if !batch.places.is_empty() {
        batches.push(batch);
    }
    (batches, too_large)
}

/// The body that holds these objects.
pub(super) fn body<'o>(objects: impl Iterator<Item = &'o str>) -> Vec<u8> {
    let objects: Vec<&str> = objects.collect();
    format!("{HEAD}{}{TAIL}", objects.join(",")).into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_object_is_in_one_body_in_its_order_and_no_body_is_too_large(
            lengths in proptest::collection::vec(1usize..300, 0..200),
            most in 20usize..600,
        ) {
            let objects: Vec<(usize, String)> =
                lengths.iter().enumerate().map(|(place, length)| (place, "å".repeat(*length))).collect();

            let (batches, too_large) = batches(&objects, most);

            let sent: Vec<usize> = batches.iter().flat_map(|it| it.places.clone()).collect();
            let fits = |place: &usize| objects[*place].1.len() + HEAD.len() + TAIL.len() <= most;
            let (fitting, others): (Vec<usize>, Vec<usize>) = (0..objects.len()).partition(fits);
            prop_assert_eq!((sent, too_large), (fitting, others));
            for batch in batches {
                let body = body(batch.places.iter().map(|it| objects[*it].1.as_str()));
                prop_assert!(body.len() <= most && body.len() == batch.length && !batch.places.is_empty());
            }
        }

        #[test]
        fn no_body_is_sent_that_might_have_held_the_next_object_too(count in 1usize..2_000) {
            let objects: Vec<(usize, String)> = (0..count).map(|it| (it, "\"x\"".to_owned())).collect();

            let (batches, _) = batches(&objects, MOST_BYTES);

            prop_assert_eq!(batches.len(), count.div_ceil(MOST_OBJECTS));
        }
    }
}
