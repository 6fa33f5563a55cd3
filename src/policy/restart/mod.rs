//! What became of a checkpoint in the session that went on from it: what it read again, asked again, brought back, and
//! whether it did what was to be done next.
//!
//! Words are compared, nothing is understood: everything that is found *looks like* what it is called, and is quoted
//! so that a person can judge. A sentence that speaks against an option does not bring it back, nor does a person who
//! opens the matter again.

mod calls;
mod speech;

use std::collections::HashSet;

use crate::model::outline::{Outline, Verdict};
use crate::model::session::{Event, Record, Thread};
use crate::policy::opening;
use crate::policy::outline;
use crate::policy::restart::calls::{Deed, deed, looked_at, without_flags};
use crate::policy::restart::speech::{for_it, sentences, speaks_against, statements, wanted};
use crate::policy::resumption;
use crate::policy::sections;
use crate::policy::wording::head;
use crate::policy::words::{Words, first_words, telling};

/// Of how many percent of the words of a decision a text holds at least that is about it.
const ENOUGH: usize = 60;
/// A decision of fewer words cannot be told from other talk.
const LEAST: usize = 2;
/// Words of a passage that are quoted.
const QUOTED_WORDS: usize = 24;
/// Passages that are quoted for one decision.
const PASSAGES: usize = 3;

/// What a checkpoint says that a later session can be held against.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Files that the document names.
    pub files: Vec<String>,
    /// What is settled, the adopted and the rejected.
    settled: Vec<Settled>,
    pub next: Option<String>,
    next_words: Vec<String>,
    next_files: Vec<String>,
}

#[derive(Clone, Debug)]
struct Settled {
    text: String,
    words: Vec<String>,
    /// The words that tell a rejected option from what was adopted.
    rejected: Option<Vec<String>>,
}

/// What the later session did with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restart {
    /// Files named by the checkpoint that were looked into.
    pub reread: Vec<String>,
    pub asked_again: Vec<Passage>,
    /// Rejected options that came back.
    pub drift: Vec<Passage>,
    /// What looks like the next action being taken.
    pub next_taken: Option<Passage>,
    /// Prompts of the person that were seen.
    pub turns: u64,
}

/// A place in the later session that is about something in the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// What it is about, in the words of the checkpoint.
    pub about: String,
    pub turn: u64,
    pub quote: String,
}

impl Given {
    /// Takes it out of a document.
    pub fn of(body: &str) -> Self {
        let outline = outline::read(body);
        let mut files: Vec<String> = outline.files().map(|file| file.path.clone()).collect();
        files.extend(sections::file_names(body).into_iter().map(str::to_owned));
        let mut seen = HashSet::new();
        files.retain(|file| seen.insert(file.clone()));
        let next = resumption::next_action(&outline);
        let named = next.as_deref().map(sections::file_names).unwrap_or_default();
        Self {
            files,
            settled: settled(&outline),
            next_words: next.as_deref().map(telling).unwrap_or_default(),
            next_files: named.into_iter().map(str::to_owned).collect(),
            next,
        }
    }

    /// How many options were rejected that can be told apart by their words.
    pub fn rejected(&self) -> usize {
        self.settled.iter().filter(|one| one.rejected.is_some()).count()
    }

    pub fn settled(&self) -> usize {
        self.settled.len()
    }
}

fn settled(outline: &Outline) -> Vec<Settled> {
    let of = |verdict: Verdict| outline.decisions().filter(move |one| one.verdict == verdict);
    let adopted: HashSet<String> =
        of(Verdict::Adopted).flat_map(|one| telling(&one.decision)).collect();
    let adopt = of(Verdict::Adopted).map(|one| Settled {
        text: one.decision.clone(),
        words: telling(&one.decision),
        rejected: None,
    });
    let reject = of(Verdict::Rejected).map(|one| {
        // What it was rejected for is not what it is.
        let words = Some(telling(head(&one.decision))).filter(|words| !words.is_empty());
        let words = words.unwrap_or_else(|| telling(&one.decision));
        let own: Vec<String> =
            words.iter().filter(|word| !adopted.contains(*word)).cloned().collect();
        let rejected = Some(own).filter(|own| !own.is_empty());
        Settled { text: one.decision.clone(), words, rejected }
    });
    adopt.chain(reject).collect()
}

