//! The five sessions of `drafts` the whole way: the draft is looked through, made to fit a smaller budget, saved with a
//! commit, and the next session starts with what it needs.

use std::fs;

use insta::assert_snapshot;

use crate::drafts::{bulk, extraction, handover, payments, race, recorded};
use crate::world::World;

/// A case on its way.
struct Way {
    world: World,
    name: &'static str,
}

impl Way {
    /// Drafts the document into `state.md` in the person's home, as a shell would.
    fn drafted(world: World, name: &'static str, template: &str) -> Self {
        let path = recorded(name);
        let run = world.ckpt(&["draft", "--print", "--template", template, "--session", &path]);
        assert_eq!(run.code, 0, "{run}");
        let way = Self { world, name };
        way.write(&run.stdout());
        way
    }

    fn path(&self) -> String {
        self.world.home().join("state.md").to_str().unwrap().to_owned()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn write(&self, text: &str) {
        fs::write(self.path(), text).unwrap();
    }

    /// What `lint` says of it: level, line, rule.
    fn findings(&self) -> Vec<String> {
        let run = self.world.ckpt(&["lint", &self.path(), "--json"]);
        let told: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
        let findings = told["findings"].as_array().unwrap();
        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        findings
            .iter()
            .map(|one| format!("{} {} {}", one["line"], word(&one["level"]), word(&one["rule"])))
            .collect()
    }

    /// Makes it fit; returns what was left out.
    fn fitted(&self, budget: u64) -> Vec<String> {
        let before = self.text();
        let (front, body) = before.split_once("\nbudget: ").unwrap();
        let (_, body) = body.split_once('\n').unwrap();
        self.write(&format!("{front}\nbudget: {budget}\n{body}"));
        let run = self.world.ckpt(&["tokens", &self.path(), "--fit", "--yes"]);
        assert_eq!(run.code, 0, "{run}");
        let after = self.text();
        let binding =
            ["ADOPTED", "REJECTED", "DEFERRED", "Why:", "failed", "failing:", "must", "Never"];
        for line in before.lines().filter(|line| binding.iter().any(|word| line.contains(word))) {
            assert!(after.contains(line), "{}: {line:?} is gone from\n{after}", self.name);
        }
        let gone =
            |line: &&str| !line.is_empty() && !line.starts_with("budget") && !after.contains(line);
        before.lines().filter(gone).map(str::to_owned).collect()
    }

    /// Saves it with a commit that follows, through the hook, as work goes on.
    fn saved(&self) {
        self.world.git(&["config", "ckpt.background", "false"]);
        assert_eq!(self.world.ckpt(&["init"]).code, 0);
        let run = self.world.ckpt(&["save", "--prepare", "-F", &self.path()]);
        assert_eq!(run.code, 0, "{run}");
        self.world.commit("As far as it goes");
    }

    /// What the next session is started with.
    fn opening(&self) -> String {
        let run = self.world.ckpt(&["prompt"]);
        assert_eq!(run.code, 0, "{run}");
        run.stdout()
    }

    fn next_action(&self) -> String {
        let opening = self.opening();
        let (_, rest) = opening.rsplit_once("## Next action\n\n").unwrap();
        rest.lines().next().unwrap().to_owned()
    }

    /// All the way from the fitted document on; what a restart needs stands in the opening and in `resume`.
    fn resumed(&self, needs: &[&str]) {
        self.saved();
        let opening = self.opening();
        for need in needs {
            assert!(opening.contains(need), "{}: {need:?} is not in\n{opening}", self.name);
        }
        let next = self.next_action();
        let resumed = self.world.ckpt(&["resume"]);
        assert!(resumed.code == 0 && resumed.stdout().contains(&next), "{next}: {resumed}");
        let shown = self.world.json(&["show", "--json"]);
        assert_eq!(format!("{}\n", shown["body"].as_str().unwrap().trim_end()), self.body());
    }

    fn body(&self) -> String {
        let text = self.text();
        format!("{}\n", text.splitn(3, "---\n").nth(2).unwrap().trim_end())
    }
}

#[test]
fn payment_webhooks_are_taken_up_again() {
    let way = Way::drafted(payments(), "payments", "checkpoint");
    // Right: nobody said why refunds wait, nor what the queue lacks.
    assert_snapshot!(way.findings().join("\n"), @"
    19 warning decision-without-reason
    24 warning in-progress-without-missing
    ");
    assert_snapshot!(way.fitted(310).join("\n"), @"
    ## Last words
    > The signature check holds. The queue takes events now; its worker is not wired in yet.
    ");
    way.resumed(&[
        "ADOPTED: use a job queue instead of working inline",
        "REJECTED: the provider's SDK",
        "`webhook::refuses_an_old_timestamp`",
        "The signature must be checked before the body is parsed.",
        "not answered yet: Should an event that fails three times page somebody",
    ]);
    assert_eq!(way.next_action(), "Queue the event and answer 200");
}

#[test]
fn the_service_is_pulled_out_further() {
    let way = Way::drafted(extraction(), "extraction", "checkpoint");
    // Right: the form asked for no reason.
    assert_snapshot!(way.findings().join("\n"), @"15 warning decision-without-reason");
    assert_snapshot!(way.fitted(250).join("\n"), @"
    - then: internal/pdf/render.go stays where it is for the moment
    ## Progress
    - [x] commit `4c1d2e7`
    ## Testing status
    - `go test ./services/invoicing/... ./internal/invoices/...` ran: ok example.com/shop/internal/invoices 1.020s
    ## Last words
    > The PDF renderer stays in the monolith.
    ");
    way.resumed(&[
        "How does the service get at customer data? Events",
        "Never change the public JSON of /api/invoices",
        "blocked on a read replica from the platform team",
    ]);
    assert_eq!(way.next_action(), "Backfill the read model from `customers`");
}

#[test]
fn the_race_is_hunted_on() {
    let way = Way::drafted(race(), "race", "debug");
    // Right: in this session nobody named a hypothesis or a next experiment, and a draft makes none up.
    assert_snapshot!(way.findings().join("\n"), @"
    null error missing-section
    null error missing-section
    ");
    let experiment = "## Next action\n\n1. Let a reservation expire in `tests/test_stock.py` while two threads buy\n";
    let mended = way.text().replace(
        "## Eliminated",
        "## Active hypothesis\n\nBoth threads read the quantity before either writes it.\n\n## Eliminated",
    );
    way.write(&format!("{}\n\n{experiment}", mended.trim_end()));
    assert_eq!(way.findings(), [""; 0]);
    // Far too much for 120 tokens, and all of it binds: nothing is proposed.
    assert_eq!(way.fitted(120), [""; 0]);
    way.resumed(&[
        "Sometimes two orders take the last item.",
        "REJECTED: a global lock",
        "Both threads read the quantity before either writes it.",
        "not answered yet: does this also hold when a reservation expires?",
    ]);
    assert!(way.next_action().starts_with("Let a reservation expire"));
}

#[test]
fn the_search_is_handed_over() {
    let way = Way::drafted(handover(), "handover", "handoff");
    // Right: an item of a to-do list tells neither what is missing nor where to begin.
    assert_snapshot!(way.findings().join("\n"), @"
    14 warning decision-without-reason
    27 warning in-progress-without-missing
    38 warning vague-next-step
    39 warning vague-next-step
    40 warning vague-next-step
    ");
    assert_snapshot!(way.fitted(220).join("\n"), @"- [x] Index writer");
    way.resumed(&[
        "keep segments immutable",
        "`merges two segments`",
        "confirm who owns the ranking weights",
        "Make sure the segment format stays readable by the 1.x clients.",
    ]);
    assert_eq!(way.next_action(), "keep tombstones when two segments are merged");
}

#[test]
fn the_pages_are_translated_further() {
    let way = Way::drafted(bulk(), "bulk", "checkpoint");
    // Right: nobody said why the glossary counts, nor which of the pages 11 to 15 are missing.
    assert_snapshot!(way.findings().join("\n"), @"
    13 warning decision-without-reason
    19 warning in-progress-without-missing
    ");
    assert_snapshot!(way.fitted(200).join("\n"), @"
    - [x] Pages 1-5
    - [x] Pages 6-10
    - [x] commit `a1b2c3d`
    - [x] commit `b2c3d4e`
    - `docs/help/05.md` (done)
    - `docs/help/04.md` (done)
    - `docs/help/03.md` (done)
    - `docs/glossary.md` (untouched)
    ## Last words
    > Pages 1 to 12 are in English; 13 to 15 are next. Page 12 links to an anchor that does not exist in the German original either, so I left it as it is.
    ");
    way.resumed(&[
        "one commit per five pages",
        "Use the glossary in docs/glossary.md.",
        "Always keep the anchors, other pages link to them.",
        "[~] Pages 11-15",
    ]);
    assert_eq!(way.next_action(), "Pages 11-15");
}

#[test]
fn a_draft_that_a_save_made_by_itself_has_no_errors() {
    for (world, name) in [
        (payments(), "payments"),
        (extraction(), "extraction"),
        (race(), "race"),
        (handover(), "handover"),
        (bulk(), "bulk"),
    ] {
        world.save(&["--session", &recorded(name)]);
        let run = world.ckpt(&["lint"]);
        assert_eq!(run.code, 0, "{name}: {run}");
        assert!(!run.stdout().contains(": error: "), "{name}: {run}");
    }
    // What it lacks is told all the same, and an error where the repository says so.
    let world = race();
    world.save(&["--session", &recorded("race"), "--template", "debug"]);
    assert!(
        world.ckpt(&["lint"]).stdout().contains("warning: there is no section `Active hypothesis`")
    );
    assert_eq!(world.ckpt(&["lint", "--strict"]).code, 13);
    world.write(".ckpt.yaml", "lint: {missing-section: error}\n");
    assert_eq!(world.ckpt(&["lint"]).code, 13);
}
