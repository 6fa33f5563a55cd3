//! Whole documents of many shapes: those that are as they should be, and those that are not, each with what it is told.

use super::tests::told;
use super::*;
use crate::format::template;
use crate::policy::outline;
use crate::policy::tokens;

/// The files of the project that the documents speak of.
const FILES: &[&str] = &[
    "src/webhook.rs",
    "src/retry.rs",
    "src/billing/client.rs",
    "src/billing/server.rs",
    "proto/billing.proto",
    "src/queue.rs",
    "tests/hammer.rs",
    "src/rank.rs",
    "src/indexer.rs",
    "ops/upgrade.yml",
    "migrations/0412_index.sql",
];

macro_rules! document {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/documents/", $name, ".md"))
    };
}

fn findings(template: &str, body: &str) -> Vec<Finding> {
    let name = template.parse().unwrap();
    let template =
        template::read(name, template::built_in(&template.parse().unwrap()).unwrap().as_bytes());
    let template = template.unwrap();
    let outline = outline::read(body);
    let in_tree = |path: &str| FILES.contains(&path);
    let material = Material {
        name: "x.md",
        body,
        outline: &outline,
        tokens: tokens::count(body),
        budget: template.budget,
        required: &template.required,
        blocked: false,
        completed: false,
        has_file: Some(&in_tree),
        previous: None,
        drafted: false,
    };
    lint(&material, &BTreeMap::new())
}

#[test]
fn a_template_that_is_filled_in_well_has_no_findings() {
    let windows = document!("race").replace('\n', "\r\n");
    let good = [
        ("checkpoint", document!("webhooks")),
        ("rehydrate", document!("extraction")),
        ("debug", document!("race")),
        ("debug", &windows),
        ("handoff", document!("handover")),
        ("bulk", document!("bulk")),
        ("task", document!("task")),
        ("checkpoint", document!("numbered")),
        ("checkpoint", document!("setext")),
        ("checkpoint", document!("code")),
        ("checkpoint", document!("tables")),
    ];
    for (template, body) in good {
        let findings = findings(template, body);
        assert!(findings.is_empty(), "{template}: {body}\n{findings:#?}");
    }
}

#[test]
fn what_is_amiss_with_a_document_is_told() {
    let told = |body: &str| told(&findings("checkpoint", body));
    assert_eq!(
        told(document!("hollow")),
        ["3 empty-section", "5 empty-section", "11 vague-next-step", "12 vague-next-step"]
    );
    assert_eq!(told(document!("pasted")), ["17 pasted-transcript", "21 pasted-transcript"]);
    assert_eq!(told(document!("monologue")), ["- over-budget"]);
    let missing = ["- missing-section", "- missing-section"];
    assert_eq!(told(document!("german")), missing);
    assert_eq!(told(document!("nested")), ["11 deep-nesting", "22 file-tree", "26 deep-nesting"]);
    assert_eq!(told(document!("message")), ["- missing-section"; 3]);
    assert_eq!(told(document!("reversed")), ["14 rejected-next-step"]);
    assert_eq!(
        told(document!("tagged")),
        [
            "- missing-section",
            "5 decision-without-reason",
            "9 pasted-transcript",
            "13 vague-next-step"
        ]
    );
    assert_eq!(told(document!("stuck")), ["9 blockers-unstated"]);
    assert_eq!(
        told(document!("prefers")),
        [
            "5 decision-without-reason",
            "5 style-preference",
            "17 style-preference",
            "18 style-preference"
        ]
    );
}

#[test]
fn no_budget_takes_what_matters_out_of_a_document() {
    for body in
        [document!("webhooks"), document!("handover"), document!("monologue"), document!("task")]
    {
        let fit = crate::policy::fit::fit(body, 60);
        let (before, after) = (outline::read(body), outline::read(&fit.body));
        assert!(before.decisions().eq(after.decisions()) && before.steps().eq(after.steps()));
        assert!(fit.after < fit.before, "{body}");
    }
}
