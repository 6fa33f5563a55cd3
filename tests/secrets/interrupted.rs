//! A redaction that is killed, wherever it stands, and one that others save beside.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::objects::found;
use crate::world::{Random, names, turns};
use crate::{Day, SESSION, needles, values};

const REDACT: [&str; 5] = ["redact", "--yes", "HEAD", "HEAD~1", "HEAD~2"];

/// A clone with three checkpoints that hold secrets.
struct Leaky {
    day: Day,
    /// The session as it was at each, newest first.
    states: Vec<Vec<u8>>,
    before: Vec<String>,
}

impl Leaky {
    fn new() -> Self {
        let mut day = Day::new();
        day.allow_everything();
        let mut states = Vec::new();
        for (number, value) in values().iter().take(3).enumerate() {
            day.says(&format!("here it is: {value} and go on"));
            day.companions(&format!("token={value}"));
            day.commit(&format!("step {number}"));
            day.ckpt(&["save", "-m", &format!("# Step {number}\n\nuse {value}")]);
            states.insert(0, fs::read(day.transcript()).unwrap());
        }
        day.world.git(&day.work, &["config", "--unset", "ckpt.redact.allow"]);
        let mut leaky = Self { day, states, before: Vec::new() };
        leaky.before = leaky.ids();
        leaky
    }

    fn ids(&self) -> Vec<String> {
        let id = |number: usize| {
            let shown = self.day.ckpt(&["show", &format!("HEAD~{number}"), "--json"]).out;
            let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
            shown["checkpoint"].as_str().unwrap().to_owned()
        };
        (0..self.states.len()).map(id).collect()
    }

    /// The clone's own refs, without `refs/notes/`.
    fn refs(&self) -> [String; 2] {
        let ties = self.day.world.ties_ref(&self.day.work);
        [ties.clone(), ties.replace("/ckpt/", "/ckpt-log/")]
    }

    fn at(&self, reference: &str) -> String {
        self.day.world.git(&self.day.work, &["rev-parse", reference])
    }

    fn file(&self, name: &str) -> PathBuf {
        self.day.work.join(".git").join(name)
    }

    /// Keeps everybody from moving a ref until the lock is removed.
    fn hold(&self, reference: &str) -> PathBuf {
        let lock = self.file(&format!("{reference}.lock"));
        fs::write(&lock, "").unwrap();
        lock
    }

    fn start(&self) -> Child {
        let mut command = self.day.world.ckpt_command(&self.day.work, &REDACT);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Every checkpoint is there and whole, and they are what they were or all of them are new.
    #[track_caller]
    fn is_old_or_new(&self) {
        self.day.world.is_in_order(&self.day.work);
        let ids = self.ids();
        let is_new = ids.iter().all(|id| !self.before.contains(id));
        assert!(is_new || ids == self.before, "{ids:?} were {:?}", self.before);
        for (number, state) in self.states.iter().enumerate() {
            let restored = self.day.world.restored(&self.day.work, &format!("HEAD~{number}"));
            assert!(restored == *state, "HEAD~{number}");
        }
    }

    /// One more run takes out what is left, of every object.
    #[track_caller]
    fn is_finished_by_one_more_run(&self) {
        self.day.ckpt(&REDACT);
        self.day.ckpt(&["scan", "--all"]);
        assert_eq!(self.day.ckpt(&REDACT).out, "nothing to take out\n");
        self.day.world.git(&self.day.work, &["gc", "--quiet", "--prune=now"]);
        assert_eq!(found(&self.day.world, &self.day.work, &needles()), [""; 0]);
        self.is_old_or_new();
        assert_ne!(self.ids(), self.before);
    }
}

/// Waits until something is so while a process is at work, and kills it.
#[track_caller]
fn kill_when(child: &mut Child, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came to it");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_redaction_that_is_killed_before_it_may_write_has_changed_nothing() {
    let leaky = Leaky::new();
    let lock = File::options().append(true).open(leaky.file("ckpt/lock")).unwrap();
    lock.lock().unwrap();
    let mut child = leaky.start();
    std::thread::sleep(Duration::from_millis(300));
    kill_when(&mut child, || true);
    drop(lock);
    assert_eq!(leaky.ids(), leaky.before);
    leaky.is_old_or_new();
    leaky.is_finished_by_one_more_run();
}

#[test]
fn one_that_is_killed_before_the_first_ref_moves_has_changed_nothing() {
    let leaky = Leaky::new();
    let [_, logs] = leaky.refs();
    let lock = leaky.hold(&logs);
    let mut child = leaky.start();
    kill_when(&mut child, || leaky.file("ckpt/redacting").exists());
    fs::remove_file(lock).unwrap();
    assert_eq!(leaky.ids(), leaky.before);
    leaky.is_old_or_new();
    leaky.is_finished_by_one_more_run();
}

#[test]
fn one_that_is_killed_between_the_new_frames_and_the_new_documents_has_changed_nothing() {
    let leaky = Leaky::new();
    let [ties, logs] = leaky.refs();
    let (lock, before) = (leaky.hold(&ties), leaky.at(&logs));
    let mut child = leaky.start();
    kill_when(&mut child, || leaky.at(&logs) != before);
    fs::remove_file(lock).unwrap();
    assert_eq!(leaky.ids(), leaky.before);
    leaky.is_old_or_new();
    leaky.is_finished_by_one_more_run();
}

#[test]
fn one_that_is_killed_before_the_old_frames_go_is_done_but_for_them() {
    let leaky = Leaky::new();
    let [ties, logs] = leaky.refs();
    let (first, before) = (leaky.hold(&ties), [&ties, &logs].map(|one| leaky.at(one)));
    let mut child = leaky.start();
    while leaky.at(&logs) == before[1] {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        std::thread::sleep(Duration::from_millis(2));
    }
    let second = leaky.hold(&logs);
    fs::remove_file(first).unwrap();
    kill_when(&mut child, || leaky.at(&ties) != before[0]);
    fs::remove_file(second).unwrap();
    assert_ne!(leaky.ids(), leaky.before);
    leaky.is_old_or_new();
    leaky.is_finished_by_one_more_run();
}

#[test]
fn one_that_is_killed_before_the_reflogs_are_emptied_is_finished_by_the_next() {
    let mut leaky = Leaky::new();
    let (programs, called) = (leaky.day.world.path("programs"), leaky.day.world.path("called"));
    fs::create_dir(&programs).unwrap();
    let real = leaky.day.world.search_path.clone();
    // Whoever wants to empty a reflog waits until it is killed.
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *reflog*) echo $$ >'{called}.new'; mv '{called}.new' '{called}'; exec sleep 60;; esac\n\
         PATH='{path}' exec git \"$@\"\n",
        called = called.display(),
        path = real.to_str().unwrap(),
    );
    let git = programs.join("git");
    fs::write(&git, script).unwrap();
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    leaky.day.world.search_path =
        std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&real))).unwrap();
    let mut child = leaky.start();
    kill_when(&mut child, || called.exists());
    leaky.day.world.search_path = real;
    let waiting = fs::read_to_string(&called).unwrap();
    leaky.day.world.command("kill", &leaky.day.work).arg(waiting.trim()).status().unwrap();
    assert_ne!(leaky.ids(), leaky.before);
    leaky.is_old_or_new();
    let said = leaky.day.ckpt(&["redact", "--dry-run", "HEAD"]).out;
    assert!(said.contains("an earlier run was interrupted"), "{said}");
    leaky.is_finished_by_one_more_run();
}

