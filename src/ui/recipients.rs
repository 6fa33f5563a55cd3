//! What is said of those who can read what is sealed.

use serde_json::{Value, json};

use crate::model::causes::with_causes;
use crate::ops::recipients::{Added, Recipients, Removed};
use crate::ops::sealing::Scope;
use crate::ui::sanitize::one_line;
use crate::ui::units::plural;

/// One recipient a line, as a file of them has it.
pub fn list(recipients: &Recipients) -> String {
    let line = |text: String| format!("{}\n", one_line(&text, usize::MAX));
    recipients.list.iter().map(|recipient| line(recipient.to_string())).collect()
}

pub fn json(recipients: &Recipients) -> Value {
    let list: Vec<String> = recipients.list.iter().map(ToString::to_string).collect();
    json!({
        "schema": 1,
        "encrypt": recipients.scope.is_some(),
        "scope": recipients.scope.map(scope_name),
        "file": recipients.path.display().to_string(),
        "recipients": list,
    })
}

/// The word that `ckpt.encrypt` has for it.
fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Sessions => "sessions",
        Scope::All => "all",
    }
}

/// What the list means.
pub fn what_holds(recipients: &Recipients) -> String {
    let path = recipients.path.display();
    match (recipients.list.len() as u64, recipients.scope) {
        (0, Some(_)) => {
            format!("nobody: nothing can be saved until `git ckpt recipients add <key>` ({path})")
        }
        (0, None) => format!("nobody: `git ckpt recipients add <key>` ({path})"),
        (number, Some(scope)) => {
            let what = match scope {
                Scope::Sessions => "sessions",
                Scope::All => "sessions and documents",
            };
            format!("{what} are sealed to {} ({path})", plural(number, "recipient"))
        }
        (number, None) => format!(
            "sessions are not sealed to {}: git config ckpt.encrypt sessions",
            if number == 1 { "it yet" } else { "them yet" }
        ),
    }
}

pub fn added(added: &Added) -> String {
    let path = added.recipients.path.display();
    let mut text = match (added.is_new, added.recipients.list.len() as u64) {
        (true, number) => format!("added; {} in {path}", plural(number, "recipient")),
        (false, _) => format!("it is a recipient already, in {path}"),
    };
    if added.shared.keys > 0 {
        text.push_str(
            "\nit can read what this clone has sealed so far, once it is sent: git ckpt push",
        );
    }
    if added.recipients.scope.is_none() {
        text.push_str("\nnothing is sealed yet: git config ckpt.encrypt sessions (or all, which is documents as well)");
    }
    text
}

/// What stays closed to the recipients, a warning each.
pub fn left_closed(added: &Added) -> Vec<String> {
    let closed = added.shared.closed.iter();
    let warning =
        |(key, error)| format!("what is under key {key} stays as it is: {}", with_causes(error));
    closed.map(|(key, error)| warning((key, error as &dyn std::error::Error))).collect()
}

pub fn removed(removed: &Removed) -> String {
    let left = plural(removed.recipients.list.len() as u64, "recipient");
    format!(
        "removed; {left} left in {}\n\
         what is saved from now on is sealed with a new key, which it does not get: git ckpt push\n\
         what was shared before stays readable to it, and to everybody who has the old key: that cannot be undone",
        removed.recipients.path.display()
    )
}
