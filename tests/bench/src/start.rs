//! The functions: how large each is, and how long from its start to its first poll of the runtime API.

use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header;
use tokio::sync::mpsc;

use crate::figures::{Figures, quantile};
use crate::hub::program;

const FUNCTIONS: [&str; 4] = ["webhook", "timer", "ingest", "deliver"];

/// Measures every function that has been built beside this program.
///
/// # Errors
/// When a listener cannot be had.
pub async fn measure(figures: &mut Figures) -> io::Result<()> {
    for function in FUNCTIONS {
        let Ok(size) = std::fs::metadata(program(function)?).map(|it| it.len()) else {
            figures.add(format!("{function}: size and start"), "not built", "cargo build --release -p …");
            continue;
        };
        let mut starts = Vec::new();
        for _ in 0..7 {
            starts.push(start(function).await?);
        }
        starts.sort_by(f64::total_cmp);
        let figure = format!("{:.1} MB, {:.0} ms", size as f64 / 1e6, quantile(&starts, 0.5));
        figures.add(format!("{function}: size, start to first poll (median of 7)"), figure, "≤ 15 MB, ≤ 50 ms");
    }
    Ok(())
}

async fn start(function: &str) -> io::Result<f64> {
    let (table, _) =
        serve(|| async { ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], r#"{"Items":[],"Count":0}"#) })
            .await?;
    let (polled, mut polls) = mpsc::channel::<()>(4);
    let poll = move || {
        let polled = polled.clone();
        async move {
            let _ = polled.send(()).await;
            std::future::pending::<String>().await
        }
    };
    let (api, _) = serve(poll).await?;
    let began = Instant::now();
    let mut child = Command::new(program(function)?)
        .env_clear()
        .envs([("AWS_LAMBDA_RUNTIME_API", api.as_str()), ("AWS_ENDPOINT_URL", &format!("http://{table}"))])
        .envs([("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_REGION", "eu-north-1")])
        .envs([("AWS_LAMBDA_FUNCTION_NAME", function), ("AWS_LAMBDA_FUNCTION_VERSION", "1")])
        .envs([("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"), ("AWS_LAMBDA_LOG_GROUP_NAME", "g")])
        .envs([("AWS_LAMBDA_LOG_STREAM_NAME", "s"), ("SKOLBRO_TABLE", "skolbro"), ("SKOLBRO_LOG", "off")])
        .env("SKOLBRO_NOTICES_URL", format!("http://{table}/notices.fifo"))
        .spawn()?;
    let polled = tokio::time::timeout(Duration::from_secs(10), polls.recv()).await;
    let took = began.elapsed().as_secs_f64() * 1_000.0;
    child.kill()?;
    child.wait()?;
    if matches!(polled, Ok(Some(()))) { Ok(took) } else { Err(io::Error::other(format!("{function} never polled"))) }
}

async fn serve<H, T>(handler: H) -> io::Result<(String, tokio::task::JoinHandle<()>)>
where
    H: axum::handler::Handler<T, ()>,
    T: 'static,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let router = Router::new().fallback(handler);
    let served = tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
    Ok((address, served))
}
