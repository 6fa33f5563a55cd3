//! Hints for what goes wrong in the use cases and below them.

use crate::cli::error::CliError;
use crate::cli::hints::saving::capture_hint;
use crate::cli::hints::sealing::sealed_hint;
use crate::cli::hints::secrets::{held_hint, search_hint};
use crate::cli::hints::vault::vault_hint;
use crate::cli::hints::{fsck_hint, verify_hint};
use crate::git::{OpenError, RevisionError, TransportError, Trouble};
use crate::ops::export::ExportError;
use crate::ops::import::ImportError;
use crate::ops::infer::InferError;
use crate::ops::locate::{LocateError, Tied};
use crate::ops::placing::PlacingError;
use crate::ops::prune::PruneError;
use crate::ops::remotes::RemoteError;
use crate::ops::repair::RepairError;
use crate::ops::restore::RestoreError;
use crate::ops::session_logs::LogsError;
use crate::ops::session_text::SessionTextError;
use crate::store::{AdmitError, BundleError, PackError, UnpackError};
use crate::store::{CommitError, ReadError, SessionError};

/// The same for what is exported and imported.
pub(super) fn exchange_hint(error: &CliError) -> Option<String> {
    match error {
        CliError::Export(ExportError::Restore(error)) => restore_hint(error),
        CliError::Export(
            ExportError::Read(_)
            | ExportError::Text(SessionTextError::Read(_))
            | ExportError::Pack(PackError::Read(_) | PackError::Document(_)),
        ) => Some(verify_hint()),
        CliError::BundleToTerminal => Some(
            "write it to a file with `-o <file>`, or choose another form: `--format markdown`"
                .to_owned(),
        ),
        CliError::DirectoryForOther => Some(
            "`git ckpt export --format transcript --to <dir>` writes the transcript and its companion files; `-o <file>` writes one file"
                .to_owned(),
        ),
        CliError::Import(error) => import_hint(error),
        _ => None,
    }
}

pub(super) fn open_hint(error: &OpenError) -> Option<String> {
    match error {
        OpenError::NotFound { .. } => {
            Some("run this inside a repository, or name one with `git ckpt -C <dir> …`; `git init` makes one".to_owned())
        }
        OpenError::ForeignOwner { start } => {
            Some(format!("if you trust it: git config --global --add safe.directory '{}'", start.display()))
        }
        _ => None,
    }
}

/// Hints for stored bytes that cannot be read back.
pub(super) fn read_hint(error: &ReadError) -> Option<String> {
    match error {
        ReadError::Vault(error) => vault_hint(error),
        _ => Some(verify_hint()),
    }
}

pub(super) fn revision_hint(error: &RevisionError) -> Option<String> {
    match error {
        RevisionError::Unborn { .. } => Some(
            "make the first commit with `git commit`, then run the same command again".to_owned(),
        ),
        RevisionError::Unknown { .. } => {
            Some("`git ckpt log --all` lists commits with their checkpoints".to_owned())
        }
        RevisionError::Ambiguous { .. } => {
            Some("give more digits, as in `git ckpt show <digits>`".to_owned())
        }
        RevisionError::NotACommit { .. } => {
            Some("name a commit: `git ckpt log --all` lists them with their checkpoints".to_owned())
        }
        RevisionError::Damaged { .. } => Some(fsck_hint()),
        _ => None,
    }
}

pub(super) fn locate_hint(error: &LocateError) -> Option<String> {
    match error {
        LocateError::Revision(error) => revision_hint(error),
        LocateError::NoCheckpoint { .. } => Some(
            "`git ckpt log --carried` lists commits that have one; `git ckpt save <commit>` makes one".to_owned(),
        ),
        LocateError::Ambiguous { candidates, .. } => {
            let line = |tied: &Tied| {
                let title = tied.checkpoint().map_or("", |checkpoint| checkpoint.header.title.as_str());
                let id = tied.id().map_or("", |id| id.as_str());
                format!("  {} {title}", &id[..id.len().min(16)])
            };
            let lines: Vec<String> = candidates.iter().map(line).collect();
            Some(format!(
                "it could be\n{}\nshow one with more digits: `git ckpt show <digits>`",
                lines.join("\n")
            ))
        }
        LocateError::Newer { id, .. } => Some(format!(
            "`git ckpt show --raw {}` prints its text; a newer git-ckpt understands all of it",
            id.short()
        )),
        LocateError::TooShort { .. } => Some(
            "give more digits: `git ckpt log --all` lists commits with their checkpoints".to_owned(),
        ),
        LocateError::Sealed { source, .. } => Some(sealed_hint(source)),
        LocateError::Damaged { .. }
        | LocateError::Unread { .. }
        | LocateError::Nameless { .. }
        | LocateError::Store(_)
        | LocateError::Infer(InferError::Store(_)) => Some(verify_hint()),
        LocateError::Commit { .. } | LocateError::Infer(InferError::Reach(_)) => Some(fsck_hint()),
    }
}

