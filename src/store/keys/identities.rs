//! The user's identities: files with age identities, and private keys of ssh.
//!
//! They are read when the first wrapped key has to be opened, and only then. An identity behind a passphrase is tried
//! last, and only for what is sealed to it.

use std::cell::OnceCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use age::secrecy::SecretString;
use age::{Callbacks, ssh, x25519};

use crate::format::recipients::{self, Recipient};
use crate::store::keys::SealedError;

/// Asks for the passphrase of the identity at a path; `None` where nobody answers.
pub type Ask = Arc<dyn Fn(&Path) -> Option<String> + Send + Sync>;

/// Where identities are.
#[derive(Clone, Default)]
pub struct IdentitySettings {
    pub paths: Vec<PathBuf>,
    /// The user named them, so that one that is not there is a mistake.
    pub named: bool,
    /// Absent where there is nobody to ask.
    pub ask: Option<Ask>,
}

/// The identities of the user, read once.
#[derive(Default)]
pub struct Identities {
    settings: IdentitySettings,
    read: OnceCell<Result<Read, SealedError>>,
}

#[derive(Default)]
struct Read {
    open: Vec<Open>,
    locked: Vec<Locked>,
}

/// An identity that needs no passphrase.
type Open = Box<dyn age::Identity + Send>;

/// A private key of ssh behind a passphrase.
pub struct Locked {
    pub path: PathBuf,
    identity: ssh::Identity,
    /// The public key that lies beside it.
    public: Option<Recipient>,
    ask: Option<Asking>,
}

impl Locked {
    /// An identity that asks for its passphrase; `None` where nobody can be asked.
    pub fn unlocked(&self) -> Option<Box<dyn age::Identity>> {
        let ask = self.ask.clone()?;
        Some(Box::new(self.identity.clone().with_callbacks(ask)))
    }
}

impl Identities {
    pub fn new(settings: IdentitySettings) -> Self {
        Self { settings, read: OnceCell::new() }
    }

    /// Those that need no passphrase.
    pub fn open(&self) -> Result<impl Iterator<Item = &dyn age::Identity>, SealedError> {
        Ok(self.read()?.open.iter().map(|identity| identity.as_ref() as &dyn age::Identity))
    }

    /// Those behind a passphrase that something is wrapped for, as far as that can be told.
    pub fn locked_for(&self, wrapped: &[u8]) -> impl Iterator<Item = &Locked> {
        let locked = self.read().map_or(&[][..], |read| &read.locked);
        locked.iter().filter(move |locked| match &locked.public {
            Some(public) => recipients::is_for(wrapped, public),
            None => recipients::is_for_ssh(wrapped),
        })
    }

    pub fn is_empty(&self) -> bool {
        self.read().is_ok_and(|read| read.open.is_empty() && read.locked.is_empty())
    }

    fn read(&self) -> Result<&Read, SealedError> {
        let read = self.read.get_or_init(|| {
            let mut read = Read::default();
            for path in &self.settings.paths {
                self.read_file(path, &mut read)?;
            }
            Ok(read)
        });
        read.as_ref().map_err(Clone::clone)
    }

    fn read_file(&self, path: &Path, read: &mut Read) -> Result<(), SealedError> {
        let failed = |why: String| SealedError::Identity { path: path.to_owned(), why };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && !self.settings.named => {
                return Ok(());
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        if !text.trim_start().starts_with("-----BEGIN") {
            for (number, line) in text.lines().enumerate() {
                if line.trim().is_empty() || line.starts_with('#') {
                    continue;
                }
                let identity = line.trim().parse::<x25519::Identity>();
                // What stands there may be half a secret, and is not repeated.
                let identity = identity
                    .map_err(|_| failed(format!("line {} is no age identity", number + 1)))?;
                read.open.push(Box::new(identity));
            }
            return Ok(());
        }
        let name = path.display().to_string();
        let identity = ssh::Identity::from_buffer(text.as_bytes(), Some(name));
        match identity {
            Ok(identity @ ssh::Identity::Unencrypted(_)) => read.open.push(Box::new(identity)),
            Ok(identity @ ssh::Identity::Encrypted(_)) => read.locked.push(Locked {
                identity,
                public: public_beside(path),
                ask: self.settings.ask.clone().map(|ask| Asking::new(path, ask)),
                path: path.to_owned(),
            }),
            // Of the usual places any kind of key may lie in one.
            Ok(ssh::Identity::Unsupported(_)) | Err(_) if !self.settings.named => {}
            Ok(ssh::Identity::Unsupported(_)) => {
                return Err(failed("only ssh-ed25519 and ssh-rsa keys can open anything".into()));
            }
            Err(error) => return Err(failed(error.to_string())),
        }
        Ok(())
    }
}

fn public_beside(path: &Path) -> Option<Recipient> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    std::fs::read_to_string(beside).ok()?.parse().ok()
}

/// Asks for the passphrase of one identity, once.
#[derive(Clone)]
struct Asking {
    path: PathBuf,
    ask: Ask,
    /// What was answered, once it was asked.
    answer: Arc<Mutex<Option<Option<String>>>>,
}

impl Asking {
    fn new(path: &Path, ask: Ask) -> Self {
        Self { path: path.to_owned(), ask, answer: Arc::default() }
    }
}

impl Callbacks for Asking {
    fn display_message(&self, _: &str) {}

    fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn request_public_string(&self, _: &str) -> Option<String> {
        None
    }

    fn request_passphrase(&self, _: &str) -> Option<SecretString> {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answer.get_or_insert_with(|| (self.ask)(&self.path));
        answer.clone().map(SecretString::from)
    }
}
