//! Which exit code an error ends with: one `match` for every kind, held against `docs/EXIT-CODES.md` by a test.

mod documents;
mod secrets;
mod work;

use crate::agent::AgentError;
use crate::cli::error::{CliError, cannot_be_written};
use crate::cli::exit::Exit;
use crate::cli::exits::documents::{lint_exit, reading_exit, template_exit};
use crate::cli::exits::secrets::{
    recipients_exit, redact_exit, scan_exit, sealed_exit, search_exit, vault_exit,
};
use crate::cli::exits::work::work_exit;
use crate::git::{ObjectError, RevisionError, TransportError, Trouble};
use crate::ops::demo::DemoError;
use crate::ops::draft::DraftError;
use crate::ops::export::ExportError;
use crate::ops::import::ImportError;
use crate::ops::infer::InferError;
use crate::ops::init::InitError;
use crate::ops::install::InstallError;
use crate::ops::locate::LocateError;
use crate::ops::log::LogWalkError;
use crate::ops::prepare::PrepareError;
use crate::ops::prompt::PromptError;
use crate::ops::prune::PruneError;
use crate::ops::remotes::RemoteError;
use crate::ops::repair::RepairError;
use crate::ops::restore::RestoreError;
use crate::ops::save::SaveError;
use crate::ops::session_logs::LogsError;
use crate::ops::session_text::SessionTextError;
use crate::ops::stats::StatsError;
use crate::ops::status::StatusError;
use crate::ops::vault::ForgetError;
use crate::store::{
    AdmitError, BundleError, CaptureError, CommitError, PackError, ReadError, SessionError,
    UnpackError,
};

impl CliError {
    /// The exit code of what ends a command.
    pub fn exit(&self) -> Exit {
        match self {
            _ if self.sealed().is_some() => self.sealed().map_or(Exit::Failed, sealed_exit),
            Self::Open(_) => Exit::Repository,
            Self::Save(error) | Self::Draft(DraftError::Save(error)) => save_exit(error),
            Self::Locate(error) | Self::Draft(DraftError::Locate(error)) => locate_exit(error),
            Self::Log(LogWalkError::History(_)) => Exit::NotFound,
            Self::Log(LogWalkError::Store(error))
            | Self::Status(StatusError::Log(LogWalkError::Store(error)))
            | Self::Store(error) => store_exit(error),
            Self::Stats(
                StatsError::Locate(error) | StatsError::Prompt(PromptError::Locate(error)),
            ) => locate_exit(error),
            Self::Restore(error) => restore_exit(error),
            Self::Prompt(PromptError::Locate(error)) => locate_exit(error),
            Self::Logs(error) => logs_exit(error),
            Self::SessionText(SessionTextError::Read(error)) => read_exit(error),
            Self::Declined(_) | Self::NobodyToAsk(_) | Self::NotAgreed => Exit::Refused,
            Self::Remote(error) => remote_exit(error),
            Self::Repair(
                RepairError::Store(error) | RepairError::Infer(InferError::Store(error)),
            ) => store_exit(error),
            Self::Export(error) => export_exit(error),
            Self::Import(error) => import_exit(error),
            Self::BundleToTerminal | Self::DirectoryForOther => Exit::Usage,
            Self::Prune(error) => prune_exit(error),
            Self::Demo(DemoError::Occupied { .. }) => Exit::Refused,
            Self::Unedited { .. } | Self::TooLarge | Self::Outline(_) => Exit::BadInput,
            Self::NoSession { .. } | Self::NoSessions { .. } => Exit::NotFound,
            Self::ShownDamaged => Exit::Damaged,
            Self::Prepare(PrepareError::Document(error)) => save_exit(error),
            Self::Init(InitError::Install(error)) | Self::Install(error) => install_exit(error),
            Self::Init(InitError::NoRemote { .. }) => Exit::NotFound,
            Self::GlobalWay => Exit::Usage,
            Self::Answered(exit) => *exit,
            Self::Vault(error) | Self::Forget(ForgetError::Vault(error)) => vault_exit(error),
            Self::Forget(ForgetError::NoTag(_) | ForgetError::NoRule(_)) => Exit::NotFound,
            Self::Scan(error) => scan_exit(error),
            Self::Redact(error) => redact_exit(error),
            Self::Recipients(error) => recipients_exit(error),
            Self::Template(error) => template_exit(error),
            Self::Reading(error) => reading_exit(error),
            Self::Lint(error) => lint_exit(error),
            Self::Misread { .. } => Exit::BadInput,
            other => work_exit(other),
        }
    }
}

fn save_exit(error: &SaveError) -> Exit {
    match error {
        SaveError::Revision(RevisionError::Damaged { .. }) => Exit::Damaged,
        SaveError::Revision(_) | SaveError::Choose(_) => Exit::NotFound,
        SaveError::NothingToSave => Exit::Usage,
        SaveError::Given(_) | SaveError::EmptyDocument => Exit::BadInput,
        SaveError::Postponed { .. } => Exit::Postponed,
        SaveError::PutAside { source, .. } => save_exit(source),
        SaveError::Commit(error) => store_exit(error),
        SaveError::Vault(error) => vault_exit(error),
        SaveError::Secrets(_) => Exit::BadInput,
        SaveError::Template(error) => template_exit(error),
        SaveError::Local(error) if cannot_be_written(&error.source) => Exit::Repository,
        _ => Exit::Failed,
    }
}

