//! Documents in the forms that people and agents give them, and any text at all.

use proptest::prelude::*;

use super::*;
use crate::model::outline::{Decision, FileNote, FileState, Item, ItemState, Step, Verdict};

fn entries(markdown: &str) -> Vec<Part> {
    read(markdown).parts().map(|(_, entry)| entry.part.clone()).collect()
}

fn decisions(markdown: &str) -> Vec<Decision> {
    read(markdown).decisions().cloned().collect()
}

/// An outline without the places that it was read from.
fn unplaced(mut outline: Outline) -> Outline {
    for section in &mut outline.sections {
        section.lines = 0..0;
        for entry in &mut section.entries {
            entry.lines = 0..0;
        }
    }
    outline
}

#[test]
fn a_verdict_is_seen_in_every_form_that_people_give_it() {
    let forms = [
        "- REJECTED: poll the provider",
        "- **REJECTED** poll the provider",
        "- **REJECTED:** poll the provider",
        "- **REJECTED: poll the provider**",
        "- [REJECTED] poll the provider",
        "* REJECTED — poll the provider",
        "1. poll the provider (REJECTED)",
        "- poll the provider — REJECTED",
        "- poll the provider [REJECTED]",
    ];
    for form in forms {
        let found = decisions(&format!("## Whatever\n\n{form}\n"));
        assert_eq!(found.len(), 1, "{form}");
        assert_eq!(found[0].verdict, Verdict::Rejected, "{form}");
        assert_eq!(found[0].decision, "poll the provider", "{form}");
    }
    assert!(decisions("- ADOPTEDLY speaking\n- the word ADOPTED in the middle\n").is_empty());
}

#[test]
fn what_stands_below_a_heading_of_decisions_is_one() {
    let text = "## Decisions made and why\n\n- use a queue\n\n## Ruled out\n\n- polling\n\n## Decisions deferred\n\n- sharding\n";
    let found: Vec<_> =
        decisions(text).into_iter().map(|one| (one.verdict, one.decision)).collect();
    assert_eq!(
        found,
        [
            (Verdict::Adopted, "use a queue".to_owned()),
            (Verdict::Rejected, "polling".to_owned()),
            (Verdict::Deferred, "sharding".to_owned()),
        ]
    );
}

#[test]
fn reasons_are_read_below_a_decision_and_within_it() {
    let below = "- ADOPTED: verify before parsing\n  - Why: the body is not trusted\n  - **Constraint:** keep the raw bytes\n  - Evaluated: after parsing\n  - Where: `src/hook.rs`\n  - seen by Bo\n";
    let within = "- ADOPTED: verify before parsing. Why: the body is not trusted. Constraint: keep the raw bytes\n";
    let [below, within] = [below, within].map(|text| decisions(text).remove(0));
    assert_eq!(below.rationale.as_deref(), Some("the body is not trusted"));
    assert_eq!(below.constraint.as_deref(), Some("keep the raw bytes"));
    assert_eq!(below.evaluated.as_deref(), Some("after parsing"));
    assert_eq!(below.location.as_deref(), Some("`src/hook.rs`"));
    assert_eq!(below.details, ["seen by Bo"]);
    assert_eq!(within.decision, "verify before parsing.");
    assert_eq!(within.rationale.as_deref(), Some("the body is not trusted."));
    assert_eq!(within.constraint.as_deref(), Some("keep the raw bytes"));
}

#[test]
fn progress_is_read_from_boxes_headings_and_remarks() {
    let text = "## Progress\n\n### Done\n\n- parser\n\n### In progress\n\n- retries (60 %)\n  - Missing: the backoff\n\n### Not done\n\n- docs\n- [x] licence\n- [ ] metrics (in progress, 10%; missing: labels)\n";
    let items: Vec<Item> = read(text).items().cloned().collect();
    let told: Vec<_> = items
        .iter()
        .map(|item| (item.text.as_str(), item.state, item.percent, item.missing.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("parser", ItemState::Done, None, None),
            ("retries", ItemState::InProgress, Some(60), Some("the backoff")),
            ("docs", ItemState::NotDone, None, None),
            ("licence", ItemState::Done, None, None),
            ("metrics", ItemState::InProgress, Some(10), Some("labels")),
        ]
    );
}

