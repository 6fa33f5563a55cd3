//! Fetches objects that a partial clone was promised, through one `git cat-file --batch` that is kept.
//!
//! Git fetches such an object when it is asked for it; afterwards it lies in the repository and libgit2 sees it too.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::ChildStdout;

use crate::git::program::{Program, ProgramError, Running};
use crate::model::object::ObjectId;

/// A `git cat-file --batch` at work.
pub(in crate::git) struct Promisor {
    answers: BufReader<ChildStdout>,
    running: Running,
}

/// An object as git delivered it.
pub(in crate::git) enum Delivered {
    Whole {
        kind: String,
        bytes: Vec<u8>,
    },
    /// It was passed over.
    TooLarge {
        size: u64,
    },
}

impl Promisor {
    pub fn start(program: &Program) -> Result<Self, ProgramError> {
        let mut running = program.spawn(&["cat-file", "--batch"])?;
        let stdout = running.child.stdout.take().expect("spawn gives every child a piped stdout");
        Ok(Self { answers: BufReader::new(stdout), running })
    }

    /// Asks for one object; `None` when git has not got it either. After an error the child is of no more use.
    pub fn deliver(&mut self, id: ObjectId, most: u64) -> Result<Option<Delivered>, ProgramError> {
        match self.ask(id, most) {
            Ok(delivered) => Ok(delivered),
            Err(source) => {
                drop(self.running.child.stdin.take());
                self.running.finish()?;
                Err(self.running.broken_off(source))
            }
        }
    }

    fn ask(&mut self, id: ObjectId, most: u64) -> std::io::Result<Option<Delivered>> {
        let stdin = self.running.child.stdin.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?;
        writeln!(stdin, "{id}")?;
        let mut header = String::new();
        if self.answers.read_line(&mut header)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut words = header.split_whitespace().skip(1);
        let kind = words.next().unwrap_or_default().to_owned();
        let Some(size) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
            return Ok(None);
        };
        if size > most {
            let mut passed_over = (&mut self.answers).take(size + 1);
            std::io::copy(&mut passed_over, &mut std::io::sink())?;
            return Ok(Some(Delivered::TooLarge { size }));
        }
        let mut bytes = vec![0; size as usize + 1];
        self.answers.read_exact(&mut bytes)?;
        bytes.pop();
        Ok(Some(Delivered::Whole { kind, bytes }))
    }
}
