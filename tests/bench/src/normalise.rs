//! Persons a second, from the bytes of a page to records, on one core. No network, no hub.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde::Deserialize;
use serde_json::value::RawValue;
use sources::ss12000::mapping::records;
use sources::ss12000::{Reading, Resource};
use world::{Size, World, WorldOptions};

use crate::figures::Figures;

const PERSONS: usize = 1_000;
const FOR: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

/// Measures. Also what finding the records alone takes, which is done first so that one that cannot be read costs itself
/// only.
///
/// # Errors
/// When the register gives no page.
#[allow(clippy::cast_precision_loss)] // counts of persons
pub async fn measure(figures: &mut Figures) -> io::Result<()> {
    let bytes = page().await?;
    let email_types = ["Skola elev", "Skola personal"].map(str::to_owned);
    let reading = Reading { today: jiff::civil::date(2026, 11, 22), email_types: &email_types };
    let found = rate(|| Ok(divide(&bytes)?.data.len()))?;
    let read = rate(|| Ok(black_box(records(Resource::Persons, &divide(&bytes)?.data, &reading)).records.len()))?;
    let size = bytes.len() as f64 / PERSONS as f64;
    figures.add(
        format!("SS 12000 persons of {size:.0} bytes, normalised from bytes"),
        format!("{read:.0}/s"),
        "≥ 100,000/s",
    );
    figures.add("the same, found in their page only", format!("{found:.0}/s"), "");
    Ok(())
}

fn divide(bytes: &[u8]) -> io::Result<Page<'_>> {
    serde_json::from_slice(bytes).map_err(io::Error::other)
}

#[allow(clippy::cast_precision_loss)]
fn rate(once: impl Fn() -> io::Result<usize>) -> io::Result<f64> {
    let (began, mut persons) = (Instant::now(), 0);
    while began.elapsed() < FOR {
        persons += black_box(once()?);
    }
    Ok(persons as f64 / began.elapsed().as_secs_f64())
}

/// A page as the register gives it.
async fn page() -> io::Result<Vec<u8>> {
    let options =
        WorldOptions { size: Size::Municipality, pupils: PERSONS, receivers: vec![], ..WorldOptions::default() };
    let world = World::in_process(options);
    let (urls, credentials) = (world.urls(), world.register().credentials());
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        credentials.client_id, credentials.client_secret
    );
    let asked = Request::post(&urls.register_token)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let token: serde_json::Value =
        serde_json::from_slice(&answer(&world, asked.map_err(io::Error::other)?).await?).map_err(io::Error::other)?;
    let token = token["access_token"].as_str().unwrap_or_default().to_owned();
    let asked = Request::get(format!("{}/persons?limit={PERSONS}", urls.register))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty());
    answer(&world, asked.map_err(io::Error::other)?).await
}

async fn answer(world: &World, request: Request<Body>) -> io::Result<Vec<u8>> {
    let answer = world.answer(request).await.ok_or_else(|| io::Error::other("the register does not answer"))?;
    Ok(to_bytes(answer.into_body(), usize::MAX).await.map_err(io::Error::other)?.to_vec())
}
