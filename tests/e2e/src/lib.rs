//! End to end: the hub whole on one machine, beside the simulated outside. Everything is in `tests/it`.
