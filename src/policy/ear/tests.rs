//! What is heard, and what is not.

use super::*;

fn told(event: Event) -> Vec<(Gist, String, Option<String>)> {
    let record = Record { events: vec![event], ..Record::default() };
    hear(&record).into_iter().map(|one| (one.gist, one.text, one.why)).collect()
}

fn by_person(text: &str) -> Vec<(Gist, String, Option<String>)> {
    let mut told = told(Event::Prompt(text.to_owned()));
    told.retain(|(gist, ..)| *gist != Gist::Ask);
    told
}

fn by_agent(text: &str) -> Vec<(Gist, String, Option<String>)> {
    told(Event::Reply(text.to_owned()))
}

fn gists(told: &[(Gist, String, Option<String>)]) -> Vec<Gist> {
    told.iter().map(|(gist, ..)| *gist).collect()
}

#[test]
fn a_person_decides_in_plain_words() {
    let cases: &[(&str, &[Gist])] = &[
        ("Let's use a job queue instead of a cron job.", &[Gist::Adopted, Gist::Rejected]),
        ("We decided to verify the signature first.", &[Gist::Adopted]),
        ("use sqlite", &[Gist::Adopted]),
        ("bump it to 0.3.0 because 0.2.0 is taken", &[Gist::Adopted]),
        ("Bump to 0.3.0 because 0.2.0 is taken", &[Gist::Adopted]),
        ("Don't use the ORM here.", &[Gist::Rejected]),
        ("no, let's not add a cache", &[Gist::Rejected]),
        ("The old endpoint must not change.", &[Gist::Constraint]),
        ("never log the card number", &[Gist::Constraint]),
        ("please keep the public API compatible", &[Gist::Constraint]),
        ("Refunds are out of scope.", &[Gist::Deferred]),
        ("we can add metrics later", &[Gist::Deferred]),
        ("skip the docs for now", &[Gist::Deferred]),
    ];
    for (text, expected) in cases {
        assert_eq!(gists(&by_person(text)), *expected, "{text}");
    }
}

#[test]
fn questions_stories_and_doubts_decide_nothing() {
    for text in [
        "should we use a queue instead of a cron job?",
        "why don't we use redis",
        "I don't know what to do here",
        "don't worry about it",
        "if it fails we must never retry",
        "what happens later",
        "it never works on my machine",
        "maybe use a queue",
        "```\nuse strict\n```",
        "> use a queue",
    ] {
        assert_eq!(by_person(text), [], "{text}");
    }
}

#[test]
fn an_option_that_was_not_taken_is_rejected_for_the_reason_given() {
    let told = by_person("Use a queue instead of polling because polling hits the rate limit.");
    let why = Some("polling hits the rate limit".to_owned());
    assert_eq!(
        told,
        [
            (Gist::Adopted, "Use a queue instead of polling".to_owned(), why.clone()),
            (Gist::Rejected, "polling".to_owned(), why),
        ]
    );
}

#[test]
fn an_agent_decides_only_for_itself_and_with_a_reason_or_an_alternative() {
    let cases: &[(&str, &[Gist])] = &[
        ("I'll use `Literal` instead of plain `str` here.", &[Gist::Adopted, Gist::Rejected]),
        ("I’m keeping `--json` in the CLI so that the engine stays as it is.", &[Gist::Adopted]),
        ("Decision: the worker owns the retries.", &[Gist::Adopted]),
        ("I ruled out a second table because it needs a migration.", &[Gist::Rejected]),
        ("Metrics are out of scope for this change.", &[Gist::Deferred]),
        ("I'm waiting for the result rather than interrupting.", &[]),
        ("I'll use the existing helper.", &[]),
        ("The server rejected the pack because it was too large.", &[]),
        ("I'll now run the tests.", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(gists(&by_agent(text)), *expected, "{text}");
    }
}

#[test]
fn words_that_only_say_that_something_is_decided_are_left_out() {
    let first = |told: Vec<(Gist, String, Option<String>)>| (told[0].1.clone(), told[0].2.clone());
    assert_eq!(first(by_agent("Decision: the worker owns it.")).0, "the worker owns it.");
    assert_eq!(first(by_person("Don’t use the ORM here.")).0, "the ORM here.");
    assert_eq!(first(by_person("Let’s use a queue.")).0, "use a queue.");
    let told = first(by_agent("I considered a second table, but it needs a migration."));
    assert_eq!(told, ("a second table".to_owned(), Some("it needs a migration".to_owned())));
}

#[test]
fn the_last_questions_of_a_reply_and_its_list_of_steps_are_heard() {
    let told = by_agent(
        "Done.\n\n## Next steps\n\n1. wire the worker\n2. add tests\n\nShall I go on with the worker?",
    );
    assert_eq!(gists(&told), [Gist::Question, Gist::Step, Gist::Step]);
    assert_eq!(told[1].1, "wire the worker");
    assert_eq!(gists(&by_agent("Remaining:\n- a thing\n")), [Gist::Step]);
    assert_eq!(by_agent("The remaining tests are listed:\n- a thing\n"), []);
    assert_eq!(gists(&by_agent("This is blocked on the sandbox key.")), [Gist::Blocker]);
}

#[test]
fn what_is_wanted_is_more_than_going_on() {
    let ask = |text: &str| {
        let told = told(Event::Prompt(text.to_owned()));
        told.into_iter().find(|(gist, ..)| *gist == Gist::Ask).map(|(_, text, _)| text)
    };
    for idle in ["continue", "yes", "ok do it", "/compact", "go ahead and commit", "1", "[image]"] {
        assert_eq!(ask(idle), None, "{idle}");
    }
    assert_eq!(ask("fix it").as_deref(), None);
    assert_eq!(ask("fix the parser").as_deref(), Some("fix the parser"));
    assert_eq!(ask("/goal make it fast again").as_deref(), Some("/goal make it fast again"));
    let plan = "Implement the following plan:\n\n# Plan: Retries\n\nNever block.";
    assert_eq!(ask(plan).as_deref(), Some("Implement the plan: Retries"));
    assert_eq!(gists(&by_person(plan)), []);
}

#[test]
fn files_that_a_person_names_are_heard() {
    let files = |text: &str| -> Vec<String> {
        let told = told(Event::Prompt(text.to_owned()));
        told.into_iter().filter(|(gist, ..)| *gist == Gist::File).map(|(_, text, _)| text).collect()
    };
    assert_eq!(
        files("look at `src/hook.rs:12`, ./a/b.py and README.md."),
        ["src/hook.rs", "a/b.py", "README.md"]
    );
    assert!(
        files("see example.com, v1.2, e.g. 3.14 and /etc/passwd.conf or https://a.b/c.html")
            .is_empty()
    );
}

#[test]
fn a_choice_in_a_form_is_a_decision_among_options() {
    let answered = |answer: &str| {
        let event = Event::Answered {
            question: "Which store?".into(),
            answer: answer.into(),
            options: vec!["SQLite".into(), "Redis".into()],
        };
        hear(&Record { events: vec![event], ..Record::default() })
    };
    let told = answered("SQLite");
    assert_eq!(
        (told[0].text.as_str(), told[0].among.as_deref()),
        ("Which store? SQLite", Some("Redis"))
    );
    assert!(answered("what is faster?").is_empty());
}

#[test]
fn a_side_thread_is_not_heard() {
    let events = vec![Event::Prompt("Use a queue.".into())];
    assert!(hear(&Record { thread: Thread::Side, events, ..Record::default() }).is_empty());
}
