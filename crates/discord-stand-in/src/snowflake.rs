//! Time-ordered ids. Strictly growing, because clients page and sort by them.
//! It knows Discord's epoch and layout, not what an id names.

use serde_json::Value;

/// Discord's first moment, in Unix milliseconds.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// The least id of a moment.
pub(crate) fn at_ms(ms: i64) -> u64 {
    u64::try_from(ms - EPOCH_MS).unwrap_or(0) << 22
}

/// The moment of an id, in Unix milliseconds.
pub(crate) fn time_ms(id: u64) -> i64 {
    i64::try_from(id >> 22).unwrap_or(0) + EPOCH_MS
}

/// The next id after `last` at the moment `now_ms`; those of one moment begin with `lane`.
pub(crate) fn next(last: u64, now_ms: i64, lane: u64) -> u64 {
    (at_ms(now_ms) + lane).max(last + 1)
}

/// An id as clients write it: a decimal string, or (tolerated) a number.
pub(crate) fn read(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

/// A list of ids; what is no id is skipped.
pub(crate) fn read_list(value: Option<&Value>) -> Vec<u64> {
    value
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(read).collect())
        .unwrap_or_default()
}
