//! What a person's prompt says.

use crate::model::digest::{Gist, Heard, Speaker};
use crate::policy::ear::files;
use crate::policy::ear::phrases::{alternative, has, plain, reason, starts, word_count};
use crate::policy::ear::sentences::{one_line, prose, sentences, without_bullet};
use crate::policy::ear::{reasoned, said};

/// Longest sentence that decides something, in words.
const WORDS: usize = 45;

/// What it takes for a prompt to say what is wanted.
const ASK: usize = 4;

/// Most sayings of each gist out of one prompt.
const EACH: usize = 4;

pub(super) fn hear(text: &str) -> Vec<Heard> {
    let mut heard: Vec<Heard> = Vec::new();
    heard.extend(ask(text));
    // A plan that is handed over whole is the wish itself, and its sentences are no decisions of the moment.
    if plan_title(text).is_none() {
        for sentence in sentences(text) {
            // A list with bold beginnings was written by an agent and pasted.
            let pasted = sentence.starts_with("**");
            for one in if pasted { Vec::new() } else { decided(&sentence) } {
                if heard.iter().filter(|other| other.gist == one.gist).count() < EACH {
                    heard.push(one);
                }
            }
        }
    }
    heard.extend(files::named(text));
    heard
}

/// What is wanted: the prompt's own sentences, unless they only say to go on.
fn ask(text: &str) -> Option<Heard> {
    if let Some(title) = plan_title(text) {
        return Some(said(Gist::Ask, Speaker::Person, &format!("Implement the plan: {title}")));
    }
    let own: Vec<&str> = prose(text).take(12).map(|line| without_bullet(line).0).collect();
    let own = own.join(" ");
    let words = word_count(&own);
    let bare = plain(&own);
    let is_command = own.starts_with('/') && words < ASK;
    let goes_on = words < ASK && !has(&bare, WORK)
        || words <= 8 && starts(&bare, CONTINUE)
        || words < 6
            && !own.starts_with('/')
            && ["that", "it", "this", "again"].iter().any(|end| bare.ends_with(end))
        || words < 3;
    (!goes_on && !is_command && !asks_back(&own, &bare))
        .then(|| said(Gist::Ask, Speaker::Person, &own))
}

/// A question that wants to be told something and nothing done.
fn asks_back(own: &str, bare: &str) -> bool {
    const STARTS: &str = "how|what|what's|why|which|where|when|who|is|are|does|do|did|was|were|has|have|should|\
        can you explain|can you tell|could you explain|explain|am i|do i|so is";
    let short = word_count(bare) <= 25 && !own.trim_end_matches('?').contains(['?', '.']);
    short && starts(bare, STARTS)
}

/// Words that ask for work even in a short prompt.
const WORK: &str = "fix|add|implement|remove|refactor|write|build|rename|update|migrate";

/// How prompts start that only keep things going.
const CONTINUE: &str = "continue|go on|go ahead|proceed|carry on|keep going|do it|do that|yes|y|ok|thanks|thank you|\
    looks good|lgtm|sounds good|commit|push|try again|retry|next|let's do it|let's go|resume|\
    wait|stop|nice|great|good|done|again|are you done|is it done";

