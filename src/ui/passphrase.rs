//! Asking for a passphrase at the terminal, without showing it.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

/// The terminal of this process, wherever its streams lead.
const TERMINAL: &str = "/dev/tty";

/// Asks for the passphrase of a private key; `None` where nothing is answered.
pub fn ask(path: &Path) -> io::Result<Option<String>> {
    let mut terminal = OpenOptions::new().read(true).write(true).open(TERMINAL)?;
    write!(terminal, "passphrase of {}: ", path.display())?;
    let usual = tcgetattr(&terminal)?;
    let mut hidden = usual.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Now, &hidden)?;
    let mut line = String::new();
    let read = BufReader::new(&terminal).read_line(&mut line);
    tcsetattr(&terminal, OptionalActions::Now, &usual)?;
    writeln!(terminal)?;
    read?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| line.to_owned()))
}
