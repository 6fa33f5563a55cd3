//! The compactions of a session: when its context was replaced by a summary, how much smaller it became, and what the
//! summary does not speak of.
//!
//! What is looked for are things that can be told apart without understanding: prompts by their words, files by their
//! names, open items of the plan by theirs. A thing counts as dropped where the summary holds neither its words nor its
//! name; whether it still mattered is for the reader to say.

use crate::model::session::{Event, PlanItem, PlanState, Record, Thread};
use crate::model::time::Timestamp;
use crate::policy::words::{Words, first_words, telling};

/// How much of each kind is remembered between two compactions.
const MOST: usize = 200;
/// Words of a prompt or an item that are shown.
const SHOWN_WORDS: usize = 12;
/// Significant words of a text that are looked for; a long prompt is known by its beginning.
const SOUGHT_WORDS: usize = 24;
/// Of how many percent of these a summary that speaks of the text holds at least.
const ENOUGH: usize = 50;
/// A text of fewer significant words cannot be told from any other.
const LEAST: usize = 2;

/// One compaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compaction {
    pub at: Option<Timestamp>,
    /// Tokens in the context window before and after.
    pub before: Option<u64>,
    pub after: Option<u64>,
    /// What the summary does not speak of; `None` where it cannot be read.
    pub dropped: Option<Dropped>,
}

/// What was said or done since the compaction before, and is not in the summary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// The first words of prompts.
    pub prompts: Vec<String>,
    /// Files that were edited, from where the session works.
    pub files: Vec<String>,
    /// Items of the plan that were open.
    pub items: Vec<String>,
}

impl Dropped {
    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty() && self.files.is_empty() && self.items.is_empty()
    }
}

/// Takes the records of a transcript, one after the other, and remembers its compactions.
#[derive(Debug, Default)]
pub struct Compactions {
    found: Vec<Compaction>,
    context: Option<u64>,
    since: Since,
    plan: Vec<PlanItem>,
    /// Where the session works; what lies below is named from there.
    directory: Option<String>,
}

/// What happened since the last compaction.
#[derive(Debug, Default)]
struct Since {
    prompts: Vec<String>,
    files: Vec<String>,
}

impl Compactions {
    pub fn take(&mut self, record: Record) {
        if record.thread == Thread::Side {
            return;
        }
        for event in record.events {
            match event {
                Event::Compaction { tokens_before, tokens_after, summary } => {
                    self.found.push(Compaction {
                        at: record.at,
                        before: tokens_before.or(self.context),
                        after: tokens_after,
                        dropped: None,
                    });
                    summary.iter().for_each(|summary| self.take_summary(summary));
                }
                Event::Summary(text) => self.take_summary(&text),
                Event::Usage(usage) => self.take_usage(usage.context),
                event => self.take_other(event),
            }
        }
    }

    /// All of them, oldest first.
    pub fn finish(self) -> Vec<Compaction> {
        self.found
    }

    fn take_usage(&mut self, context: u64) {
        self.context = Some(context);
        if let Some(last) = self.found.last_mut() {
            last.after.get_or_insert(context);
        }
    }

    fn take_summary(&mut self, summary: &str) {
        let Some(last) = self.found.last_mut().filter(|last| last.dropped.is_none()) else {
            return;
        };
        let since = std::mem::take(&mut self.since);
        last.dropped = Some(dropped(&since, &self.plan, summary));
    }

    fn take_other(&mut self, event: Event) {
        match event {
            Event::Prompt(text) => remember(&mut self.since.prompts, text),
            Event::Setting { cwd: Some(directory), .. } => {
                self.directory.get_or_insert(directory);
            }
            Event::Edit { path, .. } => {
                let path = self.seen_from_there(path);
                self.since.files.retain(|known| *known != path);
                remember(&mut self.since.files, path);
            }
            Event::PlanReplaced(items) => {
                self.plan = items;
                self.plan.truncate(MOST);
            }
            Event::PlanItemAdded(item) if self.plan.len() < MOST => self.plan.push(item),
            Event::PlanItemChanged { id, text, state } => {
                if let Some(item) = self.plan.iter_mut().find(|item| item.id == id) {
                    item.state = state.unwrap_or(item.state);
                    item.text = text.unwrap_or_else(|| std::mem::take(&mut item.text));
                }
            }
            _ => {}
        }
    }
}

impl Compactions {
    fn seen_from_there(&self, path: String) -> String {
        let below = self.directory.as_ref().and_then(|directory| path.strip_prefix(directory));
        below.and_then(|below| below.strip_prefix('/')).map(str::to_owned).unwrap_or(path)
    }
}

fn remember(list: &mut Vec<String>, text: String) {
    if list.len() == MOST {
        list.remove(0);
    }
    list.push(text);
}

