//! Hints for what is sealed and stays closed, and for what cannot be sealed.

use crate::ops::recipients::RecipientsError;
use crate::ops::sealing::SealingError;
use crate::store::{RecipientError, SealedError};

pub(super) fn sealed_hint(error: &SealedError) -> String {
    match error {
        SealedError::NoKey { .. } => {
            "fetch once more: `git ckpt fetch --logs`".to_owned()
        }
        SealedError::NoIdentity { .. } | SealedError::ForOthers { .. } => {
            "name your identity, an age identity file or a private key of ssh: `git config ckpt.identity <file>`; if you have none that fits, send your public key to whoever saved it, who runs `git ckpt recipients add <key>` and `git ckpt push`"
                .to_owned()
        }
        SealedError::Locked { .. } => {
            "run the same command at a terminal, or name an identity without a passphrase: `git config ckpt.identity <file>`"
                .to_owned()
        }
        SealedError::Passphrase { .. } => "run the same command again".to_owned(),
        SealedError::Damaged { .. } => {
            "whoever saved it can wrap the key anew: `git ckpt recipients add <key>` with a key that is there already, then `git ckpt push`"
                .to_owned()
        }
        SealedError::Identity { .. } => {
            "name another: `git config ckpt.identity <file>`".to_owned()
        }
    }
}

pub(super) fn sealing_hint(error: &SealingError) -> String {
    match error {
        SealingError::Unknown { .. } => {
            "to seal sessions: `git config ckpt.encrypt sessions`, documents as well: `git config ckpt.encrypt all`; to store them as they are: `git config ckpt.encrypt false`"
                .to_owned()
        }
        SealingError::Nobody { .. } => {
            "add your own public key first: `git ckpt recipients add \"$(cat ~/.ssh/id_ed25519.pub)\"`"
                .to_owned()
        }
        SealingError::Unreadable { .. } => {
            "name a file that can be read: `git config ckpt.recipients <file>`".to_owned()
        }
        SealingError::List { path, .. } => format!(
            "put that line right, or a `#` before it, in `{}`; nothing is saved until then",
            path.display()
        ),
    }
}

pub(super) fn recipients_hint(error: &RecipientsError) -> Option<String> {
    Some(match error {
        RecipientsError::Recipient(RecipientError::Private) => {
            "hand in the public key: that of ssh ends in `.pub`, that of age comes from `age-keygen -y <file>`"
                .to_owned()
        }
        RecipientsError::Recipient(_) => {
            "hand in one public key, quoted: `git ckpt recipients add \"$(cat ada.pub)\"`".to_owned()
        }
        RecipientsError::Absent { .. } => "`git ckpt recipients list` shows them".to_owned(),
        RecipientsError::Sealing(error) => sealing_hint(error),
        _ => return None,
    })
}
