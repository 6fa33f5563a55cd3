//! What was said in a session that a document can quote: kept at bounded size, each with when and by whom.

use serde::{Deserialize, Serialize};

use crate::model::digest::Moment;

/// Most sayings of one gist and one speaker.
const EACH: usize = 24;

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person at the keyboard.
    Person,
    Agent,
}

/// What a saying is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gist {
    /// What is wanted.
    Ask,
    Adopted,
    Rejected,
    Deferred,
    /// What has to hold, whatever is done.
    Constraint,
    /// A question of the agent's; gone once the person says anything.
    Question,
    /// What the agent says comes next; a later list replaces an earlier one.
    Step,
    /// What stands in the way; gone once anybody goes on.
    Blocker,
    /// The name of a file that the person brought up.
    File,
}

/// What an ear makes of some words, before it is known when they were said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub gist: Gist,
    pub speaker: Speaker,
    pub text: String,
    /// The reason, where one was given.
    pub why: Option<String>,
    /// What there was to choose from.
    pub among: Option<String>,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    pub gist: Gist,
    pub speaker: Speaker,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<String>,
    pub when: Moment,
}

/// The sayings of a session, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sayings(Vec<Saying>);

impl Sayings {
    pub fn of(&self, gist: Gist) -> impl DoubleEndedIterator<Item = &Saying> {
        self.0.iter().filter(move |saying| saying.gist == gist)
    }

    /// A person said something: what the agent asked is no longer open.
    pub(super) fn prompted(&mut self) {
        self.drop_all(&[Gist::Question, Gist::Blocker]);
    }

    /// The agent went on.
    pub(super) fn replied(&mut self) {
        self.drop_all(&[Gist::Question, Gist::Blocker]);
    }

    pub(super) fn note(&mut self, heard: Vec<Heard>, when: Moment) {
        if heard.iter().any(|one| one.gist == Gist::Step) {
            self.drop_all(&[Gist::Step]);
        }
        for Heard { gist, speaker, text, why, among } in heard {
            let same =
                |one: &Saying| one.gist == gist && one.speaker == speaker && one.text == text;
            // What is wanted first is found again as the first.
            if gist != Gist::Ask {
                self.0.retain(|one| !same(one));
            }
            self.0.push(Saying { gist, speaker, text, why, among, when });
            self.bound(gist, speaker);
        }
    }

    /// Lets go of the oldest one of a kind where there are too many; the first wish stays.
    fn bound(&mut self, gist: Gist, speaker: Speaker) {
        let is_one = |one: &Saying| one.gist == gist && one.speaker == speaker;
        if self.0.iter().filter(|one| is_one(one)).count() > EACH {
            let mut places =
                self.0.iter().enumerate().filter(|(_, one)| is_one(one)).map(|(at, _)| at);
            let oldest = if gist == Gist::Ask { places.nth(1) } else { places.next() };
            if let Some(place) = oldest {
                self.0.remove(place);
            }
        }
    }

    fn drop_all(&mut self, gists: &[Gist]) {
        self.0.retain(|one| !gists.contains(&one.gist));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(gist: Gist, text: &str) -> Heard {
        Heard { gist, speaker: Speaker::Agent, text: text.into(), why: None, among: None }
    }

    fn texts(sayings: &Sayings, gist: Gist) -> Vec<&str> {
        sayings.of(gist).map(|saying| saying.text.as_str()).collect()
    }

    #[test]
    fn questions_are_open_until_anybody_goes_on_and_steps_until_the_next_list() {
        let mut sayings = Sayings::default();
        let now = Moment::default();
        sayings.note(
            vec![heard(Gist::Question, "a?"), heard(Gist::Step, "1"), heard(Gist::Step, "2")],
            now,
        );
        assert_eq!(texts(&sayings, Gist::Question), ["a?"]);
        sayings.prompted();
        assert!(texts(&sayings, Gist::Question).is_empty());
        assert_eq!(texts(&sayings, Gist::Step), ["1", "2"]);
        sayings.note(vec![heard(Gist::Step, "3")], now);
        assert_eq!(texts(&sayings, Gist::Step), ["3"]);
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_first_wish_stays() {
        let mut sayings = Sayings::default();
        for n in 0..100 {
            sayings.note(
                vec![heard(Gist::Ask, &n.to_string()), heard(Gist::Adopted, &n.to_string())],
                Moment::default(),
            );
        }
        let asks = texts(&sayings, Gist::Ask);
        assert_eq!((asks.len(), asks[0], asks[1]), (EACH, "0", "77"));
        assert_eq!(texts(&sayings, Gist::Adopted)[0], "76");
    }

    #[test]
    fn what_is_said_again_is_kept_once() {
        let mut sayings = Sayings::default();
        sayings.note(vec![heard(Gist::Adopted, "a"), heard(Gist::Adopted, "b")], Moment::default());
        sayings.note(vec![heard(Gist::Adopted, "a")], Moment { turn: 9, at: None });
        assert_eq!(texts(&sayings, Gist::Adopted), ["b", "a"]);
    }
}