/// Follows a session that went on from a checkpoint, record by record.
pub struct Follower<'g> {
    given: &'g Given,
    restart: Restart,
    /// Options that the person has brought up again.
    reopened: HashSet<usize>,
    /// The session began with the checkpoint's opening message, which asks to tell it in other words.
    restates: bool,
}

impl<'g> Follower<'g> {
    pub fn new(given: &'g Given) -> Self {
        Self { given, restart: Restart::default(), reopened: HashSet::new(), restates: false }
    }

    pub fn take(&mut self, record: Record) {
        if record.thread == Thread::Side {
            return;
        }
        for event in record.events {
            match event {
                Event::Prompt(text) => self.prompt(&text),
                Event::Reply(text) => self.reply(&text),
                Event::ToolCall { name, input, .. } => self.call(&name, &input),
                Event::Edit { path, .. } => self.edit(&path),
                _ => {}
            }
        }
    }

    pub fn finish(self) -> Restart {
        self.restart
    }

    fn prompt(&mut self, text: &str) {
        self.restart.turns += 1;
        if opening::is_like(text) {
            self.restates = true;
            return;
        }
        self.restates = false;
        let words = Words::of(&for_it(text));
        let given = self.given;
        for (place, option) in rejected(given) {
            if holds(&words, option) {
                self.reopened.insert(place);
            }
        }
    }

    fn reply(&mut self, text: &str) {
        for sentence in sentences(text).filter(|sentence| sentence.ends_with('?')) {
            self.question(sentence);
        }
        for sentence in statements(text).into_iter().filter(|one| !one.ends_with('?')) {
            if !self.restates && !speaks_against(sentence) {
                self.brings_back(&Words::of(&wanted(sentence)), sentence);
            }
        }
    }

    fn call(&mut self, name: &str, input: &str) {
        match deed(name, input) {
            Deed::Ask { question } => sentences(&question).for_each(|one| self.question(one)),
            Deed::Write { new, old } => {
                let old: HashSet<String> = telling(&old).into_iter().collect();
                let fresh = |text: &str| -> Words {
                    telling(text).into_iter().filter(|word| !old.contains(word)).collect()
                };
                self.brings_back(&fresh(&for_it(&new)), new.trim());
                self.may_be_next(&fresh(&new), new.trim());
            }
            Deed::Run { command } => {
                self.brings_back(&Words::of(&for_it(&without_flags(&command))), &command);
                self.may_be_next(&Words::of(&command), &command);
                self.looks_into(&looked_at(&command));
            }
            Deed::Look { at } => self.looks_into(&at),
            Deed::Nothing => {}
        }
    }

    fn looks_into(&mut self, input: &str) {
        for file in &self.given.files {
            if names(input, file) && !self.restart.reread.contains(file) {
                self.restart.reread.push(file.clone());
            }
        }
    }