#[test]
fn signs_and_words_in_front_tell_how_far_work_is() {
    let text = "## Progress\n\n- ✅ parser\n- Done: lexer\n- **In progress:** retries\n- 🚧 docs\n- Not started: metrics\n- [x] Done: licence\n\n## Notes\n\n- ✅ parser\n- Done: lexer\n";
    let outline = read(text);
    let told: Vec<_> = outline.items().map(|item| (item.text.as_str(), item.state)).collect();
    assert_eq!(
        told,
        [
            ("parser", ItemState::Done),
            ("lexer", ItemState::Done),
            ("retries", ItemState::InProgress),
            ("docs", ItemState::InProgress),
            ("metrics", ItemState::NotDone),
            ("Done: licence", ItemState::Done),
        ]
    );
}

#[test]
fn a_document_without_headings_has_those_that_stand_in_bold_or_before_a_colon() {
    let roles = |text: &str| {
        let outline = read(text);
        let sections =
            outline.sections.iter().map(|section| (section.heading.clone(), section.role));
        (outline.title.clone(), sections.collect::<Vec<_>>())
    };
    let named = |words: &str, role| (words.to_owned(), role);
    let bold = "# T\n\n**Decisions**\n\n- a\n\n**Next steps:**\n\n1. b\n\n**Beware**\n";
    let both = vec![named("Decisions", Role::Decisions), named("Next steps", Role::NextSteps)];
    assert_eq!(roles(bold), (Some("T".to_owned()), both.clone()));
    assert_eq!(roles("Decisions:\n- a\n\nNext steps:\n1. b\n"), (None, both));
    // Where headings are marked as such, a bold line is a line.
    let marked = roles("## Notes\n\n**Next steps**\n\n- b\n");
    assert_eq!(marked.1, [named("Notes", Role::Other)]);
    let spoken = roles("Next steps: one, two\n\nThe decisions, all of them, are these:\n\n- a\n");
    assert_eq!(spoken.1, [named("", Role::Other)]);
    let written = write(&read(bold));
    assert!(written.contains("## Next steps\n\n1. b\n\n**Beware**\n"), "{written}");
}

#[test]
fn sections_may_all_stand_on_the_top_level() {
    let outline = read("# Decisions\n\n- a\n\n# Next steps\n\n1. b\n");
    assert_eq!((outline.title.as_deref(), outline.decisions().count()), (None, 1));
    assert_eq!(
        read("# Decisions on caching\n\ntext\n").title.as_deref(),
        Some("Decisions on caching")
    );
}

#[test]
fn steps_have_subtasks_estimates_and_what_shows_that_they_are_done() {
    let text = "## Next steps\n\n1. add the queue\n   - [x] table\n   - [ ] worker\n   - Estimate: 2 h\n   - After: the migration\n   - Done when: `cargo test queue` passes\n2. [ ] tell support\n";
    let steps: Vec<Step> = read(text).steps().cloned().collect();
    assert_eq!(steps[0].text, "add the queue");
    assert_eq!(steps[0].subtasks.len(), 2);
    assert_eq!(steps[0].subtasks[0].state, ItemState::Done);
    assert_eq!(steps[0].estimate.as_deref(), Some("2 h"));
    assert_eq!(steps[0].depends_on.as_deref(), Some("the migration"));
    assert_eq!(steps[0].success.as_deref(), Some("`cargo test queue` passes"));
    assert_eq!(steps[1].text, "tell support");
}

