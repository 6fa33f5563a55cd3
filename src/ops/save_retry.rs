//! Which failures of a save pass, and after how long.

use crate::git::ObjectError;
use crate::ops::save::SaveError;
use crate::store::{AppendError, CaptureError, CommitError, SessionError};

/// Whether the same save may succeed later without anybody's help but a freed disk or a released lock.
pub fn may_pass(error: &SaveError) -> bool {
    let error = match error {
        SaveError::Commit(error) => error,
        // The secret waits in its transcript until the vault can take it.
        SaveError::Vault(_) | SaveError::Secrets(_) => return true,
        // The same of one that is to be sealed and cannot be.
        SaveError::Sealing(_) => return true,
        _ => return false,
    };
    match error {
        CommitError::Newer { .. } | CommitError::Document(_) | CommitError::Tip { .. } => false,
        CommitError::Object(error) => may_pass_in_git(error),
        CommitError::Session(error) => may_pass_in_capture(error),
        _ => true,
    }
}

fn may_pass_in_capture(error: &SessionError) -> bool {
    match error {
        SessionError::Object(error)
        | SessionError::Capture(CaptureError::Append(AppendError::Object(error))) => {
            may_pass_in_git(error)
        }
        SessionError::Capture(error) => {
            matches!(
                error,
                CaptureError::Shrank { .. } | CaptureError::Local(_) | CaptureError::Vault(_)
            )
        }
        SessionError::Local(_) => true,
        SessionError::List(_) => false,
    }
}

/// Damage stays; what could not be written or fetched may work another time.
fn may_pass_in_git(error: &ObjectError) -> bool {
    matches!(error, ObjectError::Unwritable { .. } | ObjectError::Undelivered { .. })
}

/// Whether the same save may succeed at once.
pub fn worth_another_try(error: &CommitError) -> bool {
    matches!(
        error,
        CommitError::Moved { .. }
            | CommitError::Session(SessionError::Capture(CaptureError::Shrank { .. }))
    )
}
