//! What is said of those who can read sealed sessions.

use serde_json::{Value, json};

use crate::model::causes::with_causes;
use crate::ops::recipients::{Added, Recipients, Removed};
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
        "encrypt": recipients.is_on,
        "file": recipients.path.display().to_string(),
        "recipients": list,
    })
}

/// What the list means.
pub fn what_holds(recipients: &Recipients) -> String {
    let path = recipients.path.display();
    match (recipients.list.len() as u64, recipients.is_on) {
        (0, true) => {
            format!("nobody: nothing can be saved until `git ckpt recipients add <key>` ({path})")
        }
        (0, false) => format!("nobody: `git ckpt recipients add <key>` ({path})"),
        (number, true) => {
            format!("sessions are sealed to {} ({path})", plural(number, "recipient"))
        }
        (number, false) => format!(
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
    if !added.recipients.is_on {
        text.push_str("\nnothing is sealed yet: git config ckpt.encrypt sessions");
    }
    text
}

/// What stays closed to the recipients, a warning each.
pub fn left_closed(added: &Added) -> Vec<String> {
    let closed = added.shared.closed.iter();
    let warning =
        |(key, error)| format!("sessions under key {key} stay as they are: {}", with_causes(error));
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
