//! Each rule on what it is for and on what it is not for.

use super::*;
use crate::policy::outline;
use crate::policy::tokens;

const FILES: &[&str] = &["src/valve.rs", "src/soil.rs", "src", "Cargo.toml"];

fn in_tree(path: &str) -> bool {
    FILES.contains(&path)
}

struct Case<'a> {
    required: Vec<String>,
    previous: Option<&'a str>,
    blocked: bool,
    budget: u64,
}

/// A document of one token of one that it may have, of which nothing else is known.
fn bare<'a>(body: &'a str, outline: &'a Outline) -> Material<'a> {
    Material {
        name: "x.md",
        body,
        outline,
        tokens: 1,
        budget: 1,
        required: &[],
        blocked: false,
        completed: false,
        has_file: None,
        previous: None,
        drafted: false,
    }
}

impl Case<'_> {
    fn findings(&self, body: &str) -> Vec<Finding> {
        let outline = outline::read(body);
        let previous = self.previous.map(outline::read);
        let material = Material {
            tokens: tokens::count(body),
            budget: self.budget,
            required: &self.required,
            blocked: self.blocked,
            has_file: Some(&in_tree),
            previous: previous.as_ref(),
            ..bare(body, &outline)
        };
        lint(&material, &BTreeMap::new())
    }
}

fn plain() -> Case<'static> {
    Case { required: Vec::new(), previous: None, blocked: false, budget: 500 }
}

/// The rules that find something, with the lines as a person counts them.
pub(super) fn told(findings: &[Finding]) -> Vec<String> {
    let place =
        |finding: &Finding| finding.line.map_or("-".to_owned(), |line| (line + 1).to_string());
    findings.iter().map(|finding| format!("{} {}", place(finding), finding.rule)).collect()
}

fn found(body: &str) -> Vec<String> {
    told(&plain().findings(body))
}

/// Each of `yes` has the finding and none of `no` has any.
#[track_caller]
fn tells_apart(rule: &str, before: &str, yes: &[&str], no: &[&str]) {
    for line in yes {
        let findings = found(&format!("{before}{line}\n"));
        assert!(findings.iter().any(|told| told.ends_with(rule)), "{line:?}: {findings:?}");
    }
    for line in no {
        let findings = found(&format!("{before}{line}\n"));
        assert!(findings.is_empty(), "{line:?}: {findings:?}");
    }
}

#[test]
fn names_of_rules_are_each_there_once() {
    for (place, rule) in RULES.iter().enumerate() {
        assert!(RULES[..place].iter().all(|other| other.name != rule.name), "{}", rule.name);
        assert!(std::ptr::eq(find(rule.name).unwrap(), rule));
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(rule.name.bytes().all(plain), "{}", rule.name);
    }
    assert!(find("nosuch").is_none());
}

#[test]
fn a_document_may_have_its_budget_and_no_token_more() {
    let body = "one two three four\n";
    let tokens = tokens::count(body);
    let findings = |budget| Case { budget, ..plain() }.findings(body);
    assert_eq!(findings(tokens), []);
    assert_eq!(told(&findings(tokens - 1)), ["- over-budget"]);
}

#[test]
fn of_what_is_far_too_long_only_the_length_is_told() {
    let step = "## Next steps\n\n1. continue\n\n";
    let found = found(&step.repeat((1 << 20) / step.len() + 1));
    assert_eq!((found.len(), found[0].as_str()), (1, "- over-budget"));
}

#[test]
fn sections_are_found_by_their_words_and_by_what_they_mean() {
    let asked = |required: &[&str], body: &str| {
        let required = required.iter().map(|word| (*word).to_owned()).collect();
        told(&Case { required, ..plain() }.findings(body))
    };
    assert_eq!(asked(&["Decisions"], "# T\n"), ["- missing-section"]);
    for heading in ["## Decisions", "## 2. Key decisions", "### Decisions made and why"] {
        assert_eq!(asked(&["Decisions"], &format!("# T\n\n{heading}\n\nNone yet.\n")), [""; 0]);
    }
    let adopted = "## Notes\n\n- ADOPTED: a queue, because bursts are lost\n";
    assert_eq!(asked(&["Decisions"], adopted), [""; 0]);
    assert_eq!(asked(&["Eliminated"], adopted), ["- missing-section"]);
    assert_eq!(asked(&["Eliminated"], "## Ruled out\n\n- the cache, because it is off\n"), [""; 0]);
    assert_eq!(asked(&["Next step"], "## Next action\n\n1. run `make`\n"), [""; 0]);
    assert_eq!(asked(&["Risk"], "## The risk of it\n\nIt may rain.\n"), [""; 0]);
    assert_eq!(asked(&["Progress"], "## Done\n\n- the parser\n"), [""; 0]);
    let three = ["Decisions", "Progress", "Next steps"];
    let words = "# T\n\n## What we decided\n\nNone.\n\n## Where we are\n\n- [x] a\n\n## What's next\n\n1. run `make`\n";
    assert_eq!(asked(&three, words), [""; 0]);
    let bold =
        "**Decisions**\n\nNone.\n\n**Progress:**\n\n* [x] a\n\n__Next steps__\n\n1. run `make`\n";
    assert_eq!(asked(&three, bold), [""; 0]);
    let colons =
        "Retries\n\nDecisions:\n- none\n\nProgress:\n- [x] a\n\nNext steps:\n1. continue\n";
    assert_eq!(asked(&three, colons), ["10 vague-next-step"]);
}

