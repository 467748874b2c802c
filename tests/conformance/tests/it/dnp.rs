//! Skolverket's tests, by bulk jobs, against the service as its documents have it.

mod faults;
mod jobs;
mod stage;
