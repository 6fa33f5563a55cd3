//! Decisions that need nothing but their arguments.
//!
//! Nothing here reads a file, asks the clock or prints; what is known of the world comes in as values.

pub mod arrival;
pub mod compare;
pub mod draft;
pub mod exchange;
pub mod fit;
pub mod lint;
pub mod masking;
pub mod opening;
pub mod outline;
pub mod ratio;
pub mod redaction;
pub mod refspec;
pub mod remap;
pub mod retention;
pub mod sanitize;
pub mod sections;
pub mod sharing;
pub mod suspicion;
pub mod template;
pub mod tokens;
pub mod words;
