//! Everything that can end a command, turned into an exit code.

mod secrecy;

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::agent::AgentError;
use crate::cli::error::secrecy::{recipients_exit, sealed_exit, vault_exit};
use crate::cli::exit::Exit;
use crate::git::{ObjectError, OpenError, RefError, RevisionError, TransportError, Trouble};
use crate::model::causes::causes;
use crate::ops::carry::CarryError;
use crate::ops::demo::DemoError;
use crate::ops::export::ExportError;
use crate::ops::follow::FollowError;
use crate::ops::import::ImportError;
use crate::ops::infer::InferError;
use crate::ops::init::InitError;
use crate::ops::install::InstallError;
use crate::ops::locate::LocateError;
use crate::ops::log::LogWalkError;
use crate::ops::prepare::PrepareError;
use crate::ops::prompt::PromptError;
use crate::ops::prune::PruneError;
use crate::ops::recipients::RecipientsError;
use crate::ops::remotes::RemoteError;
use crate::ops::repair::RepairError;
use crate::ops::restore::RestoreError;
use crate::ops::save::SaveError;
use crate::ops::session_logs::LogsError;
use crate::ops::session_text::SessionTextError;
use crate::ops::vault::{ForgetError, VaultError};
use crate::store::{AdmitError, BundleError, PackError, UnpackError};
use crate::store::{CaptureError, CommitError, ReadError, SealedError, SessionError};
use crate::ui::programs::ProgramError;

/// Everything that can end a command.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the current directory cannot be told")]
    CurrentDirectory(#[source] io::Error),
    #[error(transparent)]
    Save(#[from] SaveError),
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Log(#[from] LogWalkError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    SessionText(#[from] SessionTextError),
    #[error(transparent)]
    Logs(#[from] LogsError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error("the demonstration stopped: `{line}` failed")]
    DemoStep { line: &'static str },
    #[error("the file of this program cannot be told")]
    OwnProgram(#[source] io::Error),
    /// The document that was to be handed in.
    #[error("cannot read `{path}`")]
    NoDocument { path: PathBuf, source: io::Error },
    #[error("the editor failed, so nothing was saved")]
    Editor { draft: PathBuf, source: ProgramError },
    #[error("the session is restored, but its agent did not start")]
    NotResumed { command: Vec<String>, source: ProgramError },
    #[error("no session was found for `{directory}`")]
    NoSessions { directory: PathBuf, looked: Vec<PathBuf> },
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot write `{path}`")]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("cannot print the answer")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Repair(#[from] RepairError),
    #[error(transparent)]
    Carry(#[from] CarryError),
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error(transparent)]
    Prune(#[from] PruneError),
    #[error("nothing was {}", .0.done())]
    Declined(Deed),
    #[error("{} needs a yes, and there is no terminal to ask on", .0.doing())]
    NobodyToAsk(Deed),
    #[error("nothing was sent")]
    NotAgreed,
    #[error("the document is larger than 32 MiB")]
    TooLarge,
    #[error("the document was left empty or as it was, so nothing was saved")]
    Unedited { draft: PathBuf },
    #[error("checkpoint {checkpoint} holds no session, only a document")]
    NoSession { checkpoint: String },
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    #[error(transparent)]
    Init(#[from] InitError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("`--global` needs to be told how: `--global=template` or `--global=hooks-path`")]
    GlobalWay,
    /// What is wrong was the command's answer and has been printed.
    #[error("problems were found")]
    Answered(Exit),
    /// The same of a damaged document that was shown as it is.
    #[error("the document is damaged")]
    ShownDamaged,
    /// Git refused, and has said why.
    #[error("git ended with exit code {0}")]
    GitEnded(u8),
    #[error(transparent)]
    Git(#[from] crate::git::ProgramError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error("a bundle is no text, and standard output is a terminal")]
    BundleToTerminal,
    #[error("`--to` is for transcripts")]
    DirectoryForOther,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Forget(#[from] ForgetError),
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
}

/// What is done only after a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Change,
    Save,
    Restore,
    Import,
}

impl Deed {
    fn done(self) -> &'static str {
        match self {
            Self::Change => "changed",
            Self::Save => "saved",
            Self::Restore => "restored",
            Self::Import => "imported",
        }
    }

    fn doing(self) -> &'static str {
        match self {
            Self::Change => "this",
            Self::Save => "saving secrets",
            Self::Restore => "restoring",
            Self::Import => "importing",
        }
    }
}

impl CliError {
    /// The error as it is to be printed, if it is.
    pub fn shown(&self) -> Option<&dyn Error> {
        match self {
            Self::Answered(_) | Self::ShownDamaged | Self::GitEnded(_) => None,
            other => match other.sealed() {
                // What could not be done follows from it, and is not damaged.
                Some(sealed) => Some(sealed),
                None => Some(other),
            },
        }
    }

    /// What is sealed and stays closed, where that is what ended the command.
    pub fn sealed(&self) -> Option<&SealedError> {
        causes(self).find_map(|cause| cause.downcast_ref())
    }

    /// Whoever reads the answer has closed the pipe.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit code, which is git's own where git refused.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::GitEnded(code) => (*code).into(),
            other => other.exit().into(),
        }
    }

    pub fn exit(&self) -> Exit {
        match self {
            _ if self.sealed().is_some() => self.sealed().map_or(Exit::Failed, sealed_exit),
            Self::Open(_) => Exit::Repository,
            Self::Save(error) => save_exit(error),
            Self::Locate(error) => locate_exit(error),
            Self::Log(LogWalkError::History(_)) => Exit::NotFound,
            Self::Log(LogWalkError::Store(error)) | Self::Store(error) => store_exit(error),
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
            Self::Unedited { .. } | Self::TooLarge => Exit::BadInput,
            Self::NoSession { .. } | Self::NoSessions { .. } => Exit::NotFound,
            Self::ShownDamaged => Exit::Damaged,
            Self::Prepare(PrepareError::Document(error)) => save_exit(error),
            Self::Init(InitError::Install(error)) | Self::Install(error) => install_exit(error),
            Self::Init(InitError::NoRemote { .. }) => Exit::NotFound,
            Self::GlobalWay => Exit::Usage,
            Self::Answered(exit) => *exit,
            Self::Vault(error) | Self::Forget(ForgetError::Vault(error)) => vault_exit(error),
            Self::Forget(ForgetError::NoTag(_) | ForgetError::NoRule(_)) => Exit::NotFound,
            Self::Recipients(error) => recipients_exit(error),
            _ => Exit::Failed,
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

/// Whether a repository is one that is only to be read.
pub fn cannot_be_written(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

fn read_exit(error: &ReadError) -> Exit {
    match error {
        ReadError::Log(crate::store::LogError::Sink(_)) => Exit::Failed,
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
        | RestoreError::Agent(AgentError::ForeignFile { .. }) => Exit::Refused,
        _ => Exit::Failed,
    }
}