#[test]
fn a_section_with_nothing_in_it_is_told_with_its_line() {
    let required = vec!["Progress".to_owned(), "Blockers".to_owned()];
    let case = Case { required, ..plain() };
    let told = |body: &str| told(&case.findings(body));
    assert_eq!(told("## Progress\n\n## Blockers\n\nnone\n"), ["1 empty-section"]);
    assert_eq!(
        told("## Progress\n\n- TBD\n\n## Blockers\n\nTODO\n"),
        ["1 empty-section", "5 empty-section"]
    );
    assert_eq!(told("## Progress\n\n### Done\n\n- x\n\n## Blockers\n\n- Bo\n"), [""; 0]);
}

#[test]
fn a_decision_says_why() {
    let yes = [
        "- ADOPTED: use a queue",
        "- REJECTED: Redis",
        "- **ADOPTED**: keep the raw body\n  - Where: `src/valve.rs`",
        "- DEFERRED: sharding",
        "- use a queue in Postgres",
    ];
    let no = [
        "- ADOPTED: use a queue\n  - Why: the API bans bursts",
        "- ADOPTED: use a queue\n  - Constraint: at most 5 a second",
        "- REJECTED: Redis, because it is one more thing to run",
        "- REJECTED: Redis — one more thing to run",
        "- REJECTED: Redis (one more thing to run)",
        "- REJECTED: Redis. It is one more thing to run",
        "- DEFERRED: sharding until there are two regions",
        "- ADOPTED: verify first so that nothing is parsed that was forged",
        "- ADOPTED: verify first\n  - the body of a forged request could be anything",
        "- REJECTED: the postcode, by order of Legal",
        "- ADOPTED: Aufträge in SQLite halten, weil der Dienst sonst alles vergisst",
        "- ADOPTED: 指数退避，因为供应商会封禁突发流量",
        "- None yet.",
    ];
    tells_apart("decision-without-reason", "## Decisions\n\n", &yes, &no);
}

#[test]
fn what_is_in_progress_says_what_is_missing() {
    let yes = ["- [~] retries", "- [~] retries (60 %)", "### In progress\n\n- retries"];
    let no = [
        "- [~] retries (60 %)\n  - Missing: the backoff",
        "- [~] retries (in progress, 60 %; missing: the backoff)",
        "- [~] retries; the backoff is not yet there",
        "- [~] retries\n  - the backoff",
        "- [~] retries: worker is there, backoff not wired",
        "- [~] merging — tombstones are lost when two segments meet",
        "- [x] retries",
        "- [ ] retries",
    ];
    tells_apart("in-progress-without-missing", "## Progress\n\n", &yes, &no);
}

#[test]
fn a_next_step_names_something() {
    let yes = [
        "1. continue",
        "1. Continue with the tests",
        "1. improve error handling",
        "1. keep going",
        "- [ ] look into performance",
        "1. write more tests",
        "Finish the rest of it.",
        "1. Finish the implementation",
        "1. Add better error handling everywhere",
        "1. Test everything and clean up the code",
        "1. Keep working on the remaining tasks and issues",
        "1. Fix it. Then go on.",
    ];
    let no = [
        "1. continue with `src/valve.rs`",
        "1. run cargo_test",
        "1. write the test for Valve::open",
        "1. open the valve below 30 %",
        "1. ask Dana who owns the staging key",
        "1. Write the test\n   - Done when: `cargo test valve` passes",
        "1. add a row for \"dry\" to the table",
        "1. keep tombstones when two segments are merged",
        "1. remove the postcode column from the pipeline's schema",
        "1. fix the off-by-one in the pager's last page",
        "1. move the sensor reading out of the request handler and into a background worker that retries failures",
        "<!-- mine -->",
    ];
    tells_apart("vague-next-step", "## Next steps\n\n", &yes, &no);
    let none = "## Next steps\n\n- None.\n";
    let outline = outline::read(none);
    let material = |completed| Material { completed, ..bare(none, &outline) };
    assert_eq!(told(&lint(&material(false), &BTreeMap::new())), ["3 vague-next-step"]);
    assert_eq!(lint(&material(true), &BTreeMap::new()), []);
}