    fn edit(&mut self, path: &str) {
        let is_named = |name: &&String| {
            path.strip_suffix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        if let Some(name) = self.given.next_files.iter().find(is_named) {
            self.next_is_taken(&format!("edit of {name}"));
        }
    }

    fn may_be_next(&mut self, words: &Words, quote: &str) {
        let sought = &self.given.next_words;
        if sought.len() >= LEAST && is_enough(words.shared(sought), sought.len()) {
            self.next_is_taken(quote);
        }
    }

    fn next_is_taken(&mut self, quote: &str) {
        if let (None, Some(next)) = (&self.restart.next_taken, &self.given.next) {
            self.restart.next_taken = Some(self.passage(next, quote));
        }
    }

    fn question(&mut self, sentence: &str) {
        let words = Words::of(sentence);
        for one in &self.given.settled {
            let shared = words.shared(&one.words);
            if shared >= LEAST && is_enough(shared, one.words.len()) {
                let passage = self.passage(&one.text, sentence);
                note(&mut self.restart.asked_again, passage);
            }
        }
    }

    fn brings_back(&mut self, words: &Words, quote: &str) {
        let given = self.given;
        for (place, option) in rejected(given) {
            if !self.reopened.contains(&place) && holds(words, option) {
                let passage = self.passage(&given.settled[place].text, quote);
                note(&mut self.restart.drift, passage);
            }
        }
    }

    fn passage(&self, about: &str, quote: &str) -> Passage {
        Passage {
            about: first_words(about, QUOTED_WORDS),
            turn: self.restart.turns,
            quote: first_words(quote, QUOTED_WORDS),
        }
    }
}

/// Whether a text names a file, and not only one whose name ends or begins like it.
fn names(text: &str, file: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    text.match_indices(file).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + file.len()..].starts_with(is_part)
    })
}

/// The rejected options by their places, with the words that are only theirs.
fn rejected(given: &Given) -> impl Iterator<Item = (usize, &[String])> {
    let all = given.settled.iter().enumerate();
    all.filter_map(|(place, one)| Some((place, one.rejected.as_deref()?)))
}

/// Whether a text brings up an option: by all of its words where they are few.
fn holds(words: &Words, option: &[String]) -> bool {
    let shared = words.shared(option);
    shared == option.len() || (option.len() > LEAST && is_enough(shared, option.len()))
}

fn is_enough(shared: usize, all: usize) -> bool {
    shared * 100 >= all * ENOUGH
}

