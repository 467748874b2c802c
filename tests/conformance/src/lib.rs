//! The duties of every connector, tried against its simulated counterpart. All of it is in `tests/it`.
