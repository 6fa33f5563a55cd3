//! Runs of a test suite: which command is one, and how its output says that it ended.

use serde::{Deserialize, Serialize};

use crate::model::digest::Moment;

/// Programs, and words of theirs, that run tests.
const RUNNERS: &[&str] = &[
    "cargo test",
    "cargo nextest",
    "cargo insta test",
    "go test",
    "gotestsum",
    "pytest",
    "py.test",
    "npm test",
    "npm t",
    "npm run test",
    "pnpm test",
    "pnpm run test",
    "pnpm vitest",
    "yarn test",
    "yarn run test",
    "vitest",
    "jest",
    "mvn test",
    "mvn verify",
    "gradle test",
    "./gradlew test",
    "gradlew test",
    "make test",
    "make check",
    "just test",
    "mise run test",
    "rspec",
    "phpunit",
    "dotnet test",
    "mix test",
    "ctest",
    "rake test",
    "deno test",
    "bun test",
    "bun run test",
    "swift test",
    "zig build test",
    "tox",
    "unittest",
];

/// What may stand before a runner: programs that run what follows them.
const CARRIERS: &[&str] = &[
    "time", "timeout", "env", "sudo", "nice", "exec", "uv", "poetry", "pipenv", "run", "npx",
    "bunx", "bundle", "python", "python3", "-m", "-s", "rtk", "xvfb-run", "command",
];

/// Most failing tests that are named.
const FAILING: usize = 8;
/// Longest command, summary and name, in characters.
const COMMAND: usize = 160;
const SUMMARY: usize = 200;
const NAME: usize = 120;
/// How much of an output is looked at, from its end.
const OUTPUT: usize = 64 << 10;

/// A run of a test command and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRun {
    /// The part of the command line that runs tests.
    pub command: String,
    pub failed: bool,
    /// The line in which the runner sums up, if it does.
    pub summary: String,
    /// Tests that failed, as the runner names them.
    pub failing: Vec<String>,
    pub when: Moment,
}

impl TestRun {
    /// Reads what a run put out. A pipe may hide the exit code, so the output counts too.
    pub(super) fn read(command: String, output: &str, failed: bool, when: Moment) -> Self {
        let output = end_of(output);
        let mut failing: Vec<String> = Vec::new();
        for name in output.lines().filter_map(failing_test) {
            let name = cut(name, NAME);
            if failing.len() < FAILING && !failing.contains(&name) {
                failing.push(name);
            }
        }
        let summary = summary(output);
        let failed = failed || !failing.is_empty() || tells_failure(&summary);
        Self { command, failed, summary, failing, when }
    }
}

/// The part of a tool's command line that runs a test suite.
pub(super) fn command(input: &str) -> Option<String> {
    if !RUNNERS.iter().any(|runner| input.contains(runner)) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(input).ok()?;
    let command = ["command", "cmd"].iter().find_map(|key| value.get(key))?;
    let command = match command {
        serde_json::Value::Array(words) => words.last()?.as_str()?,
        other => other.as_str()?,
    };
    let parts = command.split(['\n', ';', '|']).flat_map(|part| part.split("&&"));
    // What one output tells is told of all that ran.
    let runs: Vec<&str> = parts.map(runner_of).filter(|part| runs_tests(part)).collect();
    (!runs.is_empty()).then(|| cut(&runs.join(" && "), COMMAND))
}

/// Whether an output says that the command is still at work, so that nothing is known of its end.
pub(super) fn goes_on(output: &str) -> bool {
    output.starts_with("Command running in background")
        || output.starts_with("Process running with session ID")
}

/// A simple command without what stands before and behind its runner.
fn runner_of(part: &str) -> &str {
    let part = part.split(" 2>").next().unwrap_or(part).trim().trim_start_matches('(');
    let mut rest = part;
    while !runs_tests(rest) {
        let Some((word, after)) = rest.split_once(char::is_whitespace) else { return part };
        let number = word.trim_end_matches(['s', 'm']).parse::<u32>().is_ok();
        if !(CARRIERS.contains(&word) || number || word.contains('=') || word.starts_with('-')) {
            return part;
        }
        rest = after.trim_start();
    }
    rest
}

fn runs_tests(part: &str) -> bool {
    RUNNERS.iter().any(|runner| {
        part.strip_prefix(runner).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|next: char| next.is_whitespace() || next == ':')
        })
    })
}

/// The name in a line that says that one test failed.
fn failing_test(line: &str) -> Option<&str> {
    let line = line.trim();
    let rust = || line.strip_prefix("test ")?.strip_suffix(" ... FAILED");
    let nextest = || {
        let (_, rest) = line.strip_prefix("FAIL [")?.split_once(']')?;
        Some(rest.trim())
    };
    let pytest = || {
        let rest = line.strip_prefix("FAILED ")?;
        let name = rest.split_once(" - ").map_or(rest, |(name, _)| name);
        (name.contains("::") && !name.contains(' ')).then_some(name)
    };
    let go = || line.strip_prefix("--- FAIL: ")?.split_whitespace().next();
    let script = || {
        let rest = line.strip_prefix('✕').or_else(|| line.strip_prefix('✗'))?;
        let name = rest.rsplit_once(" (").map_or(rest, |(name, _)| name);
        Some(name.trim())
    };
    rust()
        .or_else(nextest)
        .or_else(pytest)
        .or_else(go)
        .or_else(script)
        .filter(|name| !name.is_empty())
}

