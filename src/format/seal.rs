//! Log keys: what seals the frames of a log and documents, and what marks the hashes of sealed files.
//!
//! Both are sealed with XChaCha20-Poly1305. The nonce follows from the key and from all that is sealed, so that the
//! same frame is the same bytes whenever it is made, and two different ones never share a nonce.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::model::hash;
use crate::model::key_id::KeyId;
use crate::model::snapshot::LogId;

/// Bytes of a log key.
pub const KEY_BYTES: usize = 32;
/// Bytes before what is sealed.
const NONCE_BYTES: usize = 24;

/// What the keys for one use each are drawn with, as the first step of HKDF does (RFC 5869).
const FOR_NAME: &[u8] = b"git-ckpt: name of a log key";
const FOR_FRAMES: &[u8] = b"git-ckpt: frames";
const FOR_NONCES: &[u8] = b"git-ckpt: nonces of frames";
const FOR_DOCUMENTS: &[u8] = b"git-ckpt: documents";
const FOR_NONCES_OF_DOCUMENTS: &[u8] = b"git-ckpt: nonces of documents";
const FOR_FILES: &[u8] = b"git-ckpt: hashes of files";

/// A key that the frames and documents of a writer are sealed with.
#[derive(Clone, PartialEq, Eq)]
pub struct LogKey([u8; KEY_BYTES]);

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKey({})", self.id())
    }
}

/// Where a frame belongs: one that lies anywhere else does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub log: &'a LogId,
    pub epoch: u64,
}

/// What is sealed was changed, lies in another place, or was sealed with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl LogKey {
    pub const fn new(secret: [u8; KEY_BYTES]) -> Self {
        Self(secret)
    }

    pub fn secret(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    pub fn id(&self) -> KeyId {
        let [a, b, c, d, e, f, g, h, ..] = self.drawn(FOR_NAME);
        KeyId([a, b, c, d, e, f, g, h])
    }

    /// The hash of a file that only those can compute who have the key, out of its SHA-256.
    pub fn keyed(&self, plain: &hash::Sha256) -> hash::Sha256 {
        hash::Sha256(hmac(&self.drawn(FOR_FILES), &[&plain.0]))
    }

    /// Seals a packed frame; `header` is bound to it.
    pub fn seal(&self, place: Place, header: &[u8], packed: &[u8]) -> Vec<u8> {
        self.sealed((FOR_FRAMES, FOR_NONCES), &bound(place, header), packed)
    }

    /// Opens what [`LogKey::seal`] made.
    pub fn open(&self, place: Place, header: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        self.opened(FOR_FRAMES, &bound(place, header), sealed)
    }

    /// Seals a packed document; what can be read of it without the key is bound to it.
    pub fn seal_document(&self, front: &[u8], packed: &[u8]) -> Vec<u8> {
        self.sealed((FOR_DOCUMENTS, FOR_NONCES_OF_DOCUMENTS), &bound_front(front), packed)
    }

    /// Opens what [`LogKey::seal_document`] made.
    pub fn open_document(&self, front: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        self.opened(FOR_DOCUMENTS, &bound_front(front), sealed)
    }

    fn sealed(&self, (purpose, nonces): (&[u8], &[u8]), bound: &[u8], packed: &[u8]) -> Vec<u8> {
        let hash = hmac(&self.drawn(nonces), &[bound, packed]);
        let nonce = &hash[..NONCE_BYTES];
        let payload = Payload { msg: packed, aad: bound };
        let sealed = self.cipher(purpose).encrypt(XNonce::from_slice(nonce), payload);
        let sealed =
            sealed.expect("what is sealed is far below the length that the cipher can take");
        [nonce, &sealed].concat()
    }

    fn opened(&self, purpose: &[u8], bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(Broken)?;
        let payload = Payload { msg: sealed, aad: bound };
        self.cipher(purpose).decrypt(XNonce::from_slice(nonce), payload).map_err(|_| Broken)
    }

    fn cipher(&self, purpose: &[u8]) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.drawn(purpose).into())
    }

    fn drawn(&self, purpose: &[u8]) -> [u8; 32] {
        hmac(purpose, &[&self.0])
    }
}

/// What is bound to a frame: every part but the last has a fixed length.
fn bound(place: Place, header: &[u8]) -> Vec<u8> {
    [place.log.as_str().as_bytes(), &place.epoch.to_le_bytes(), header].concat()
}

/// What is bound to a document, and where it ends.
fn bound_front(front: &[u8]) -> Vec<u8> {
    [&(front.len() as u64).to_le_bytes(), front].concat()
}

fn hmac(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key);
    let mut mac = mac.expect("HMAC takes a key of any length");
    message.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_with_its_header_and_its_key() {
        let [log, other]: [LogId; 2] =
            ["0123456789abcdef", "0123456789abcdee"].map(|id| id.parse().unwrap());
        let (key, place) = (LogKey::new([7; 32]), Place { log: &log, epoch: 3 });
        let sealed = key.seal(place, b"header", b"packed");
        assert_eq!(key.open(place, b"header", &sealed).unwrap(), b"packed");
        assert_eq!(key.open(Place { log: &other, ..place }, b"header", &sealed), Err(Broken));
        assert_eq!(key.open(Place { epoch: 2, ..place }, b"header", &sealed), Err(Broken));
        assert_eq!(key.open(place, b"headed", &sealed), Err(Broken));
        assert_eq!(LogKey::new([8; 32]).open(place, b"header", &sealed), Err(Broken));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(place, b"header", &changed), Err(Broken), "byte {at}");
            assert_eq!(key.open(place, b"header", &sealed[..at]), Err(Broken), "cut at {at}");
        }
    }

    #[test]
    fn two_frames_never_share_a_nonce_and_one_frame_is_always_the_same() {
        let log: LogId = "0123456789abcdef".parse().unwrap();
        let (key, place) = (LogKey::new([7; 32]), Place { log: &log, epoch: 0 });
        let sealed = key.seal(place, b"header", b"packed");
        assert_eq!(key.seal(place, b"header", b"packed"), sealed);
        for (header, packed) in [(b"header", b"packet"), (b"headed", b"packed")] {
            let other = key.seal(place, header, packed);
            assert_ne!(other[..NONCE_BYTES], sealed[..NONCE_BYTES]);
        }
    }

    #[test]
    fn the_name_and_the_hashes_of_a_key_stay_what_they_are() {
        // As Python's `hmac` makes them.
        let key = LogKey::new([7; 32]);
        assert_eq!(key.id().to_string(), "4156df0567a8cea5");
        assert_eq!(
            key.keyed(&hash::Sha256([1; 32])).to_string(),
            "c23c1538f35e4c1123107ba0aafb61386c17046451f0ca1683a0a6efcf1ce26e"
        );
    }
}