#[test]
fn files_in_play_have_a_state_and_a_note() {
    let text = "## Files in play\n\n- `src/a.rs` (in progress): the backoff is missing\n- `src/b.rs`: done — as agreed\n- `src/c.rs` (edited, 3 edits)\n\n### Untouched\n\n- `src/d.rs`\n- the rest\n";
    let files: Vec<FileNote> = read(text).files().cloned().collect();
    let told: Vec<_> =
        files.iter().map(|file| (file.path.as_str(), file.state, file.note.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("src/a.rs", Some(FileState::InProgress), Some("the backoff is missing")),
            ("src/b.rs", Some(FileState::Done), Some("as agreed")),
            ("src/c.rs", None, Some("(edited, 3 edits)")),
            ("src/d.rs", Some(FileState::Untouched), None),
        ]
    );
}

#[test]
fn files_are_read_without_back_quotes_too() {
    let text = "## Files\n\n- src/a.rs: done — as agreed\n- **src/b.rs** (untouched)\n- **`c.toml`** — the limits\n- Makefile and more\n- e.g. the tests\n- v1.2 of it\n";
    let outline = read(text);
    let told: Vec<_> = outline
        .files()
        .map(|file| (file.path.as_str(), file.state, file.note.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("src/a.rs", Some(FileState::Done), Some("as agreed")),
            ("src/b.rs", Some(FileState::Untouched), None),
            ("c.toml", None, Some("the limits")),
        ]
    );
}

#[test]
fn what_is_not_known_survives_in_its_place() {
    let text = "# T\n\nBefore all.\n\n## Ünknown section\n\nSome *prose*\nover lines.\n\n```rust\n# not a heading\n- not a list\n```\n\n> a quote\n\n| a | b |\n|---|---|\n| 1 | `x` |\n\n- a point\n  - below it\n    - and below that\n\n<div>html</div>\n";
    let written = write(&read(text));
    for piece in [
        "Before all.",
        "## Ünknown section",
        "Some *prose*\nover lines.",
        "# not a heading\n- not a list",
        "> a quote",
        "| 1 | `x` |",
        "- a point\n  - below it\n  - and below that",
        "<div>html</div>",
    ] {
        assert!(written.contains(piece), "{piece:?} in\n{written}");
    }
}

#[test]
fn code_in_an_item_stays_where_it_is_however_often_it_is_written() {
    let text = "## Decisions\n\n- ADOPTED: this shape, because the client has it:\n\n  ```json\n  {\n    \"a\": 1\n  }\n  ```\n\n## Next steps\n\n1. make it pass:\n\n   ```rust\n   assert!(a);\n   ```\n";
    let once = write(&read(text));
    assert_eq!(once, text);
    assert_eq!(unplaced(read(&once)), unplaced(read(text)));
}

#[test]
fn what_a_tool_writes_over_several_lines_stays_one_heading_and_one_cell() {
    let table = Table {
        columns: vec!["a".to_owned(), "b".to_owned()],
        rows: vec![
            vec!["1|2".to_owned(), "x\ny".to_owned()],
            vec!["3\\|4".to_owned(), String::new()],
        ],
    };
    let section = Section {
        heading: "One\n## two".to_owned(),
        level: 2,
        entries: vec![Part::Table(table).into()],
        ..Section::default()
    };
    let outline = Outline { title: Some("T\n# U".to_owned()), sections: vec![section] };
    let written = write(&outline);
    assert_eq!(
        written,
        "# T # U\n\n## One ## two\n\n| a | b |\n|---|---|\n| 1\\|2 | x y |\n| 3\\|4 |  |\n"
    );
    assert_eq!(write(&read(&written)), written);
}

#[test]
fn every_entry_knows_its_lines() {
    let text =
        "# T\n\n## Decisions\n\n- ADOPTED: a\n  - Why: b\n- REJECTED: c\n\n## Files\n\n- `x.rs`\n";
    let outline = read(text);
    let places: Vec<_> = outline.parts().map(|(_, entry)| entry.lines.clone()).collect();
    assert_eq!(places, [4..6, 6..7, 10..11]);
    let sections: Vec<_> = outline.sections.iter().map(|section| section.lines.clone()).collect();
    assert_eq!(sections, [2..7, 8..11]);
}

