//! Everything that can end a command, turned into an exit code.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::agent::AgentError;
use crate::cli::exit::Exit;
use crate::git::{OpenError, RefError};
use crate::model::causes::causes;
use crate::ops::attach::AttachError;
use crate::ops::carry::CarryError;
use crate::ops::cat::CatError;
use crate::ops::demo::DemoError;
use crate::ops::draft::DraftError;
use crate::ops::export::ExportError;
use crate::ops::follow::FollowError;
use crate::ops::import::ImportError;
use crate::ops::init::InitError;
use crate::ops::install::InstallError;
use crate::ops::journal::JournalError;
use crate::ops::lint::LintError;
use crate::ops::locate::LocateError;
use crate::ops::log::LogWalkError;
use crate::ops::prepare::PrepareError;
use crate::ops::prompt::PromptError;
use crate::ops::prune::PruneError;
use crate::ops::reading::ReadingError;
use crate::ops::recipients::RecipientsError;
use crate::ops::redact::RedactError;
use crate::ops::remotes::RemoteError;
use crate::ops::repair::RepairError;
use crate::ops::restore::RestoreError;
use crate::ops::resume::ResumeError;
use crate::ops::save::SaveError;
use crate::ops::scan::ScanError;
use crate::ops::session_logs::LogsError;
use crate::ops::session_text::SessionTextError;
use crate::ops::stats::StatsError;
use crate::ops::status::StatusError;
use crate::ops::task::TaskError;
use crate::ops::template::TemplateError;
use crate::ops::vault::{ForgetError, VaultError};
use crate::store::{CommitError, GivenError, SealedError};
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
    Scan(#[from] ScanError),
    #[error(transparent)]
    Redact(#[from] RedactError),
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    #[error(transparent)]
    Status(#[from] StatusError),
    #[error(transparent)]
    Stats(#[from] StatsError),
    #[error(transparent)]
    Draft(#[from] DraftError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the editor failed, so note {number} stays as it was")]
    NoteEditor { number: u64, written: PathBuf, source: ProgramError },
    #[error("what was written for note {number} is not taken")]
    NoteKept { number: u64, written: PathBuf, source: JournalError },
    #[error(transparent)]
    Task(#[from] TaskError),
    #[error(transparent)]
    Resume(#[from] ResumeError),
    #[error(transparent)]
    Attach(#[from] AttachError),
    #[error(transparent)]
    Cat(#[from] CatError),
    #[error("`{name}` is no text, and standard output is a terminal")]
    BinaryToTerminal { name: String },
    #[error("`{path}` is there already")]
    OutputExists { path: PathBuf },
    #[error("`{name}` is too long for a terminal")]
    TooLongToShow { name: String },
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("the outline cannot be understood")]
    Outline(#[source] serde_json::Error),
    #[error(transparent)]
    Reading(#[from] ReadingError),
    #[error(transparent)]
    Lint(#[from] LintError),
    #[error("what was written cannot be used, so nothing was saved")]
    Misread { kept: PathBuf, source: GivenError },
}

/// What is done only after a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Change,
    Save,
    Restore,
    Import,
    Send,
    Write,
}

impl Deed {
    fn done(self) -> &'static str {
        match self {
            Self::Change => "changed",
            Self::Save => "saved",
            Self::Restore => "restored",
            Self::Import => "imported",
            Self::Send => "sent",
            Self::Write => "written",
        }
    }

    fn doing(self) -> &'static str {
        match self {
            Self::Change => "this",
            Self::Save => "saving secrets",
            Self::Restore => "restoring",
            Self::Import => "importing",
            Self::Send => "sending secrets",
            Self::Write => "writing the file",
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
}

/// Whether a repository is one that is only to be read.
pub fn cannot_be_written(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}
