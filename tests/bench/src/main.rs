//! `cargo build --release --workspace && cargo run --release -p bench -- [pupils] [changes] [part…]`; parts: single, delayed, load, register, start, documents
//!
//! `cargo run --release -p bench -- normalise`: how fast a page of persons is read, by itself
#![allow(clippy::print_stdout)]

use bench::figures::Figures;
use bench::{documents, load, normalise, register, single, start};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).is_some_and(|it| it == "normalise") {
        let mut figures = Figures::default();
        normalise::measure(&mut figures).await?;
        println!("{}", figures.table());
        return Ok(());
    }
    let number = |place, default| std::env::args().nth(place).and_then(|it| it.parse().ok()).unwrap_or(default);
    let (pupils, changes) = (number(1, 10_000), number(2, 300));
    let parts: Vec<String> = std::env::args().skip(3).collect();
    let asked = |part: &str| parts.is_empty() || parts.iter().any(|it| it == part);
    let mut figures = Figures::default();
    if asked("single") {
        single::measure(changes, &mut figures).await?;
    }
    if asked("delayed") {
        load::delayed(pupils, &mut figures).await?;
    }
    if asked("load") {
        load::measure(pupils, &mut figures).await?;
    }
    if asked("register") {
        register::measure(pupils, &mut figures).await?;
    }
    if asked("start") {
        start::measure(&mut figures).await?;
    }
    if asked("documents") {
        documents::measure(&mut figures).await?;
    }
    println!("{}", figures.table());
    Ok(())
}