#[test]
fn json_of_an_outline_is_the_outline() {
    let outline = unplaced(read(
        "# T\n\n## Decisions\n\n- ADOPTED: a\n\n## Progress\n\n- [~] b (5 %)\n\n## Next\n\n1. c\n\n## Files\n\n- `d.rs`\n\n## X\n\n| a |\n|---|\n| b |\n\nprose\n",
    ));
    let text = serde_json::to_string(&outline).unwrap();
    assert_eq!(serde_json::from_str::<Outline>(&text).unwrap(), outline);
    assert!(text.contains(r#"{"type":"decision","verdict":"ADOPTED","decision":"a"}"#), "{text}");
}

#[test]
fn lists_without_end_are_read_all_the_same() {
    let text = "- ".repeat(50_000) + "deep\n" + &"> ".repeat(50_000) + "quoted\n";
    assert!(write(&read(&text)).contains("deep"));
}

#[test]
fn a_document_of_a_megabyte_and_more_is_prose() {
    let text = "- ADOPTED: a\n".repeat(100_000);
    assert_eq!(entries(&text), [Part::Prose { text: text.trim_end().to_owned() }]);
}

#[test]
fn a_table_that_nobody_reads_stays_as_it_is_written() {
    let wide = format!("{}|\n{}|\n{}", "|a".repeat(500), "|-".repeat(500), "|b|\n".repeat(500));
    let parts = entries(&format!("{wide}\n- a point\n"));
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0], Part::Prose { text: wide.trim_end().to_owned() });
    assert!(matches!(parts[1], Part::Point(_)));
}

#[test]
fn a_heading_alone_and_nothing_at_all_are_fine() {
    assert_eq!(read(""), Outline::default());
    assert_eq!(write(&Outline::default()), "");
    assert_eq!(write(&read("# Only\n")), "# Only\n");
    assert_eq!(entries("\n\n").len(), 0);
    assert_eq!(write(&read("Windows\r\n\r\n- a\r\n- b\r\n")), "Windows\n\n- a\n- b\n");
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "(#|##|###|####) [a-zA-Z ]{0,12}",
        prop::sample::select(vec![
            "## Decisions",
            "## Ruled out",
            "## Progress",
            "### Done",
            "## Next steps",
            "## Files in play",
            "### In progress",
            "## Tests",
            "```",
            "---",
            "> quoted",
            "| a | b |",
            "|---|---|",
            "| 1 | 2 |",
        ])
        .prop_map(str::to_owned),
        "( {0,6})(-|\\*|1\\.|7\\)) (\\[[ x~]\\] )?(ADOPTED: |REJECTED — |\\*\\*DEFERRED\\*\\* )?[a-z`(). :;%0-9]{0,24}( \\(ADOPTED\\))?",
        "( {0,6})- (Why|Constraint|Missing|Done when|After|Where): [a-z ]{0,9}",
        "( {0,6})- `[a-z./]{1,9}`( \\(done\\)|: untouched| \\(in progress\\): x)?",
        "[ -~äß€\t]{0,30}",
        "(\\*\\*|__)?(Decisions|Next steps|Done|Goal)(\\*\\*|__)?:?",
        "- (✅ |Done: |\\*\\*)?[a-z./]{1,12}(\\*\\*)?(: [a-z ]{0,9})?",
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_as_it_was(lines in prop::collection::vec(line(), 0..24)) {
        let once = write(&read(&lines.join("\n")));
        let read_again = unplaced(read(&once));
        prop_assert_eq!(&write(&read_again), &once);
    }

    #[test]
    fn no_word_is_lost(lines in prop::collection::vec(line(), 0..24)) {
        let text = lines.join("\n");
        let written = write(&read(&text));
        let labels = ["ADOPTED", "REJECTED", "DEFERRED"];
        // `(done)` may become a box.
        let told = |word: &&str| word.len() > 3 && *word != "done";
        for word in text.split(|letter: char| !letter.is_ascii_lowercase()).filter(told) {
            prop_assert!(written.to_lowercase().contains(word), "{} of {:?} in {:?}", word, text, written);
        }
        for label in labels {
            prop_assert!(!text.contains(label) || written.contains(label));
        }
    }
}
