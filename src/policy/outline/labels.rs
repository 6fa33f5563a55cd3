//! Words before a colon that say what follows: `Why: …`, `Done when: …`.

/// Splits `Label: text` where the label is one of `names`; case does not matter, nor whether it is bold.
pub fn labelled<'a>(text: &'a str, names: &[&str]) -> Option<&'a str> {
    let (label, rest) = text.split_once(':')?;
    let label = label.trim().trim_matches(['*', '_']).trim();
    let named = names.iter().any(|name| name.eq_ignore_ascii_case(label));
    named.then(|| rest.trim_start_matches(['*', '_']).trim())
}

/// Where in `text` one of `names` starts as a label of its own: behind the end of a sentence, a semicolon or a dash.
pub fn first_label(text: &str, names: &[&str]) -> Option<usize> {
    text.match_indices(':').find_map(|(colon, _)| {
        let before = text[..colon].trim_end_matches(['*', '_']);
        names.iter().find_map(|name| {
            let start = before.len().checked_sub(name.len())?;
            let word = before.get(start..)?;
            let lead = before[..start].trim_end_matches(['*', '_']);
            let apart = lead.trim_end().ends_with(['.', ';', '—', '–', '!', '?', ')']);
            let spaced = lead.ends_with(char::is_whitespace);
            (word.eq_ignore_ascii_case(name) && apart && spaced).then_some(lead.len())
        })
    })
}
