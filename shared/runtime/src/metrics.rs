//! Metrics in CloudWatch's embedded metric format: one line of JSON on standard output each, no call to anybody.

use std::io::Write;
use std::time::Duration;

use jiff::Timestamp;
use roster::RecordKind;
use serde_json::{Value, json};
use sync::events::Observer;

const NAMESPACE: &str = "Skolbro";

/// Measures by writing lines that CloudWatch understands.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmbeddedMetrics;

impl Observer for EmbeddedMetrics {
    fn delivered(&self, tenant: &str, target: &str, lag: Duration) {
        let lag = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
        write(&line(Timestamp::now(), "Target", tenant, target, "DeliveryLag", "Milliseconds", lag));
    }

    fn died(&self, tenant: &str, target: &str, _code: &str) {
        write(&line(Timestamp::now(), "Target", tenant, target, "DeadLetters", "Count", 1));
    }

    fn held(&self, tenant: &str, source: &str, _kind: RecordKind, count: usize) {
        write(&line(Timestamp::now(), "Source", tenant, source, "HeldRemovals", "Count", count as u64));
    }
}

fn line(at: Timestamp, role: &str, tenant: &str, name: &str, metric: &str, unit: &str, value: u64) -> Value {
    json!({
        "_aws": {
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Tenant", role]],
                "Metrics": [{ "Name": metric, "Unit": unit }],
            }],
        },
        "Tenant": tenant,
        role: name,
        metric: value,
    })
}

fn write(line: &Value) {
    // A metric that cannot be written must not stop a delivery.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_names_its_tenant_and_target() {
        let line = line(Timestamp::UNIX_EPOCH, "Target", "demo", "gleerups", "DeliveryLag", "Milliseconds", 42);

        assert_eq!(
            line.to_string(),
            concat!(
                r#"{"DeliveryLag":42,"Target":"gleerups","Tenant":"demo","_aws":{"CloudWatchMetrics":[{"Dimensions":"#,
                r#"[["Tenant","Target"]],"Metrics":[{"Name":"DeliveryLag","Unit":"Milliseconds"}],"#,
                r#""Namespace":"Skolbro"}],"Timestamp":0}}"#
            )
        );
    }
}
