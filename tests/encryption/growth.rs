//! What sealing costs in bytes.

use crate::world::World;
use crate::{own_identity, seal_to};

/// Bytes of all frames after so many saves of a growing session.
fn stored(world: &World, saves: usize) -> u64 {
    let words = |turn: usize| -> String {
        (0..120).map(|word| format!("word {} of turn {turn}, ", word * word % 97)).collect()
    };
    let save = |turn: usize| {
        (0..=turn).fold(world.claude(), |session, turn| session.says("On?", &words(turn))).write();
        let saved = world.json(&["save", "--json", "-m", "State"]);
        saved["session"]["stored_bytes"].as_u64().unwrap()
    };
    (0..saves).map(save).sum()
}

#[test]
fn fifty_saves_cost_hardly_more_sealed_than_plain() {
    let plain = stored(&World::new(), 50);
    let world = World::new();
    seal_to(&world, &[&own_identity(&world)]);
    let sealed = stored(&world, 50);
    eprintln!("50 saves: {plain} bytes plain, {sealed} sealed");
    // The name of the key, the nonce and the mark of authenticity: 63 bytes a frame.
    assert_eq!(sealed, plain + 50 * 63);
}
