//! The turns of phrase by which a sentence says what it is. All are compared in lower case with straight apostrophes.

/// A sentence made ready for comparing.
pub fn plain(sentence: &str) -> String {
    let mut text =
        sentence.replace(['’', '‘'], "'").replace(['*', '`', '"', '“', '”'], "").to_lowercase();
    const LEADS: &[&str] = &[
        "ok,",
        "okay,",
        "ok",
        "okay",
        "yes,",
        "yes",
        "yeah,",
        "yeah",
        "no,",
        "so",
        "so,",
        "and",
        "then",
        "also,",
        "also",
        "please",
        "actually,",
        "actually",
        "well,",
        "but",
        "great,",
        "good,",
        "hmm,",
        "right,",
        "cool,",
        "sure,",
        "i think",
        "i'd say",
        "just",
        "now",
        "fine,",
        "perfect,",
        "alright,",
        "oh,",
        "therefore",
        "therefore,",
    ];
    loop {
        let lead = LEADS.iter().find_map(|lead| text.strip_prefix(lead)?.strip_prefix(' '));
        match lead {
            Some(rest) => text = rest.trim_start().to_owned(),
            None => return text,
        }
    }
}

/// Whether one of `phrases` stands in the text as words of its own.
pub fn has(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| find(text, phrase).is_some())
}

pub fn starts(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| find(text, phrase) == Some(0))
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
    const GIVES: &[&str] =
        &[" because ", " so that ", " due to ", " — because ", ", as otherwise "];
    let (at, phrase) = GIVES
        .iter()
        .filter_map(|phrase| sentence.to_lowercase().find(phrase).map(|at| (at, *phrase)))
        .min_by_key(|(at, _)| *at)?;
    // Lower case may be longer than what it was made from.
    let (what, rest) = (sentence.get(..at)?, sentence.get(at..)?);
    let why = rest.get(phrase.len()..)?;
    let why = if phrase == " so that " { rest.trim_start() } else { why };
    let [what, why] = [what, why].map(|text| text.trim_matches([' ', ',', ';', '—', '–', '.']));
    (word_count(what) >= 2 && !why.is_empty()).then_some((what, why))
}

/// What stands behind `instead of`, `rather than` or `over`: an option that was not taken, in a few words.
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
    const VAGUE: &[&str] =
        &["that", "it", "this", "them", "those", "the other", "the other way", "both"];
    let clear =
        (1..=7).contains(&word_count(option)) && !VAGUE.contains(&option.to_lowercase().as_str());
    clear.then_some(option)
}