/// The line in which a runner sums up, without ornaments.
fn summary(output: &str) -> String {
    const SUMS: &[&str] =
        &["test result:", "Tests:", "Tests ", "# fail", "Summary [", "tests completed", "Failed!"];
    let told = |line: &&str| {
        SUMS.iter().any(|sum| line.starts_with(sum)) || counts_tests(line) || of_go(line)
    };
    let lines = || output.lines().rev().map(bare).filter(|line| !line.is_empty());
    // A run of several suites has one sum each; one that failed is the one that matters. What else a command line
    // printed is no sum.
    let failed = lines().filter(told).find(|line| tells_failure(line));
    cut(failed.or_else(|| lines().find(told)).unwrap_or_default(), SUMMARY)
}

/// `ok example.com/x 0.2s`, with tabs
fn of_go(line: &str) -> bool {
    let mut words = line.split_whitespace();
    matches!(words.next(), Some("ok" | "FAIL"))
        && words.next().is_some_and(|name| name.contains('/') || name.contains('.'))
}

/// `3 passed, 1 failed in 0.2s`
fn counts_tests(line: &str) -> bool {
    let mut words = line.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let counted = word.parse::<u64>().is_ok();
        if counted
            && words
                .peek()
                .is_some_and(|next| matches!(*next, "passed" | "failed" | "passing" | "failing"))
        {
            return true;
        }
    }
    false
}

fn tells_failure(summary: &str) -> bool {
    let counts = ["failed", "failing", "errors", "error", "failures"];
    let words: Vec<&str> =
        summary.split([' ', ',', ';', ':', '=']).filter(|word| !word.is_empty()).collect();
    let counted = words.windows(2).any(|pair| {
        pair[0].parse::<u64>().is_ok_and(|number| number > 0) && counts.contains(&pair[1])
    });
    counted || summary.starts_with("test result: FAILED") || words.first() == Some(&"FAIL")
}

/// A line without the signs that runners draw around it.
fn bare(line: &str) -> &str {
    line.trim().trim_matches(['=', '-', '─', '_']).trim()
}

/// The last part of an output, from the start of a character on.
fn end_of(output: &str) -> &str {
    let mut from = output.len().saturating_sub(OUTPUT);
    while !output.is_char_boundary(from) {
        from += 1;
    }
    &output[from..]
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<String> {
        command(&serde_json::json!({ "command": line }).to_string())
    }

    fn read(output: &str) -> TestRun {
        TestRun::read("t".into(), output, false, Moment::default())
    }

    #[test]
    fn the_part_of_a_line_that_runs_tests_is_the_command() {
        assert_eq!(of("cd a && cargo test -q 2>&1 | tail -5").as_deref(), Some("cargo test -q"));
        assert_eq!(of("RUST_LOG=x timeout 60s cargo test").as_deref(), Some("cargo test"));
        assert_eq!(of("uv run pytest tests -x").as_deref(), Some("pytest tests -x"));
        assert_eq!(of("python -m pytest").as_deref(), Some("pytest"));
        assert_eq!(of("cat <<E\nx\nE\ngo test ./...").as_deref(), Some("go test ./..."));
        assert_eq!(of("pytest a; cd x && pytest b").as_deref(), Some("pytest a && pytest b"));
        assert_eq!(of("git commit -m 'cargo test is green'"), None);
        assert_eq!(of("grep -r pytest ."), None);
        let list = r#"{"command":["bash","-lc","npm test"]}"#;
        assert_eq!(command(list).as_deref(), Some("npm test"));
    }

    #[test]
    fn failing_tests_are_named_as_their_runner_names_them() {
        let cases = [
            ("test a::b ... FAILED\ntest result: FAILED. 1 passed; 1 failed", "a::b"),
            (
                "FAIL [   0.1s] crate a::b\nSummary [ 1s] 2 tests run: 1 passed, 1 failed",
                "crate a::b",
            ),
            (
                "FAILED tests/x.py::test_y - assert 1\n== 1 failed, 3 passed in 0.1s ==",
                "tests/x.py::test_y",
            ),
            ("--- FAIL: TestX (0.00s)\nFAIL", "TestX"),
            ("  ✕ pays twice (5 ms)\nTests:       1 failed, 2 passed, 3 total", "pays twice"),
        ];
        for (output, name) in cases {
            let run = read(output);
            assert!(run.failed, "{output}");
            assert_eq!(run.failing, [name], "{output}");
        }
    }

    #[test]
    fn the_sum_of_a_run_is_its_summary() {
        let two = "test result: FAILED. 1 passed; 1 failed; 0 ignored\nx\ntest result: ok. 2 passed; 0 failed";
        assert_eq!(read(two).summary, "test result: FAILED. 1 passed; 1 failed; 0 ignored");
        let good = read("running\n======= 4 passed in 0.1s =======\n\n");
        assert_eq!((good.summary.as_str(), good.failed), ("4 passed in 0.1s", false));
        assert!(!read("test result: ok. 9 passed; 0 failed").failed);
        assert_eq!(read("ok  \ta/x\t0.1s\n2 files changed").summary, "ok  \ta/x\t0.1s");
        assert_eq!(read("").summary, "");
    }
}