pub(super) fn store_hint(error: &CommitError) -> Option<String> {
    match error {
        CommitError::Newer { .. } => {
            Some("nothing was changed; install a newer git-ckpt, or tie the checkpoint to another commit: `git ckpt save <commit>`".to_owned())
        }
        CommitError::Session(SessionError::Capture(error)) => capture_hint(error),
        CommitError::Tip { .. } | CommitError::Object(_) => Some(verify_hint()),
        CommitError::Contended { .. } => Some(
            "see which program keeps its lock: `git ckpt save` waits ten seconds for it".to_owned(),
        ),
        _ => None,
    }
}

pub(super) fn logs_hint(error: &LogsError) -> Option<String> {
    match error {
        LogsError::NotFetched { remote, .. } => {
            let remote = remote.as_ref().map(|remote| format!(" {remote}")).unwrap_or_default();
            Some(format!(
                "get them with `git ckpt fetch --logs{remote}`, then run the same command again"
            ))
        }
        LogsError::Store(error) => store_hint(error),
        LogsError::Read(error) => read_hint(error),
    }
}

pub(super) fn import_hint(error: &ImportError) -> Option<String> {
    let hint = match error {
        ImportError::Unpack(UnpackError::Bundle(BundleError::NotABundle)) => {
            "`git ckpt export -o <file>` writes a bundle; other forms cannot be taken in again"
        }
        ImportError::Unpack(
            UnpackError::Bundle(BundleError::Newer(_)) | UnpackError::Newer { .. },
        )
        | ImportError::Admit(AdmitError::Newer) => {
            "nothing was changed; a newer git-ckpt takes it in"
        }
        ImportError::Unpack(UnpackError::OtherObjects { .. }) => {
            "nothing was changed; SHA-1 and SHA-256 repositories have no commits in common"
        }
        ImportError::Unpack(_) => {
            "nothing was changed; have it sent again, as a file and not as text"
        }
        ImportError::Admit(AdmitError::Differs { .. }) => {
            "nothing was changed; two clones write under one writer's name: have it exported anew from the other one's origin"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

pub(super) fn restore_hint(error: &RestoreError) -> Option<String> {
    match error {
        RestoreError::Locate(error) => locate_hint(error),
        RestoreError::Logs(error) => logs_hint(error),
        RestoreError::NoSession { .. } => Some(
            "`git ckpt prompt` makes the first message of a new session out of the document"
                .to_owned(),
        ),
        RestoreError::SeveralSessions { sessions, .. }
        | RestoreError::OtherSession { sessions, .. } => {
            let lines: Vec<String> =
                sessions.iter().map(|session| format!("  {session}")).collect();
            Some(format!("choose one with `--session`:\n{}", lines.join("\n")))
        }
        RestoreError::Unproven(error)
        | RestoreError::Damaged(error)
        | RestoreError::Text(SessionTextError::Read(error)) => read_hint(error),
        RestoreError::Another { .. } => Some(
            "the checkpoint claims a file that is not its own; `git ckpt restore --to <dir>` puts its files elsewhere"
                .to_owned(),
        ),
        RestoreError::Exists { .. } | RestoreError::NotAFile { .. } => {
            Some("move it away, or restore elsewhere with `--to <dir>`".to_owned())
        }
        RestoreError::NotADirectory { .. } => Some(
            "name a directory with `--to <dir>`; one that does not exist is made".to_owned(),
        ),
        RestoreError::Placing(PlacingError::Outside { link, .. }) => {
            let link = link.as_ref().map(|link| {
                format!("`{}` is a link that leads out: move it away, then run the same command again; or ", link.display())
            });
            Some(format!("{}restore elsewhere with `--to <dir>`", link.unwrap_or_default()))
        }
        RestoreError::Placing(PlacingError::Unwritable { .. }) => Some(
            "make it possible to write there, then run the same command again; or restore elsewhere with `--to <dir>`"
                .to_owned(),
        ),
        RestoreError::StillGrowing { .. } => {
            Some("end the agent that writes it, then run the same command again".to_owned())
        }
        RestoreError::Touched { .. } => {
            Some("run the same command again: it shows what would be replaced now".to_owned())
        }
        RestoreError::UnknownAgent { .. } => Some(
            "a newer git-ckpt may; `git ckpt prompt` starts any agent on the document".to_owned(),
        ),
        _ => None,
    }
}

pub(super) fn remote_hint(error: &RemoteError) -> Option<String> {
    Some(match error {
        RemoteError::None => {
            "add one with `git remote add origin <address>`, or name an address: `git ckpt push <address>`".to_owned()
        }
        RemoteError::Several { remotes } => format!(
            "name one of them ({}), or choose for good: git config ckpt.remote {}",
            remotes.join(", "),
            remotes.first().map_or("<name>", String::as_str)
        ),
        RemoteError::Forbidden => {
            "to get what others saved: `git ckpt fetch`; to allow sending: git config ckpt.push manual".to_owned()
        }
        RemoteError::Mode(_) => "set it right: git config ckpt.push manual".to_owned(),
        RemoteError::NotAgreed { .. } => {
            "transcripts become as readable as the code there; if that is right: `git ckpt push --yes`, or send them elsewhere: git config ckpt.remote <address>"
                .to_owned()
        }
        RemoteError::Stale { .. } => {
            "look at it with `git ckpt fetch`, then run the same command again".to_owned()
        }
        RemoteError::Author { .. } => {
            "writers are named like `ada-7f3k2m`; give `--author ada` or the whole name".to_owned()
        }
        RemoteError::Transport(error) => return transport_hint(error),
        RemoteError::Held(held) => held_hint(held),
        RemoteError::Search(error) => return search_hint(error),
        _ => return None,
    })
}

pub(super) fn transport_hint(error: &TransportError) -> Option<String> {
    const AGAIN: &str = "nothing is lost here; run the same command again";
    let TransportError::Failed { remote, trouble, .. } = error else {
        return match error {
            TransportError::Silent { remote, .. } => Some(format!(
                "{AGAIN} once `git ls-remote {remote}` answers; to wait longer: git config ckpt.remoteTimeout <seconds>"
            )),
            _ => None,
        };
    };
    match trouble {
        Trouble::Unreachable => Some(format!("{AGAIN} once `git ls-remote {remote}` answers")),
        Trouble::Unauthorized => Some(format!(
            "let git ask you at a terminal, or see what it needs with `git ls-remote {remote}`"
        )),
        Trouble::NoRepository => Some("see where your remotes point with `git remote -v`".to_owned()),
        Trouble::ReadOnly => Some(
            "send your checkpoints to a repository that you may write to: git config ckpt.remote <address>".to_owned(),
        ),
        Trouble::Declined => Some(
            "whoever runs the server decides what it takes: it has to allow `refs/notes/ckpt/*` and `refs/notes/ckpt-log/*`; to send them elsewhere: git config ckpt.remote <address>".to_owned(),
        ),
        Trouble::FullThere | Trouble::Busy => Some(format!("{AGAIN} later")),
        Trouble::FullHere => Some("free some space, then run the same command again".to_owned()),
        Trouble::Unknown => None,
    }
}

pub(super) fn prune_hint(error: &PruneError) -> Option<String> {
    match error {
        PruneError::HeldBack => Some(
            "push them first with `git ckpt push`, or run the same command with `--force`"
                .to_owned(),
        ),
        PruneError::Store(CommitError::Moved { .. }) => {
            Some("nothing that was to stay is lost; run the same command again".to_owned())
        }
        PruneError::Store(error) | PruneError::Repair(RepairError::Store(error)) => {
            store_hint(error)
        }
        PruneError::Object(_) => Some(verify_hint()),
        _ => None,
    }
}
