//! What the fuzz targets under `tests/fuzz/` need of this layer and nobody else does.

use crate::git::commit::facts;
use crate::git::loose;
use crate::git::plain_revision;
use crate::git::transport;
use crate::git::tree::lines_of;
use crate::model::object::ObjectId;

/// Takes bytes for the file of an object, for a tree and for a commit.
pub fn object(bytes: &[u8]) {
    const MOST: u64 = 1 << 20;
    if let Ok(object) = loose::decode(bytes, MOST) {
        assert!(object.bytes.len() as u64 <= MOST);
    }
    let _ = loose::decode_header(bytes);
    let id = ObjectId::from_bytes(&[7; 20]).expect("an id has twenty bytes");
    for width in [20, 32] {
        assert!(lines_of(id, bytes, width).count() <= bytes.len());
    }
    let _ = facts(id, bytes);
}

/// Takes a text for a revision.
pub fn revision(text: &str) {
    plain_revision::parsed(text);
}

/// Takes a text for what `git push` and `git fetch` print.
pub fn transport(text: &str) {
    transport::understood(text);
}