#[test]
fn one_that_is_killed_at_any_moment_leaves_the_old_or_the_new() {
    let mut random = Random(11);
    let (mut kills, mut most) = (0, 120_000);
    for _ in 0..60 {
        let leaky = Leaky::new();
        let mut child = leaky.start();
        std::thread::sleep(Duration::from_micros(1000 + random.below(most)));
        let killed = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        child.wait().unwrap();
        leaky.is_old_or_new();
        leaky.is_finished_by_one_more_run();
        kills += usize::from(killed);
        // A quick machine was done before.
        most = if killed { most } else { most * 3 / 4 + 1 };
        if kills == 6 {
            return;
        }
    }
    panic!("only {kills} kills");
}

#[test]
fn saves_beside_a_redaction_are_all_kept_and_whole() {
    let leaky = Leaky::new();
    let (world, work) = (&leaky.day.world, &leaky.day.work);
    let other = "5f0c7c1e-3b0a-4a57-9d0e-6c1f2b7a9e85";
    let begun = leaky.states[0].clone();
    let save = |session: &str, content: Vec<u8>| {
        fs::write(world.transcript(work, session), &content).unwrap();
        let arguments = ["save", "--json", "-s", session, "-m", "beside", "HEAD~1"];
        (world.ckpt(work, &arguments).succeeds().id(), content)
    };
    let saved: Vec<(String, Vec<u8>)> = std::thread::scope(|scope| {
        // The session that is redacted goes on, and another one beside it.
        let same = scope.spawn(|| {
            let more = (0..5).map(|number| turns(work, SESSION, 50..52 + number));
            more.map(|more| save(SESSION, [&begun[..], &more].concat())).collect::<Vec<_>>()
        });
        let apart = scope.spawn(|| {
            let grown = (0..5).map(|number| turns(work, other, 0..2 + number));
            grown.map(|grown| save(other, grown)).collect::<Vec<_>>()
        });
        let mut tries = 0;
        loop {
            let ran = world.ckpt(work, &["redact", "--yes", "HEAD", "HEAD~2"]);
            if ran.code == Some(0) {
                break;
            }
            // What was saved meanwhile may hold what has to go, so it is looked at before.
            assert!(ran.err.contains("run the same command again"), "{}", ran.err);
            tries += 1;
            assert!(tries < 100, "{}", ran.err);
        }
        [same, apart].into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    leaky.day.ckpt(&REDACT);
    leaky.day.ckpt(&["scan", "--all"]);
    world.git(work, &["gc", "--quiet", "--prune=now"]);
    assert_eq!(found(world, work, &needles()), [""; 0]);
    world.is_in_order(work);
    let shown = leaky.day.ckpt(&["show", "HEAD~1", "--json"]).out;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let restored: Vec<Vec<u8>> = shown["on_this_commit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| world.restored(work, id.as_str().unwrap()))
        .collect();
    assert_eq!(restored.len(), saved.len() + 1);
    for (id, content) in &saved {
        assert!(restored.contains(content), "{id}");
    }
    assert!(!names(&leaky.file("ckpt")).contains(&"redacting".to_owned()));
}
