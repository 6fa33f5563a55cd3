//! The turns of phrase by which a sentence says what it is. All are compared in lower case with straight apostrophes;
//! lists of them stand in one text, with `|` between them.

/// Words that a sentence may start with without saying anything.
const LEADS: &str = "ok|okay|yes|yeah|yep|no|so|and|then|also|please|actually|well|but|great|good|nice|hmm|right|\
    cool|sure|i think|i'd say|just|now|fine|perfect|alright|oh|therefore|thanks|thank you";

/// A sentence made ready for comparing: without what it says only to start.
pub fn plain(sentence: &str) -> String {
    let straight = sentence.replace(['’', '‘'], "'").replace(['*', '`', '"', '“', '”'], "");
    let mut text = straight.to_lowercase();
    loop {
        let lead = LEADS.split('|').find_map(|lead| {
            let rest = text.strip_prefix(lead)?;
            rest.trim_start_matches([',', '.', '!']).strip_prefix(' ')
        });
        match lead {
            Some(rest) => text = rest.trim_start().to_owned(),
            None => return text,
        }
    }
}

/// Whether one of `phrases` stands in the text as words of its own.
pub fn has(text: &str, phrases: &str) -> bool {
    phrases.split('|').any(|phrase| find(text, phrase).is_some())
}

/// Whether the text starts with one of `phrases`, as words of its own.
pub fn starts(text: &str, phrases: &str) -> bool {
    phrases.split('|').any(|phrase| find(text, phrase) == Some(0))
}

/// Where `phrase` stands in the text as words of its own.
pub fn find(text: &str, phrase: &str) -> Option<usize> {
    let is_word = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    text.match_indices(phrase).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !is_word(before) && !is_word(after)
    })
}

pub fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Splits a sentence before the words that give its reason.
pub fn reason(sentence: &str) -> Option<(&str, &str)> {
    const GIVES: &str = " because | so that | due to | — because |, as otherwise ";
    let (at, phrase) = GIVES
        .split('|')
        .filter_map(|phrase| sentence.to_lowercase().find(phrase).map(|at| (at, phrase)))
        .min_by_key(|(at, _)| *at)?;
    // Lower case may be longer than what it was made from.
    let (what, rest) = (sentence.get(..at)?, sentence.get(at..)?);
    let why = rest.get(phrase.len()..)?;
    let why = if phrase == " so that " { rest.trim_start() } else { why };
    let [what, why] = [what, why].map(|text| text.trim_matches([' ', ',', ';', '—', '–', '.']));
    (word_count(what) >= 2 && !why.is_empty()).then_some((what, why))
}

/// What stands behind `instead of` or `rather than`: an option that was not taken, in a few words.
pub fn alternative(sentence: &str) -> Option<&str> {
    let lower = sentence.to_lowercase();
    let phrase = ["instead of ", "rather than "]
        .into_iter()
        .find(|phrase| find(&lower, phrase.trim()).is_some())?;
    let rest = sentence.get(lower.find(phrase)? + phrase.len()..)?;
    let end = rest.find([',', ';', ':', '(', '—', '–']).unwrap_or(rest.len());
    let mut option = &rest[..end];
    for stop in
        [" because", " so that", " for ", " when ", " if ", " and ", " since ", " in order", " to "]
    {
        option = option.find(stop).map_or(option, |at| &option[..at]);
    }
    let option = option.trim().trim_end_matches(['.', '!', '?']);
    const VAGUE: &str = "that|it|this|them|those|the other|the other way|both";
    let clear = (1..=7).contains(&word_count(option))
        && !VAGUE.split('|').any(|vague| option.eq_ignore_ascii_case(vague));
    clear.then_some(option)
}

/// How sentences start that reject or adopt what follows.
pub const REJECTING: &str = "don't use |do not use |dont use |i ruled out |we ruled out |i rejected |we rejected |\
    i decided against |we decided against |avoid ";
pub const ADOPTING: &str =
    "let's |lets |i'll |i will |i'm going to |we decided to |we've decided to ";

/// A sentence without the first of these starts that it has.
pub fn without_start<'a>(sentence: &'a str, starts: &str) -> &'a str {
    let lower = sentence.replace('’', "'").to_lowercase();
    let Some(start) = starts.split('|').find(|start| lower.starts_with(start)) else {
        return sentence;
    };
    // An apostrophe may be longer here than it is there.
    let skipped: usize = sentence.chars().take(start.chars().count()).map(char::len_utf8).sum();
    sentence.get(skipped..).unwrap_or(sentence)
}

/// A sentence without a label that says what it is: `Decision: …`
pub fn unlabelled(sentence: &str) -> &str {
    const LABELS: &str =
        "decision|decided|rejected|ruled out|deferred|blocker|chosen approach|the decision is";
    match sentence.split_once(':') {
        Some((label, rest))
            if LABELS.split('|').any(|one| label.trim_matches('*').eq_ignore_ascii_case(one)) =>
        {
            rest.trim()
        }
        _ => sentence,
    }
}

/// `I considered this but that`: the option, and what spoke against it.
pub fn considered(sentence: &str) -> Option<(&str, &str)> {
    let lower = sentence.to_lowercase();
    let rest = lower.strip_prefix("i considered ")?;
    let at = rest.find(" but ")? + "i considered ".len();
    let (option, against) =
        (sentence.get("i considered ".len()..at)?, sentence.get(at + " but ".len()..)?);
    let [option, against] = [option, against].map(|text| text.trim_matches([' ', ',', '.']));
    (!option.is_empty() && !against.is_empty()).then_some((option, against))
}
