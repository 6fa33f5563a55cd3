//! What the fuzz targets under `tests/fuzz/` need of this layer and nobody else does.

use crate::store::state::State;

/// Takes bytes for the state of a capture.
pub fn state(bytes: &[u8]) {
    if let Ok(state) = serde_json::from_slice::<State>(bytes) {
        let _ = state.settled();
        let _ = state.tail.ready(None).prefix_length(u64::MAX);
    }
}
