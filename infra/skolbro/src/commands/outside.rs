//! `skolbro outside`: the simulated outside by itself, for trying a hub that runs elsewhere.

use std::process::ExitCode;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use world::{World, WorldOptions};

use super::Failure;
use crate::cli::Outside;
use crate::demo::{DemoSecrets, connect, differences, tenant_files};
use crate::machine::TemporaryFolder;
use crate::output::json;

pub(super) async fn run(outside: Outside) -> Result<ExitCode, Failure> {
    let options = WorldOptions { seed: outside.seed, pupils: outside.pupils, ..WorldOptions::default() };
    let world = Arc::new(World::start(options).await?);
    let folder = TemporaryFolder::new()?;
    let hub = outside.hub.unwrap_or_default();
    let mut tenants = Vec::new();
    for (tenant, text) in tenant_files(&world, &hub) {
        let file = folder.path().join(format!("{tenant}.toml"));
        std::fs::write(&file, text)?;
        tenants.push(serde_json::json!({ "tenant": tenant, "file": file }));
    }
    if !hub.is_empty() {
        connect(&world, &hub);
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let control = format!("http://{}", listener.local_addr()?);
    let environment = DemoSecrets::of(&world).variables();
    json(&serde_json::json!({ "ready": true, "control": control, "tenants": tenants, "environment": environment }));
    tokio::select! {
        served = axum::serve(listener, router(world)) => served?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    Ok(ExitCode::SUCCESS)
}

fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/change", post(change))
        .route("/differences", get(|State(world): State<Arc<World>>| async move { Json(differences(&world)) }))
        .route(
            "/violations",
            get(|State(world): State<Arc<World>>| async move { Json(world.contract_violations().len()) }),
        )
        .with_state(world)
}

async fn change(State(world): State<Arc<World>>) -> Json<usize> {
    let day = world.play_school_day().await;
    Json(day.register.len() + day.skolon.len())
}
