//! What an agent's reply says. Only what it says of itself in the first person, or under a label, decides anything.

use crate::model::digest::{Gist, Heard, Speaker};
use crate::policy::ear::phrases::{alternative, has, plain, reason, starts, word_count};
use crate::policy::ear::sentences::{one_line, prose, sentences, without_bullet};
use crate::policy::ear::{reasoned, said};

/// Longest sentence that decides something, in words.
const WORDS: usize = 40;

/// Most questions and steps out of one reply.
const QUESTIONS: usize = 3;
const STEPS: usize = 6;

pub(super) fn hear(text: &str) -> Vec<Heard> {
    let all = sentences(text);
    let mut heard: Vec<Heard> = all.iter().flat_map(|sentence| decided(sentence)).take(4).collect();
    heard.extend(questions(&all));
    heard.extend(
        all.iter().filter(|one| blocks(&plain(one))).take(2).map(|one| told(Gist::Blocker, one)),
    );
    heard.extend(steps(text));
    heard
}

fn told(gist: Gist, sentence: &str) -> Heard {
    reasoned(gist, Speaker::Agent, &one_line(sentence.trim_end_matches([';', ','])))
}

fn decided(sentence: &str) -> Vec<Heard> {
    let bare = plain(sentence);
    if word_count(&bare) > WORDS || word_count(&bare) < 4 || sentence.ends_with('?') {
        return Vec::new();
    }
    if defers(&bare) {
        return vec![told(Gist::Deferred, sentence)];
    }
    if rejects(&bare) {
        return vec![told(Gist::Rejected, sentence)];
    }
    if !adopts(&bare) {
        return Vec::new();
    }
    let chosen = told(Gist::Adopted, sentence);
    let left = alternative(sentence).filter(|option| !option.contains("ing "));
    let left = left.map(|option| Heard {
        why: chosen.why.clone(),
        ..said(Gist::Rejected, Speaker::Agent, option)
    });
    [Some(chosen), left].into_iter().flatten().collect()
}

fn adopts(bare: &str) -> bool {
    const SELF: &str =
        "i'll|i will|i'm going to|i am going to|i'm|i am|we'll|we will|let's|i've|i have|we|i";
    const CHOOSES: &str = "use|using|used|go with|going with|went with|keep|keeping|kept|store|storing|stick with|\
        sticking with|switch to|switching to|switched to|model|represent|prefer|chose|picked";
    const LABELS: &str = "decision:|decided:|i decided|i've decided|we decided|i chose|i went with|i settled on|\
        chosen approach:|we agreed";
    let own = SELF
        .split('|')
        .find_map(|start| bare.strip_prefix(start)?.strip_prefix(' '))
        .unwrap_or_default();
    let own = own.strip_prefix("also ").unwrap_or(own);
    let explained = has(bare, "instead of|rather than") || reason(bare).is_some();
    // How the agent goes about its work decides nothing about the work.
    const MANNERS: &str = "waiting|interrupting|guidance|skill|skills|worker|subagent|subagents|next step|moving on|\
        rerunning|re-running|todo|task list|polling for";
    starts(bare, LABELS) || starts(own, CHOOSES) && explained && !has(bare, MANNERS)
}

fn rejects(bare: &str) -> bool {
    const SAYS: &str = "i ruled out|ruled out because|is ruled out|decided against|i rejected|we rejected|\
        rejected because|won't work because|doesn't work because|not viable because|\
        not an option because|i dropped the idea";
    has(bare, SAYS)
        || starts(bare, "rejected:|ruled out:|i considered")
            && has(bare, "but|because|rejected:|ruled out:")
}

fn defers(bare: &str) -> bool {
    const SAYS: &str = "out of scope|for a follow-up|for a follow up|in a follow-up|in a follow up|\
        as a follow-up|left for later|leave that for later|leave it for later|\
        leaving that for later|for a later|in a separate pr|as a separate pr|i deferred|\
        deferred:|deferring|not part of this|intentionally left";
    has(bare, SAYS) && !has(bare, "if")
}

fn blocks(bare: &str) -> bool {
    const SAYS: &str = "i'm blocked|i am blocked|is blocked on|is blocked by|are blocked on|blocked on|blocker:|\
        i can't proceed|i cannot proceed|can't continue until|cannot continue until|\
        waiting for you to|waiting on you|i need you to|needs your|requires your approval";
    has(bare, SAYS) && word_count(bare) <= WORDS && !has(bare, "if|not blocked|no longer")
}

/// The questions at the end of a reply; those in its middle the agent answers itself.
fn questions(all: &[String]) -> Vec<Heard> {
    let asks = |one: &&String| one.ends_with('?') && word_count(one) >= 3;
    let tail = all.len().saturating_sub(14);
    let mut last: Vec<Heard> = all[tail..]
        .iter()
        .rev()
        .filter(asks)
        .take(QUESTIONS)
        .map(|one| said(Gist::Question, Speaker::Agent, one))
        .collect();
    last.reverse();
    last
}

/// The list below words that announce what comes next.
fn steps(text: &str) -> Vec<Heard> {
    const NAMES: &str = "next steps|next step|next up|remaining|remaining work|still to do|todo|to do|what's left|\
        what is left|not done yet|left to do";
    let mut steps = Vec::new();
    let mut announced = false;
    // Headings are no prose, yet here they announce.
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    for line in lines {
        let (words, listed) = without_bullet(line);
        let name = plain(words.trim_start_matches('#').trim());
        let label = name.trim_end_matches([':', '.']);
        let announces = NAMES.split('|').any(|one| {
            label.strip_prefix(one).is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with(" (")
                    || name.ends_with(':') && word_count(rest) < 6
            })
        });
        if announces && !listed {
            (announced, steps) = (true, Vec::new());
        } else if announced && listed && prose(line).next().is_some() {
            steps.push(said(Gist::Step, Speaker::Agent, words));
        } else if announced && !line.starts_with([' ', '\t']) {
            announced = false;
        }
    }
    steps.truncate(STEPS);
    steps
}
