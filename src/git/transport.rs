//! Sending refs to other repositories and getting refs from them, through `git push` and `git fetch`.
//!
//! Git brings along every transport, every kind of credential and every proxy. What the user configured for their own
//! branches (mirrors, tags that follow, pruning, hooks, refspecs that overwrite local refs) is switched off here: only
//! what an order names is ever moved, on either side.

use std::time::Duration;

use crate::git::conversation::{BrokenOff, Ended, Progress};
use crate::git::repository::Repository;
use crate::git::transport_trouble::{TransportError, diagnosis, redacted};
use crate::model::object::ObjectId;

/// What git says where a remote cannot move several refs at once.
const NOT_ATOMIC: &str = "does not support --atomic";
/// The exit code of git for an option that it does not know.
const UNKNOWN_OPTION: i32 = 129;

/// Whether a person may be asked for a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompts {
    Allowed,
    Suppressed,
}

/// How to deal with the other side.
#[derive(Clone, Copy, Debug)]
pub struct TransportSettings {
    pub prompts: Prompts,
    /// How long nothing may be heard; `None` for as long as it takes.
    pub patience: Option<Duration>,
}

/// What a ref of the other side was when it was last seen; it is replaced only while it still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease(pub Option<ObjectId>);

/// A ref of the other side, and what it shall be.
#[derive(Clone, Debug)]
pub struct RefUpdate {
    pub name: String,
    /// Without one the ref is removed.
    pub new: Option<ObjectId>,
    /// Replaces what does not lead up to `new`, if it is this.
    pub lease: Option<Lease>,
}

/// Refs to be sent.
#[derive(Clone, Debug)]
pub struct PushOrder<'a> {
    /// A remote's name, or an address.
    pub remote: &'a str,
    /// All of them move or none, where the other side can do that; else one after the other in this order.
    pub updates: &'a [RefUpdate],
    pub dry_run: bool,
}

/// Refs to be got.
#[derive(Clone, Debug)]
pub struct FetchOrder<'a> {
    pub remote: &'a str,
    pub refspecs: &'a [String],
    /// Remove what the refspecs lead to and the other side has no more.
    pub prune: bool,
    /// Only what the refs stand at, without what led up to it.
    pub shallow: bool,
}

/// What became of the refs that were sent.
#[derive(Clone, Debug, Default)]
pub struct Pushed {
    pub refs: Vec<RefReport>,
    pub traffic: Traffic,
}

/// What became of one ref: moved or not, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefReport {
    pub name: String,
    pub result: Result<bool, Rejection>,
}

/// Why a ref was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The other side has something that what was sent does not contain.
    NotContained,
    /// The other side has not what the lease says.
    Stale,
    /// Another ref of the same order was rejected.
    Together,
}

/// What went over the wire, as git tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub objects: u64,
    pub bytes: u64,
}

impl Traffic {
    pub fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

impl Repository {
    /// Sends refs. What the other side declined is an error; what stands in the way there is told ref by ref.
    pub fn push(
        &self,
        order: &PushOrder,
        settings: &TransportSettings,
        progress: &mut Progress,
    ) -> Result<Pushed, TransportError> {
        let several = order.updates.len() > 1;
        let ended =
            self.talk(order.remote, self.push_arguments(order, several), settings, progress)?;
        if !(several && ended.stderr.contains(NOT_ATOMIC)) {
            return pushed(order.remote, &ended);
        }
        let mut all = Pushed::default();
        for update in order.updates {
            let one = PushOrder { updates: std::slice::from_ref(update), ..order.clone() };
            let pushed = self.push(&one, settings, progress)?;
            all.traffic.add(pushed.traffic);
            let rejected = pushed.refs.iter().any(|report| report.result.is_err());
            all.refs.extend(pushed.refs);
            if rejected {
                break;
            }
        }
        Ok(all)
    }

    /// Gets refs.
    pub fn fetch(
        &self,
        order: &FetchOrder,
        settings: &TransportSettings,
        progress: &mut Progress,
    ) -> Result<Traffic, TransportError> {
        let newest = self.fetch_arguments(order, &["--no-write-fetch-head"]);
        let mut ended = self.talk(order.remote, newest, settings, progress)?;
        if ended.code == Some(UNKNOWN_OPTION) {
            let older = self.fetch_arguments(order, &[]);
            ended = self.talk(order.remote, older, settings, progress)?;
        }
        match ended.code {
            Some(0) => Ok(received(&ended.stderr)),
            _ => Err(diagnosis(order.remote, &ended.stderr)),
        }
    }