#[test]
fn what_stands_in_the_way_is_said() {
    let failing = "## Tests\n\n- `cargo test`: 2 failed, 30 passed\n";
    assert_eq!(found(failing), ["3 blockers-unstated"]);
    assert_eq!(found(&format!("{failing}\n## Blockers\n\n- none\n")), [""; 0]);
    assert_eq!(found("## Tests\n\n- all pass, 0 failed, nothing fails\n- failures: 0\n"), [""; 0]);
    let named = failing.replace("2 failed", "`valve_opens` failed");
    let step = "\n## Next steps\n\n1. mend the valve, until `cargo test` passes 30 times\n";
    assert_eq!(found(&format!("{named}{step}")), [""; 0]);
    assert_eq!(found(&format!("{failing}{step}")), ["3 blockers-unstated"]);
    assert_eq!(found("## Progress\n\n- [ ] the deploy is blocked\n"), ["3 blockers-unstated"]);
    assert_eq!(found("## Progress\n\n- [ ] the deploy is no longer blocked\n"), [""; 0]);
    let blocked = |body: &str| told(&Case { blocked: true, ..plain() }.findings(body));
    assert_eq!(blocked("# T\n"), ["- blockers-unstated"]);
    assert_eq!(blocked("## Blockers\n\nnone\n"), ["- blockers-unstated"]);
    assert_eq!(blocked("## Blockers\n\n- the key of staging; Dana has it\n"), [""; 0]);
}

#[test]
fn what_was_pasted_is_told() {
    let yes = [
        "User: water only dry beds\n\nAssistant: I will look at the sensor.",
        "**User:** hello\n\n**Claude:** hello",
        "> Human: a\n> Assistant: b",
        "{\"type\":\"tool_use\",\"name\":\"Bash\"}",
        "```\n{\"role\": \"assistant\", \"content\": []}\n```",
        "### Human\n\nhello\n\n### Assistant\n\nhello",
        "⏺ I will look at the sensor.\n\n⏺ It is dry.",
        "● I will look at the sensor.\n\n  ⎿  Read 12 lines",
    ];
    let no = ["User: the gardener", "The user: said so", "## Agent\n\nIt runs at noon."];
    tells_apart("pasted-transcript", "# T\n\n", &yes, &no);
    let block =
        |lines: usize| format!("# T\n\n```\n{}```\n", "thread main panicked\n".repeat(lines));
    assert_eq!(found(&block(18)), [""; 0]);
    assert_eq!(found(&block(19)), ["3 pasted-transcript"]);
}

#[test]
fn a_listing_of_files_is_told() {
    let drawn = "# T\n\n```\nsrc/\n├── main.rs\n│   └── x.rs\n└── lib.rs\n```\n";
    assert_eq!(found(drawn), ["5 file-tree"]);
    let indented = "# T\n\n```\nsrc/\n  main.rs\n  lib.rs\n  ui/\n    page.rs\n```\n";
    assert_eq!(found(indented), ["3 file-tree"]);
    assert_eq!(found("# T\n\n```\ncargo test\n  --all\nmake x.y\nls a.b\n```\n"), [""; 0]);
    let listed = "# T\n\n- src/\n  - main.rs\n  - `lib.rs`\n- Cargo.toml\n";
    assert_eq!(found(listed), ["3 file-tree"]);
    assert_eq!(found(&listed.replace("  - ", "- ")), [""; 0]);
    assert_eq!(found(&listed.replace("main.rs", "main.rs starts it")), [""; 0]);
    let long = format!("# T\n\n```\n{}```\n", "├── a.rs\n".repeat(40));
    assert_eq!(found(&long), ["4 file-tree"]);
}

#[test]
fn nesting_is_two_levels_deep_at_the_most() {
    assert_eq!(found("- a\n  - b\n"), [""; 0]);
    assert_eq!(found("- a\n  - b\n    - c\n    - d\n- e\n  - f\n    1. g\n"), ["3 deep-nesting"]);
    assert_eq!(
        found("- a\n  - b\n    - c\n\ntext\n\n- e\n  - f\n    1. g\n"),
        ["3 deep-nesting", "9 deep-nesting"]
    );
    assert_eq!(found("# T\n\n## A\n\n### B\n\nx\n\n#### C\n\ny\n"), ["9 deep-nesting"]);
}

#[test]
fn preferences_of_style_belong_elsewhere() {
    let yes = [
        "- Always use tabs, never spaces",
        "- prefer single quotes",
        "- Follow conventional commits",
        "Use snake_case for names.",
    ];
    let no = [
        "- The export breaks when a name holds tabs",
        "- ADOPTED: use snake_case. Why: the API has it",
        "- the log fills up with tabs of the old session",
    ];
    tells_apart("style-preference", "# T\n\n## Notes\n\n", &yes, &no);
}

