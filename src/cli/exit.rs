//! The exit codes of the program, as docs/EXIT-CODES.md lists them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Failed,
    Usage,
    NotFound,
    Refused,
    Damaged,
    Repository,
    Postponed,
    BadInput,
    Remote,
    NeedsCare = 10,
    Secrets = 11,
    Sealed = 12,
    Findings = 13,
}

impl Exit {
    pub const ALL: [Self; 14] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::NotFound,
        Self::Refused,
        Self::Damaged,
        Self::Repository,
        Self::Postponed,
        Self::BadInput,
        Self::Remote,
        Self::NeedsCare,
        Self::Secrets,
        Self::Sealed,
        Self::Findings,
    ];

    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => {
                "something failed that has no code of its own, such as a file that cannot be read"
            }
            Self::Usage => "the command line is not understood, or asks for nothing",
            Self::NotFound => "no such revision, checkpoint or session, or the name fits several",
            Self::Refused => {
                "a yes was needed and not given, or something would have been lost or put where it does not belong"
            }
            Self::Damaged => "stored data is damaged",
            Self::Repository => "no repository, or one that cannot be used as it is",
            Self::Postponed => {
                "the save is written down but not finished; the next command tries again"
            }
            Self::BadInput => "the document that was handed in cannot be used",
            Self::Remote => {
                "a remote cannot be reached, does not answer, or did not take what was sent"
            }
            Self::NeedsCare => "something should be mended, as `doctor` says",
            Self::Secrets => "secrets were found: `scan` names them, `push` sends no checkpoint",
            Self::Sealed => "the session or the document is sealed, and no identity here opens it",
            Self::Findings => "the document should be mended, as `lint` says",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
