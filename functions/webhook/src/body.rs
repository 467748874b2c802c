//! What is posted, within bounds of size and time.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use sources::doorbell::{DoorbellError, MAX_BODY};
use sources::file_drop::landing::PART;

use crate::problem::Problem;

/// How long a body may take to come. Behind API Gateway it is there already; on one machine a sender could trickle.
const WITHIN: Duration = Duration::from_secs(10);

/// How long a part of a file may take: over a school's slow line, 35 kilobytes a second.
const PART_WITHIN: Duration = Duration::from_secs(120);

/// The whole body.
pub(crate) async fn read(body: Body) -> Result<Bytes, Problem> {
    whole(body, MAX_BODY, WITHIN).await
}

/// The whole body, where that is a part of a file.
pub(crate) async fn read_part(body: Body) -> Result<Bytes, Problem> {
    whole(body, usize::try_from(PART).unwrap_or(usize::MAX), PART_WITHIN).await
}

async fn whole(body: Body, most: usize, within: Duration) -> Result<Bytes, Problem> {
    match tokio::time::timeout(within, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // Or broken off: then nobody hears the answer.
        Ok(Err(_)) => Err(DoorbellError::TooLarge.into()),
        Err(_) => Err(Problem::TooSlow),
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;

    #[tokio::test]
    async fn a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() {
        let read = [MAX_BODY, MAX_BODY + 1].map(|size| read(Body::from(vec![b'x'; size])));
        let [largest, larger] = futures::future::join_all(read).await.try_into().unwrap();

        assert_eq!((largest.unwrap().len(), larger), (MAX_BODY, Err(Problem::TooLarge)));
    }

    #[tokio::test]
    async fn a_body_without_end_is_read_up_to_the_limit() {
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>("xxxxxxxxxx"));

        assert_eq!(read(Body::from_stream(endless)).await, Err(Problem::TooLarge));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_or_stops_is_given_up() {
        let trickle = stream::repeat(()).then(|()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>("x")
        });
        let silence = stream::pending::<Result<&str, std::io::Error>>();

        assert_eq!(read(Body::from_stream(trickle)).await, Err(Problem::TooSlow));
        assert_eq!(read(Body::from_stream(silence)).await, Err(Problem::TooSlow));
    }
}