    /// The addresses that a push to a remote goes to.
    pub fn push_addresses(&self, remote: &str) -> Vec<String> {
        let asked = ["remote", "get-url", "--push", "--all", "--", remote];
        let by_name = self.program.run(&asked);
        let answer =
            by_name.or_else(|_| self.program.run(&["ls-remote", "--get-url", "--", remote]));
        let answer = answer.unwrap_or_else(|_| remote.as_bytes().to_vec());
        String::from_utf8_lossy(&answer).lines().map(str::to_owned).collect()
    }

    fn talk(
        &self,
        remote: &str,
        arguments: Vec<String>,
        settings: &TransportSettings,
        progress: &mut Progress,
    ) -> Result<Ended, TransportError> {
        self.program.converse(&arguments, settings, progress).map_err(|error| match error {
            BrokenOff::Program(source) => TransportError::Program(source),
            BrokenOff::Silent => TransportError::Silent {
                remote: redacted(remote),
                seconds: settings.patience.map_or(0, |patience| patience.as_secs()),
            },
        })
    }

    fn push_arguments(&self, order: &PushOrder, atomic: bool) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.config_bool(&format!("remote.{}.mirror", order.remote)) == Some(true) {
            arguments.extend(["-c".to_owned(), format!("remote.{}.mirror=false", order.remote)]);
        }
        let always = ["push", "--porcelain", "--progress", "--no-verify", "--no-follow-tags"];
        arguments.extend(always.map(str::to_owned));
        arguments.push("--recurse-submodules=no".to_owned());
        arguments.extend(atomic.then(|| "--atomic".to_owned()));
        arguments.extend(order.dry_run.then(|| "--dry-run".to_owned()));
        for RefUpdate { name, lease, .. } in order.updates {
            let expected = |lease: &Lease| lease.0.map(|id| id.to_string()).unwrap_or_default();
            let lease = lease.as_ref().map(expected);
            arguments.extend(lease.map(|id| format!("--force-with-lease={name}:{id}")));
        }
        arguments.extend(["--".to_owned(), order.remote.to_owned()]);
        let refspec = |update: &RefUpdate| {
            let new = update.new.map(|id| id.to_string()).unwrap_or_default();
            format!("{new}:{}", update.name)
        };
        arguments.extend(order.updates.iter().map(refspec));
        arguments
    }