fn install_exit(error: &InstallError) -> Exit {
    match error {
        InstallError::BothThere { .. } => Exit::Refused,
        InstallError::Unwritable { source, .. } if cannot_be_written(source) => Exit::Repository,
        _ => Exit::Failed,
    }
}

fn locate_exit(error: &LocateError) -> Exit {
    match error {
        LocateError::Newer { .. } => Exit::Refused,
        LocateError::Damaged { .. }
        | LocateError::Nameless { .. }
        | LocateError::Commit { .. }
        | LocateError::Revision(RevisionError::Damaged { .. }) => Exit::Damaged,
        LocateError::Store(error)
        | LocateError::Unread { source: error, .. }
        | LocateError::Infer(InferError::Store(error)) => store_exit(error),
        _ => Exit::NotFound,
    }
}

fn prune_exit(error: &PruneError) -> Exit {
    match error {
        PruneError::HeldBack => Exit::Refused,
        PruneError::Object(error) => object_exit(error),
        PruneError::Store(error)
        | PruneError::Repair(
            RepairError::Store(error) | RepairError::Infer(InferError::Store(error)),
        ) => store_exit(error),
        _ => Exit::Failed,
    }
}

fn store_exit(error: &CommitError) -> Exit {
    match error {
        CommitError::Tip { .. } => Exit::Damaged,
        CommitError::Object(error) | CommitError::Session(SessionError::Object(error)) => {
            object_exit(error)
        }
        CommitError::Session(SessionError::Capture(CaptureError::Log(_))) => Exit::Damaged,
        CommitError::Session(SessionError::Capture(CaptureError::Empty { .. })) => Exit::NotFound,
        CommitError::Session(SessionError::Capture(CaptureError::Vault(error))) => {
            vault_exit(error)
        }
        CommitError::Newer { .. } => Exit::Refused,
        _ => Exit::Failed,
    }
}

fn object_exit(error: &ObjectError) -> Exit {
    match error {
        ObjectError::Unwritable { .. }
        | ObjectError::Undelivered { .. }
        | ObjectError::BadPath { .. } => Exit::Failed,
        _ => Exit::Damaged,
    }
}

fn read_exit(error: &ReadError) -> Exit {
    match error {
        ReadError::Log(crate::store::LogError::Sink(_)) => Exit::Failed,
        ReadError::Vault(error) => vault_exit(error),
        _ => Exit::Damaged,
    }
}

fn remote_exit(error: &RemoteError) -> Exit {
    match error {
        RemoteError::None | RemoteError::Several { .. } => Exit::NotFound,
        RemoteError::Forbidden | RemoteError::NotAgreed { .. } | RemoteError::Stale { .. } => {
            Exit::Refused
        }
        RemoteError::Transport(TransportError::Failed { trouble: Trouble::FullHere, .. }) => {
            Exit::Failed
        }
        RemoteError::Transport(_) | RemoteError::Contended { .. } => Exit::Remote,
        RemoteError::Author { .. } => Exit::Usage,
        RemoteError::Held(_) => Exit::Secrets,
        RemoteError::Search(error) => search_exit(error),
        _ => Exit::Failed,
    }
}

fn export_exit(error: &ExportError) -> Exit {
    match error {
        ExportError::Restore(error) => restore_exit(error),
        ExportError::Text(SessionTextError::Read(error))
        | ExportError::Read(error)
        | ExportError::Pack(PackError::Read(error)) => read_exit(error),
        ExportError::Pack(PackError::Store(error)) => store_exit(error),
        ExportError::Pack(PackError::Document(_)) => Exit::Damaged,
        _ => Exit::Failed,
    }
}

fn logs_exit(error: &LogsError) -> Exit {
    match error {
        LogsError::NotFetched { .. } => Exit::NotFound,
        LogsError::Store(error) => store_exit(error),
        LogsError::Read(error) => read_exit(error),
    }
}

fn import_exit(error: &ImportError) -> Exit {
    match error {
        ImportError::Unpack(UnpackError::Newer { .. } | UnpackError::OtherObjects { .. }) => {
            Exit::Refused
        }
        ImportError::Unpack(UnpackError::Bundle(BundleError::Newer(_)))
        | ImportError::Admit(AdmitError::Differs { .. } | AdmitError::Newer) => Exit::Refused,
        ImportError::Unpack(_) => Exit::Damaged,
        ImportError::Store(error) | ImportError::Admit(AdmitError::Store(error)) => {
            store_exit(error)
        }
        _ => Exit::Failed,
    }
}

fn restore_exit(error: &RestoreError) -> Exit {
    match error {
        RestoreError::Locate(error) => locate_exit(error),
        RestoreError::NoSession { .. }
        | RestoreError::SeveralSessions { .. }
        | RestoreError::OtherSession { .. } => Exit::NotFound,
        RestoreError::Logs(error) => logs_exit(error),
        RestoreError::Unproven(error)
        | RestoreError::Damaged(error)
        | RestoreError::Text(SessionTextError::Read(error)) => read_exit(error),
        RestoreError::Safety(_) | RestoreError::Exists { .. } | RestoreError::Placing(_) => {
            Exit::Refused
        }
        RestoreError::StillGrowing { .. }
        | RestoreError::NotADirectory { .. }
        | RestoreError::Touched { .. }
        | RestoreError::NotAFile { .. }
        | RestoreError::Another { .. }
        | RestoreError::Agent(AgentError::ForeignFile { .. }) => Exit::Refused,
        _ => Exit::Failed,
    }
}
