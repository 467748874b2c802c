//! `cargo build --release --workspace && cargo run --release -p bench -- [pupils] [changes]`
#![allow(clippy::print_stdout)]

use bench::figures::Figures;
use bench::{load, single, start};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let number = |place, default| std::env::args().nth(place).and_then(|it| it.parse().ok()).unwrap_or(default);
    let (pupils, changes) = (number(1, 10_000), number(2, 300));
    let mut figures = Figures::default();
    single::measure(changes, &mut figures).await?;
    load::delayed(pupils.min(4_000), &mut figures).await?;
    load::measure(pupils, &mut figures).await?;
    start::measure(&mut figures).await?;
    println!("{}", figures.table());
    Ok(())
}