    fn fetch_arguments(&self, order: &FetchOrder, newest: &[&str]) -> Vec<String> {
        // Housekeeping is for the user's own fetches: it may take minutes, and go on after this command.
        let always = [
            ["-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "--progress"].as_slice(),
            // Without it the refspecs of the configuration move other refs along.
            &["--refmap=", "--no-tags", "--no-recurse-submodules", "--no-prune-tags"],
        ];
        let mut arguments: Vec<String> =
            always.concat().into_iter().chain(newest.iter().copied()).map(str::to_owned).collect();
        arguments.push(if order.prune { "--prune" } else { "--no-prune" }.to_owned());
        arguments.extend(self.is_partial().then(|| "--no-filter".to_owned()));
        arguments.extend(order.shallow.then(|| "--depth=1".to_owned()));
        arguments.extend(["--".to_owned(), order.remote.to_owned()]);
        arguments.extend(order.refspecs.iter().cloned());
        arguments
    }
}

/// Understands what `git push --porcelain` printed.
fn pushed(remote: &str, ended: &Ended) -> Result<Pushed, TransportError> {
    let refs: Option<Vec<RefReport>> = ended.stdout.lines().filter_map(report).collect();
    let explained = |refs: &Vec<RefReport>| refs.iter().any(|report| report.result.is_err());
    match refs {
        Some(refs) if ended.code == Some(0) || explained(&refs) => {
            Ok(Pushed { refs, traffic: traffic(&ended.stderr, &["Writing objects:"]) })
        }
        _ => Err(diagnosis(remote, &format!("{}\n{}", ended.stderr, declined(&ended.stdout)))),
    }
}

/// Reads `flag\tfrom:to\tsummary (reason)`; `Some(None)` for a ref that the other side itself did not take.
fn report(line: &str) -> Option<Option<RefReport>> {
    let mut fields = line.split('\t');
    let (flag, refs, summary) = (fields.next()?, fields.next()?, fields.next()?);
    let name = refs.rsplit_once(':')?.1.to_owned();
    let result = match flag {
        "=" => Ok(false),
        "!" => Err(match summary {
            "[rejected] (non-fast-forward)" | "[rejected] (fetch first)" => Rejection::NotContained,
            "[rejected] (stale info)" => Rejection::Stale,
            "[rejected] (atomic push failed)" => Rejection::Together,
            _ => return Some(None),
        }),
        _ => Ok(true),
    };
    Some(Some(RefReport { name, result }))
}

/// The lines about refs that were not taken.
fn declined(stdout: &str) -> String {
    let lines = stdout.lines().filter_map(|line| line.strip_prefix("!\t")?.split_once('\t'));
    lines.map(|(_, summary)| format!("{summary}\n")).collect()
}

/// Finds the last `Writing objects: 100% (3/3), 1.20 KiB | …`; without one nothing went over.
fn traffic(stderr: &str, labels: &[&str]) -> Traffic {
    let line = stderr
        .split(['\r', '\n'])
        .rev()
        .find_map(|line| labels.iter().find_map(|label| line.trim().strip_prefix(label)));
    let read = |line: &str| {
        let (count, rest) = line.split_once('(')?.1.split_once('/')?;
        let rest = rest.split_once("), ").map_or("", |(_, rest)| rest);
        Some(Traffic { objects: count.parse().ok()?, bytes: size(rest).unwrap_or_default() })
    };
    line.and_then(read).unwrap_or_default()
}

/// What came in. Git says nothing of the bytes of so few objects that it unpacks them in no time.
fn received(stderr: &str) -> Traffic {
    let traffic = traffic(stderr, &["Receiving objects:", "Unpacking objects:"]);
    if traffic.objects > 0 {
        return traffic;
    }
    let total = stderr.split(['\r', '\n']).find_map(|line| line.strip_prefix("remote: Total "));
    let objects = total.and_then(|total| total.split(' ').next()?.parse().ok());
    Traffic { objects: objects.unwrap_or_default(), bytes: 0 }
}

/// Reads a size as git prints it: `246 bytes`, `1.20 KiB`.
fn size(text: &str) -> Option<u64> {
    let mut words = text.split([' ', ',']);
    let number: f64 = words.next()?.parse().ok()?;
    let power = ["bytes", "KiB", "MiB", "GiB"]
        .iter()
        .position(|unit| words.clone().next() == Some(unit))?;
    Some((number * 1024_f64.powi(power as i32)).round() as u64)
}

/// Reads all that can be read out of a text that git printed.
#[cfg(fuzzing)]
pub(in crate::git) fn understood(text: &str) {
    let ended = Ended { code: Some(1), stdout: text.to_owned(), stderr: text.to_owned() };
    let _ = pushed("origin", &ended);
    let _ = (declined(text), received(text), traffic(text, &["Writing objects:"]), size(text));
    let _ = diagnosis("origin", text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traffic_is_what_git_says_at_the_end() {
        let said = "Writing objects:  50% (1/2)\rWriting objects: 100% (11/11), 37.12 KiB | 9.00 MiB/s, done.\nTotal 11";
        assert_eq!(traffic(said, &["Writing objects:"]), Traffic { objects: 11, bytes: 38011 });
        let small = "Unpacking objects: 100% (3/3), 246 bytes | 246.00 KiB/s, done.\n";
        let labels = ["Receiving objects:", "Unpacking objects:"];
        assert_eq!(traffic(small, &labels), Traffic { objects: 3, bytes: 246 });
        assert_eq!(traffic("Everything up-to-date\n", &labels), Traffic::default());
    }

    #[test]
    fn a_report_tells_what_became_of_every_ref() {
        let stdout = "To /server\n=\ta:refs/notes/x\t[up to date]\n \tb:refs/notes/y\t1..2\n*\tc:refs/notes/z\t[new reference]\n\
            !\td:refs/notes/v\t[rejected] (fetch first)\n!\te:refs/notes/w\t[rejected] (atomic push failed)\nDone\n";
        let ended = Ended { code: Some(1), stdout: stdout.to_owned(), stderr: String::new() };
        let results = pushed("r", &ended).unwrap().refs;
        let results: Vec<_> = results.into_iter().map(|report| report.result).collect();
        let rejected = [Rejection::NotContained, Rejection::Together];
        assert_eq!(results[..3], [Ok(false), Ok(true), Ok(true)]);
        assert_eq!(results[3..], rejected.map(Err));
    }
}
