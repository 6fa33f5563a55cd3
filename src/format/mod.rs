//! Stored bytes to model and back, and the promise about their versions.
//!
//! Every byte layout of `docs/FORMAT.md` is written and read here and nowhere else. Nothing here reads a file.

pub mod bundle;
pub mod companions;
pub mod conventions;
pub mod document;
pub mod frame;
pub mod given;
pub mod identity;
pub mod note;
pub mod recipients;
pub mod seal;
pub mod sealed;
pub mod template;
mod yaml;