/// The heading of a plan that a prompt hands over.
fn plan_title(text: &str) -> Option<String> {
    let rest = text.trim_start().strip_prefix("Implement the following plan:")?;
    let heading = rest.lines().map(str::trim).find(|line| line.starts_with('#'))?;
    let title = heading.trim_start_matches('#').trim();
    let title = title.strip_prefix("Plan:").unwrap_or(title).trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// What one sentence decides; nothing where it asks, tells a story or is too long.
fn decided(sentence: &str) -> Vec<Heard> {
    let bare = plain(sentence);
    if word_count(&bare) > WORDS || word_count(&bare) < 2 || is_aside(sentence, &bare) {
        return Vec::new();
    }
    let told =
        |gist| reasoned(gist, Speaker::Person, &one_line(sentence.trim_end_matches([';', ','])));
    if defers(&bare) {
        return vec![told(Gist::Deferred)];
    }
    if adopts(&bare) {
        let chosen = told(Gist::Adopted);
        let left = alternative(sentence).map(|option| Heard {
            why: chosen.why.clone(),
            ..said(Gist::Rejected, Speaker::Person, option)
        });
        return [Some(chosen), left].into_iter().flatten().collect();
    }
    if rejects(&bare) {
        return vec![told(Gist::Rejected)];
    }
    if binds(&bare) { vec![told(Gist::Constraint)] } else { Vec::new() }
}

/// A question, a condition, a story.
fn is_aside(sentence: &str, bare: &str) -> bool {
    const STARTS: &str = "if|why|what|how|when|where|who|which|can you|could you|would|is there|is it|are|do we|\
        do you|does|did|should we|should i|i was|i wonder|i'm wondering|it seems|looks like|\
        maybe|perhaps|for example";
    sentence.trim_end().ends_with('?') || starts(bare, STARTS)
}

fn defers(bare: &str) -> bool {
    const PLAIN: &str = "out of scope|for later|not now|not for now|as a separate feature|in a separate pr|\
        in another pr|in a follow-up|in a follow up|in a later pr|separate issue|postpone|\
        hold off|not in this pr|another time|comes later|come later|leave it for|let's defer|\
        we defer|deferred to";
    const LEFT: &str = "skip|leave|ignore|without|don't|do not|not|park|drop";
    let later =
        bare.trim_end_matches(['.', '!']).ends_with(" later") && !has(bare, "sooner or later");
    let decides = later && has(bare, "do|add|fix|handle|let's|we|can|leave|look");
    has(bare, PLAIN) || starts(bare, "defer") || decides || has(bare, "for now") && has(bare, LEFT)
}

fn adopts(bare: &str) -> bool {
    const SAYS: &str = "let's use|lets use|let's go with|lets go with|let's stick with|let's keep|\
        let's switch to|we decided|we've decided|i decided|i've decided|we agreed|we settled on|\
        we'll use|we will use|we'll go with|we go with|i'd prefer|i would prefer|i prefer|\
        i want to use|i'd rather|the decision is|decision:|decided:";
    const DOES: &str = "use|go with|keep|put|make|move|rename|store|write|change|set|return|treat|switch to|\
        stick with|replace|update|bump|call|split|drop|remove|add|leave|do|implement|build|\
        verify|send|read|run|let's|we should|i want|it should|that should";
    let chooses = has(bare, "instead of|rather than") || reason(bare).is_some();
    const VAGUE: &str = "use the following|use your|use subagents|use a subagent|use parallel";
    let plainly = starts(bare, "use|go with|stick with") && word_count(bare) <= 25;
    let says = has(bare, SAYS) || starts(bare, DOES) && chooses || plainly;
    const TOOLS: &str = "skill|skills|subagent|subagents|superpowers|plugin|mcp";
    says && !starts(bare, VAGUE) && !has(bare, TOOLS)
}

fn rejects(bare: &str) -> bool {
    const SAYS: &str = "we won't use|we don't use|not going to use|ruled out|we rejected|is rejected|i rejected|\
        let's not|scrap|drop the idea|no need for|we decided against|decided against|\
        i don't want|we don't want|i do not want";
    starts(bare, "don't use|do not use|dont use|avoid") || has(bare, SAYS)
}

fn binds(bare: &str) -> bool {
    const SAYS: &str = "must not|mustn't|must never|must always|should never|should always|shouldn't|should not|\
        has to stay|have to stay|needs to stay|must stay|must be|must keep|must have|must remain|\
        must work|must support|must return|not allowed|without breaking|without changing|\
        without dropping|without introducing|without touching|without adding|\
        backwards compatible|backward compatible|no new dependencies|no new dependency|has to be|\
        have to be|needs to be|under no circumstances|cannot change|can't change";
    const STARTS: &str =
        "never|always|don't|do not|dont|make sure|ensure|be careful|no breaking|keep";
    // What holds for one turn only.
    const PASSING: &str = "do not edit|don't edit|do not make|don't make|do not modify|don't modify|do not run|\
        don't run|do not commit|don't commit|do not push|don't push|do not start|don't start|\
        do not implement|don't implement|do not write|don't write";
    const IDLE: &str = "don't worry|don't know|don't think|don't need|don't bother|never mind|don't understand|\
        don't see|keep going|keep me|keep it up|do not worry|don't stop|don't ask|shouldn't it|\
        shouldn't we|shouldn't that|shouldn't there|shouldn't this";
    let keeps = starts(bare, "keep")
        && !has(bare, "compatible|unchanged|stable|as is|as it is|working|intact");
    let imperative = starts(bare, STARTS) && !keeps;
    let clause = [", don't ", ", do not ", ", never ", " and don't ", " and never ", " but don't "];
    (imperative || has(bare, SAYS) || clause.iter().any(|start| bare.contains(start)))
        && !has(bare, IDLE)
        && !starts(bare, PASSING)
        && !bare.ends_with(':')
}