fn dropped(since: &Since, plan: &[PlanItem], summary: &str) -> Dropped {
    let spoken = Words::of(summary);
    let short = |text: &String| first_words(text, SHOWN_WORDS);
    let open = plan.iter().filter(|item| item.state != PlanState::Completed);
    let lacks = |text: &&String| !speaks_of(&spoken, text);
    Dropped {
        prompts: since.prompts.iter().filter(lacks).map(short).collect(),
        files: since.files.iter().filter(|path| !names(summary, path)).cloned().collect(),
        items: open.map(|item| &item.text).filter(lacks).map(short).collect(),
    }
}

fn speaks_of(spoken: &Words, text: &str) -> bool {
    let mut sought = telling(text);
    sought.truncate(SOUGHT_WORDS);
    sought.len() < LEAST || spoken.shared(&sought) * 100 >= sought.len() * ENOUGH
}

/// Whether a text holds the name of a file.
fn names(text: &str, path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    text.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::{EditKind, Usage};

    fn main(events: Vec<Event>) -> Record {
        Record { events, ..Record::default() }
    }

    fn usage(context: u64) -> Event {
        Event::Usage(Usage { context, ..Usage::default() })
    }

    fn compaction(before: Option<u64>, summary: Option<&str>) -> Event {
        let summary = summary.map(str::to_owned);
        Event::Compaction { tokens_before: before, tokens_after: None, summary }
    }

    fn edit(path: &str) -> Event {
        Event::Edit { path: path.into(), kind: EditKind::Updated }
    }

    fn found(records: Vec<Record>) -> Vec<Compaction> {
        let mut all = Compactions::default();
        records.into_iter().for_each(|record| all.take(record));
        all.finish()
    }

    #[test]
    fn what_the_summary_does_not_speak_of_was_dropped() {
        let item = |text: &str, state| PlanItem { id: "1".into(), text: text.into(), state };
        let cwd = Some("/w".to_owned());
        let all = found(vec![
            main(vec![Event::Setting { cwd, branch: None, version: None }]),
            main(vec![Event::Prompt("Water the tomato beds only when the soil is dry".into())]),
            main(vec![Event::Prompt("Never open the valve while the pump starts".into())]),
            main(vec![Event::Prompt("ok".into())]),
            main(vec![edit("/w/src/soil.rs"), edit("/w/src/pump.rs"), edit("/x/a.rs")]),
            main(vec![Event::PlanReplaced(vec![
                item("calibrate moisture sensor", PlanState::Pending),
                item("paint the greenhouse door", PlanState::Completed),
            ])]),
            main(vec![compaction(Some(900), None)]),
            main(vec![Event::Summary(
                "The tomato beds get water when the soil is dry; see soil.rs.".into(),
            )]),
        ]);
        let expected = Dropped {
            prompts: vec!["Never open the valve while the pump starts".into()],
            files: vec!["src/pump.rs".into(), "/x/a.rs".into()],
            items: vec!["calibrate moisture sensor".into()],
        };
        assert_eq!(all[0].dropped, Some(expected));
    }

    #[test]
    fn tokens_that_are_not_told_are_those_of_the_messages_around() {
        let all = found(vec![
            main(vec![usage(700)]),
            main(vec![compaction(None, Some("so far"))]),
            main(vec![usage(50)]),
            main(vec![usage(90)]),
            main(vec![compaction(Some(95), None)]),
        ]);
        let tokens: Vec<_> = all.iter().map(|one| (one.before, one.after)).collect();
        assert_eq!(tokens, [(Some(700), Some(50)), (Some(95), None)]);
    }

    #[test]
    fn each_compaction_answers_for_what_came_since_the_one_before() {
        let early = "Rename the irrigation module everywhere";
        let all = found(vec![
            main(vec![Event::Prompt(early.into())]),
            main(vec![compaction(None, Some("something unrelated"))]),
            main(vec![compaction(None, Some("something unrelated"))]),
        ]);
        let prompts = |one: &Compaction| one.dropped.clone().map(|dropped| dropped.prompts);
        assert_eq!(prompts(&all[0]), Some(vec![early.to_owned()]));
        assert_eq!(prompts(&all[1]), Some(Vec::new()));
    }

    #[test]
    fn a_summary_that_cannot_be_read_tells_nothing_of_what_was_dropped() {
        let all = found(vec![main(vec![edit("a.rs")]), main(vec![compaction(None, None)])]);
        assert_eq!(all[0].dropped, None);
    }

    #[test]
    fn a_side_thread_is_nobodys_context() {
        let mut side = main(vec![compaction(None, None)]);
        side.thread = Thread::Side;
        assert!(found(vec![side]).is_empty());
    }
}