fn note(passages: &mut Vec<Passage>, passage: Passage) {
    let same = passages.iter().filter(|known| known.about == passage.about);
    if same.count() < PASSAGES && !passages.contains(&passage) {
        passages.push(passage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::EditKind;

    const DOCUMENT: &str = "# Webhooks\n\n## Decisions\n\n\
        - ADOPTED: Postgres table as the retry queue\n- REJECTED: Kafka cluster as the retry queue\n\n\
        ## Next steps\n\n1. Sign outgoing payloads in `src/sign.rs`\n\n\
        ## Files in play\n\n- `src/sign.rs`: untouched\n- `src/retry.rs`: done\n";

    fn followed(events: Vec<Event>) -> Restart {
        let given = Given::of(DOCUMENT);
        let mut follower = Follower::new(&given);
        for event in events {
            follower.take(Record { events: vec![event], ..Record::default() });
        }
        follower.finish()
    }

    fn reply(text: &str) -> Event {
        Event::Reply(text.into())
    }

    fn prompt(text: &str) -> Event {
        Event::Prompt(text.into())
    }

    fn call(name: &str, input: &str) -> Event {
        Event::ToolCall { id: "c".into(), name: name.into(), input: input.into() }
    }

    fn drift(events: Vec<Event>) -> Vec<String> {
        followed(events).drift.into_iter().map(|one| one.quote).collect()
    }

    #[test]
    fn a_document_tells_what_a_session_is_held_against() {
        let given = Given::of(DOCUMENT);
        assert_eq!(given.files, ["src/sign.rs", "src/retry.rs"]);
        assert_eq!((given.settled(), given.rejected()), (2, 1));
        assert_eq!(given.next.as_deref(), Some("Sign outgoing payloads in `src/sign.rs`"));
    }

    #[test]
    fn files_that_the_document_names_are_counted_when_they_are_read_again() {
        let found = followed(vec![
            call("Read", r#"{"file_path":"/w/src/retry.rs"}"#),
            call("Bash", r#"{"command":"cat src/retry.rs"}"#),
            call("Write", r#"{"file_path":"/w/src/sign.rs","content":"x"}"#),
        ]);
        assert_eq!(found.reread, ["src/retry.rs"]);
        let other = call("Read", r#"{"file_path":"/w/mysrc/retry.rs_old"}"#);
        assert!(followed(vec![other]).reread.is_empty());
    }

    #[test]
    fn a_question_about_what_is_settled_asks_again() {
        let asked = "Fine. Should the retry queue be a Postgres table or something else? Tell me.";
        let found = followed(vec![prompt("go"), reply(asked)]);
        let quotes: Vec<&str> = found.asked_again.iter().map(|one| one.quote.as_str()).collect();
        assert_eq!(quotes, ["Should the retry queue be a Postgres table or something else?"]);
        assert_eq!(found.asked_again[0].turn, 1);
        let statement = "The retry queue is a Postgres table.";
        let other = "Which port should the server listen on?";
        assert!(followed(vec![reply(statement), reply(other)]).asked_again.is_empty());
        let tool = call(
            "AskUserQuestion",
            r#"{"questions":[{"question":"Is a Kafka cluster for the retry queue fine?"}]}"#,
        );
        assert_eq!(followed(vec![tool]).asked_again.len(), 1);
    }

    #[test]
    fn a_rejected_option_that_is_taken_up_is_drift() {
        let taken = [
            reply("Let me set up a Kafka cluster."),
            call("Bash", r#"{"command":"helm install kafka-cluster"}"#),
            call("Edit", r#"{"old_string":"queue()","new_string":"kafka_cluster.queue()"}"#),
        ];
        for event in taken {
            assert_eq!(drift(vec![event.clone()]).len(), 1, "{event:?}");
        }
    }

    #[test]
    fn what_speaks_against_an_option_or_looks_for_it_is_no_drift() {
        let harmless = [
            reply("A Kafka cluster was ruled out."),
            reply("We use a table rather than a Kafka cluster."),
            reply("The retry queue is a table."),
            call("Bash", r#"{"command":"rg 'kafka cluster' src"}"#),
            call("Bash", r#"{"command":"helm uninstall kafka cluster"}"#),
            call("Edit", r#"{"old_string":"kafka cluster","new_string":"table"}"#),
            call("Edit", r#"{"old_string":"kafka cluster a","new_string":"kafka cluster b"}"#),
        ];
        for event in harmless {
            assert!(drift(vec![event.clone()]).is_empty(), "{event:?}");
        }
    }

    #[test]
    fn a_session_that_was_asked_to_restate_the_document_may_name_what_was_rejected() {
        let opening = prompt("## Checkpoint document\n<checkpoint-document>\nKafka cluster");
        let words = reply("Considered: Kafka cluster.");
        assert!(drift(vec![opening.clone(), words.clone()]).is_empty());
        assert_eq!(drift(vec![opening, prompt("yes"), words]).len(), 1);
    }

    #[test]
    fn ten_ways_to_say_that_it_stays_rejected_are_no_drift() {
        for text in [
            "The Kafka cluster is off the table.",
            "I will keep away from a Kafka cluster.",
            "A Kafka cluster would be overkill, so the table stays.",
            "The team turned down the Kafka cluster.",
            "We can't use a Kafka cluster here.",
            "The Kafka cluster hasn’t been reconsidered.",
            "The Kafka cluster is still excluded.",
            "Nobody wants the Kafka cluster back.",
            "A Kafka cluster would have been too heavy.",
            "- ~~Kafka cluster~~",
            "The Kafka cluster was considered, and loses to the table.",
            "**Rejected:**\n\n- Kafka cluster\n- a cron job",
            "## Ruled out\n1. Kafka cluster",
            "A table is simpler than a Kafka cluster.",
            "Instead of a Kafka cluster, we use the table.",
        ] {
            assert!(drift(vec![reply(text)]).is_empty(), "{text}");
        }
        for harmless in [
            call("Write", r#"{"content":"We rejected a Kafka cluster."}"#),
            call("Bash", r#"{"command":"echo 'no Kafka cluster' >> NOTES"}"#),
            call("Bash", r#"{"command":"cat > adr.md <<E\nRejected: Kafka cluster\nE"}"#),
            call("TodoWrite", r#"{"todos":[{"content":"keep the Kafka cluster out"}]}"#),
        ] {
            assert!(drift(vec![harmless.clone()]).is_empty(), "{harmless:?}");
        }
    }

    #[test]
    fn ten_ways_to_take_it_up_are_drift() {
        for text in [
            "I'll use a Kafka cluster instead.",
            "A Kafka cluster instead of the table would scale.",
            "A Kafka cluster is better than a table.",
            "Switching to the Kafka cluster.",
            "Rejected before:\n- cron\n\nNow setting up the Kafka cluster.",
            "Rather than the table, the Kafka cluster it is.",
        ] {
            assert_eq!(drift(vec![reply(text)]).len(), 1, "{text}");
        }
        let run = call("Bash", r#"{"command":"helm install --no-hooks kafka cluster"}"#);
        assert_eq!(drift(vec![run]).len(), 1);
    }

    #[test]
    fn why_an_option_was_rejected_is_no_part_of_it() {
        let given = Given::of(
            "## Decisions\n\n- ADOPTED: Postgres as the queue\n\
            - REJECTED: Redis as the queue, it loses entries on every restart\n",
        );
        let mut follower = Follower::new(&given);
        let events = vec![reply("Let's move to Redis.")];
        follower.take(Record { events, ..Record::default() });
        assert_eq!(follower.finish().drift.len(), 1);
    }

    #[test]
    fn a_person_who_speaks_against_an_option_does_not_open_it() {
        let reminded = prompt("Remember: no Kafka cluster.");
        assert_eq!(drift(vec![reminded, reply("Setting up the Kafka cluster.")]).len(), 1);
    }

    #[test]
    fn what_does_not_read_a_file_does_not_read_it_again() {
        for harmless in [
            call("Bash", r#"{"command":"git add src/retry.rs && git commit -m 'x'"}"#),
            call("Bash", r#"{"command":"rm src/retry.rs"}"#),
            call("Bash", r#"{"command":"echo src/retry.rs >> list"}"#),
            call("TodoWrite", r#"{"todos":[{"content":"edit src/retry.rs"}]}"#),
            call("update_plan", r#"{"plan":[{"step":"edit src/retry.rs"}]}"#),
        ] {
            assert!(followed(vec![harmless.clone()]).reread.is_empty(), "{harmless:?}");
        }
        for reading in [
            call("Bash", r#"{"command":"git show HEAD:src/retry.rs"}"#),
            call("Bash", r#"{"command":"git add a && cat src/retry.rs"}"#),
            call("Grep", r#"{"pattern":"x","path":"src/retry.rs"}"#),
        ] {
            assert_eq!(followed(vec![reading.clone()]).reread, ["src/retry.rs"], "{reading:?}");
        }
    }

    #[test]
    fn an_option_that_the_person_brings_up_again_is_open() {
        let reopened = prompt("Let us try the Kafka cluster after all");
        assert!(drift(vec![reopened, reply("Setting up the Kafka cluster.")]).is_empty());
    }

    #[test]
    fn the_next_action_is_taken_by_an_edit_of_its_file_or_by_its_words() {
        let edit = Event::Edit { path: "/w/src/sign.rs".into(), kind: EditKind::Updated };
        let by_file =
            followed(vec![prompt("go"), edit]).next_taken.map(|one| (one.turn, one.quote));
        assert_eq!(by_file, Some((1, "edit of src/sign.rs".into())));
        let run = call("Bash", r#"{"command":"./sign --outgoing payloads src/sign.rs"}"#);
        assert!(followed(vec![run]).next_taken.is_some());
        let other = Event::Edit { path: "/w/src/design.rs".into(), kind: EditKind::Updated };
        assert_eq!(followed(vec![other, reply("Signing outgoing payloads.")]).next_taken, None);
    }
}
