//! The words of the domain, each validated once when it is made and trusted afterwards.
//!
//! Nothing here reads a file, asks the clock or knows what git is made of.

pub mod agent;
pub mod causes;
pub mod checkpoint;
pub mod conventions;
pub mod digest;
pub mod finding;
pub mod hash;
pub mod journal;
pub mod key_id;
pub mod object;
pub mod outline;
pub mod placeholder;
pub mod runs;
pub mod session;
pub mod snapshot;
pub mod task;
pub mod template;
pub mod time;
pub mod writer;
