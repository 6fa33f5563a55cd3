//! What nobody has answered, what stands in the way, and the last thing that was said.

use crate::model::digest::{Digest, Gist, Saying, Speaker};
use crate::model::outline::{Part, Point};
use crate::model::template::Slot;
use crate::policy::draft::{Drafted, Occasion, Source, worth};
use crate::policy::ear::{cut, one_line, prose, sentences, without_mark};

/// Longest quotation of the last reply, in characters.
const LAST_WORDS: usize = 280;
/// What stands before a question, which may stand beside what is none.
pub const NOT_ANSWERED: &str = "not answered yet: ";
/// Longest prompt that is quoted, in characters.
const PROMPT: usize = 200;

pub(super) fn entries(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let mut entries: Vec<Drafted> = unanswered(digest).into_iter().collect();
    for (gist, slot, value) in
        [(Gist::Question, Slot::Questions, 870), (Gist::Blocker, Slot::Blockers, 880)]
    {
        let sayings = digest.sayings.of(gist).enumerate();
        entries.extend(sayings.map(|(place, saying)| {
            told(saying, slot, worth(value, place, &saying.when, occasion))
        }));
    }
    entries.extend(last_words(digest));
    entries
}

fn told(saying: &Saying, slot: Slot, value: u32) -> Drafted {
    let open = if slot == Slot::Questions { NOT_ANSWERED } else { "" };
    let text = format!("{open}{}", saying.text);
    let part = Part::Point(Point { text, details: Vec::new() });
    Drafted { slot, part, source: Source::of(saying), value }
}

/// The person's last prompt, where the agent has not said anything since.
fn unanswered(digest: &Digest) -> Option<Drafted> {
    let last = digest.last_prompt.as_ref().filter(|_| !digest.answered)?;
    let text = format!("{NOT_ANSWERED}{}", cut(&one_line(&last.text), PROMPT));
    let part = Part::Point(Point { text, details: Vec::new() });
    let source = Source::said(last.when, Speaker::Person);
    Some(Drafted { slot: Slot::Questions, part, source, value: 950 })
}

/// The first sentences of the last reply, without lists and what stands elsewhere as a question or a blocker.
fn last_words(digest: &Digest) -> Option<Drafted> {
    let reply = digest.last_reply.as_ref()?;
    let elsewhere: Vec<&str> = [Gist::Question, Gist::Blocker]
        .into_iter()
        .flat_map(|gist| digest.sayings.of(gist))
        .map(|saying| saying.text.as_str())
        .collect();
    let lines: Vec<&str> = prose(reply)
        .filter(|line| without_mark(line) == *line && !line.ends_with(':'))
        .take(4)
        .collect();
    let mut told = sentences(&lines.join("\n"));
    told.retain(|sentence| !elsewhere.contains(&sentence.as_str()));
    let text = cut(&told.join(" "), LAST_WORDS);
    let part = Part::Prose { text: format!("> {text}") };
    let source = Source::said(digest.replied, Speaker::Agent);
    (!text.is_empty()).then_some(Drafted { slot: Slot::LastWords, part, source, value: 520 })
}
