//! Decisions that need nothing but their arguments.
//!
//! Nothing here reads a file, asks the clock or prints; what is known of the world comes in as values.

pub mod arrival;
pub mod asking;
pub mod compactions;
pub mod compare;
pub mod draft;
pub mod ear;
pub mod exchange;
pub mod fit;
pub mod lint;
mod marks;
pub mod masking;
pub mod noted;
pub mod opening;

pub mod outline;
pub mod pressure;
pub mod ratio;
pub mod redaction;
pub mod refspec;
pub mod remap;
pub mod restart;
pub mod resumption;
pub mod retention;
pub mod sanitize;
pub mod sections;
pub mod sharing;
pub mod steps;
pub mod suspicion;
pub mod task_change;
pub mod tasked;
pub mod template;
pub mod tokens;
pub mod window;
pub mod wording;
pub mod words;