#[test]
fn files_that_are_not_there_are_told() {
    let yes = ["- `src/bed.rs` (in progress): x", "- `bed.rs`", "- `./src/nosuch/`"];
    let no = [
        "- `src/valve.rs` (done)",
        "- `src/valve.rs:12`: the threshold",
        "- `./src/`",
        "- `src/valve.rs::open`",
        "- `src/*.rs`",
        "- `/etc/hosts`",
        "- `~/.config/x.toml`",
        "- `open_valve`",
        "- `src/bed.rs` (deleted)",
        "- `src/bed.rs`: to be created",
        "- everything else",
    ];
    tells_apart("unknown-file", "## Files in play\n\n", &yes, &no);
    assert_eq!(found("## Files in play\n\n- src/nosuch.rs: the valve\n"), ["3 unknown-file"]);
    let mentioned = |text: &str| found(&format!("## Progress\n\n- [x] {text}\n"));
    assert_eq!(mentioned("the valve in `src/valv.rs`"), ["3 unknown-file"]);
    for text in [
        "the valve in `src/valve.rs`",
        "wrote `src/bed.rs`",
        "removed `src/bed.rs`",
        "the branch `feature/bed.x`",
        "`src/drip`",
    ] {
        assert_eq!(mentioned(text), [""; 0], "{text}");
    }
    let step = |text: &str| found(&format!("## Next steps\n\n1. {text}\n"));
    assert_eq!(step("wire the sensor into `src/bed.rs`"), ["3 unknown-file"]);
    assert_eq!(step("create `src/bed.rs`"), [""; 0]);
    let place = "## Decisions\n\n- ADOPTED: a. Why: b because\n  - Where: `src/nosuch.rs`, `src/valve.rs`\n";
    assert_eq!(found(place), ["3 unknown-file"]);
}

#[test]
fn what_was_ruled_out_is_no_next_step() {
    let before = "## Decisions\n\n- REJECTED: polling the provider, because it bans us\n- REJECTED: Redis (one more thing to run)\n\n## Next steps\n\n";
    let yes = ["1. Poll the provider every 5 minutes", "1. add Redis to `docker-compose.yml`"];
    let no = [
        "1. remove what polls the provider from `src/valve.rs`",
        "1. write `docs/queue.md`: why not Redis",
        "1. write the provider's name into `src/valve.rs`",
        "1. drop Redis from `docker-compose.yml`",
    ];
    tells_apart("rejected-next-step", before, &yes, &no);
    let level = plain().findings(&format!("{before}1. use Redis 7\n"))[0].level;
    assert_eq!(level, Level::Error);
}

#[test]
fn a_decision_that_was_another_one_says_so() {
    let previous = "## Decisions\n\n- ADOPTED: poll the provider (simple enough for now)\n- DEFERRED: sharding, until later\n";
    let case = Case { previous: Some(previous), ..plain() };
    let told = |line: &str| told(&case.findings(&format!("## Decisions\n\n- {line}\n")));
    assert_eq!(told("REJECTED: polling the provider, because it bans us"), ["3 contradiction"]);
    assert_eq!(told("REJECTED: polling the provider; it is no longer allowed"), [""; 0]);
    assert_eq!(told("ADOPTED: polling the provider, because it is simple"), [""; 0]);
    assert_eq!(told("ADOPTED: sharding, because there are two regions"), [""; 0]);
    assert_eq!(told("REJECTED: polling the sensor, because it costs power"), [""; 0]);
}

#[test]
fn what_a_draft_lacks_is_no_error_unless_the_repository_says_so() {
    let body = "# T\n";
    let outline = outline::read(body);
    let required = ["Progress".to_owned()];
    let material = Material { required: &required, drafted: true, ..bare(body, &outline) };
    let level = |levels: &BTreeMap<String, Level>| lint(&material, levels)[0].level;
    assert_eq!(level(&BTreeMap::new()), Level::Warning);
    let asked = BTreeMap::from([("missing-section".to_owned(), Level::Error)]);
    assert_eq!(level(&asked), Level::Error);
}

#[test]
fn levels_are_what_the_repository_says() {
    let body = "## Next steps\n\n1. continue\n";
    let outline = outline::read(body);
    let material = Material { budget: 0, ..bare(body, &outline) };
    let levels = BTreeMap::from([
        ("over-budget".to_owned(), Level::Off),
        ("vague-next-step".to_owned(), Level::Error),
    ]);
    let findings = lint(&material, &levels);
    assert_eq!(told(&findings), ["3 vague-next-step"]);
    assert_eq!(findings[0].level, Level::Error);
}
