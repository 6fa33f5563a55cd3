//! Drafts of five sessions as they happen: payment webhooks, a service that is pulled out, a race, a hand-over, twenty
//! pages in bulk. Each is a short transcript in the shape that the agents write.

use insta::assert_snapshot;

use crate::world::World;

/// The file of a recorded session.
pub fn recorded(name: &str) -> String {
    format!("{}/tests/fixtures/drafts/{name}.jsonl", env!("CARGO_MANIFEST_DIR"))
}

/// The draft of a recorded session, without front matter.
fn draft(world: &World, name: &str, more: &[&str]) -> String {
    let path = recorded(name);
    let arguments: Vec<&str> =
        ["draft", "--print", "--session", &path].iter().chain(more).copied().collect();
    let run = world.ckpt(&arguments);
    assert_eq!(run.code, 0, "{run}");
    let text = run.stdout();
    text.splitn(3, "---\n").nth(2).unwrap().to_owned()
}

pub fn payments() -> World {
    let world = World::new();
    world.write("src/webhook.rs", "// the signature comes first\n");
    world.commit("Check the signature of webhooks");
    world.write("src/queue.rs", "// no worker yet\n");
    world
}

pub fn extraction() -> World {
    let world = World::new();
    world.write("internal/pdf/render.go", "package pdf\n");
    world.write("internal/invoices/handler.go", "package invoices\n");
    world.write("services/invoicing/outbox.go", "package invoicing\n");
    world.commit("invoicing: outbox table and relay");
    world
}

pub fn race() -> World {
    let world = World::new();
    world.write("app/stock.py", "def take(): ...\n");
    world.write("tests/test_stock.py", "def test(): ...\n");
    world
}

pub fn handover() -> World {
    let world = World::new();
    world.write("search/ranking.ts", "export {}\n");
    world.write("search/writer.ts", "export {}\n");
    world.commit("search: write segments");
    world.write("search/incremental.ts", "export {}\n");
    world
}

pub fn bulk() -> World {
    let world = World::new();
    for page in 1..=12 {
        world.write(&format!("docs/help/{page:02}.md"), "# Help\n");
        if page == 10 {
            world.commit("docs: pages 01 to 10 in English");
        }
    }
    world.write("docs/glossary.md", "# Words\n");
    world
}

#[test]
fn payment_webhooks() {
    let world = payments();
    assert_snapshot!(draft(&world, "payments", &[]), @"
    # Payment webhooks

    ## Goal

    > Take in the payment provider's webhooks in src/webhook.rs.

    ## Decisions

    - ADOPTED: use a job queue instead of working inline
      - Why: the provider gives up after 5 seconds
    - REJECTED: working inline
      - Why: the provider gives up after 5 seconds
    - REJECTED: the provider's SDK
      - Why: it parses the body before it checks the signature
    - DEFERRED: Refunds are out of scope.

    ## Progress

    - [x] Check the signature over the raw body
    - [~] Queue the event and answer 200

    ## Next steps

    1. Queue the event and answer 200
    2. Make handling idempotent by event id
    3. Alert when an event fails three times

    ## Testing status

    - `cargo test webhook` failed: test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 12 filtered out; 2 files were edited since
      - failing: `webhook::refuses_an_old_timestamp`

    ## Blockers

    - not answered yet: Should an event that fails three times page somebody, or is a line in the log enough?

    ## Critical context

    - The signature must be checked before the body is parsed.

    ## Files in play

    - `src/queue.rs` (in progress): created
    - `src/webhook.rs` (done): created

    ## Last words

    > The signature check holds. The queue takes events now; its worker is not wired in yet.
    ");
}

#[test]
fn a_service_is_pulled_out() {
    let world = extraction();
    assert_snapshot!(draft(&world, "extraction", &["--sources"]), @"
    # Pull invoicing out of the monolith

    ## Goal

    > We want invoicing as a service of its own. Start by finding out what invoicing depends on. <!-- ckpt: from turn 1, you -->

    - then: internal/pdf/render.go stays where it is for the moment <!-- ckpt: from turn 3, you -->

    ## Decisions

    - ADOPTED: How does the service get at customer data? Events <!-- ckpt: from turn 1, you -->
      - Evaluated: Shared database; Synchronous API
    - ADOPTED: the service keeps its own copy of tax_rates. <!-- ckpt: from turn 1, agent -->
    - ADOPTED: use outbox tables rather than double writes <!-- ckpt: from turn 2, you -->
      - Why: a crash between two writes loses invoices
    - REJECTED: double writes <!-- ckpt: from turn 2, you -->
      - Why: a crash between two writes loses invoices
    - DEFERRED: the pdf renderer can move later. <!-- ckpt: from turn 3, you -->

    ## Progress

    - [x] commit `4c1d2e7` <!-- ckpt: from turn 2, commit -->

    ## Next steps

    1. Backfill the read model from `customers` <!-- ckpt: from turn 3, agent -->
    2. Switch `/api/invoices` to the service behind a flag <!-- ckpt: from turn 3, agent -->
    3. Compare both answers for a week <!-- ckpt: from turn 3, agent -->

    ## Testing status

    - `go test ./services/invoicing/... ./internal/invoices/...` ran: ok example.com/shop/internal/invoices 1.020s <!-- ckpt: from turn 2, test run -->

    ## Blockers

    - The backfill is blocked on a read replica from the platform team. <!-- ckpt: from turn 3, agent -->

    ## Critical context

    - Never change the public JSON of /api/invoices, mobile clients of last year still read it. <!-- ckpt: from turn 1, you -->

    ## Files in play

    - `internal/invoices/handler.go` (done) <!-- ckpt: from turn 2, one edit -->
    - `services/invoicing/outbox.go` (done): created <!-- ckpt: from turn 2, one edit -->
    - `internal/pdf/render.go` (untouched) <!-- ckpt: from turn 3, named by you -->

    ## Last words

    > The PDF renderer stays in the monolith. <!-- ckpt: from turn 3, agent -->
    ");
}

#[test]
fn a_race_condition() {
    let world = race();
    assert_snapshot!(draft(&world, "race", &["--template", "debug"]), @"
    # Lost stock updates

    ## Symptom

    > Sometimes two orders take the last item. Find the race in app/stock.py and fix it.

    ## Eliminated

    - REJECTED: a global lock, checkout must stay under 50 ms.
    - REJECTED: a row lock
      - Why: it needs no second round trip
    - REJECTED: SELECT … FOR UPDATE
      - Why: it serialises every checkout of a popular item

    ## Signals

    - `pytest tests/test_stock.py -q && pytest tests/test_checkout.py -q` ran: 4 passed in 1.20s

    ## Files in play

    - `tests/test_stock.py` (in progress)
    - `app/stock.py` (in progress)

    ## Don't forget

    - not answered yet: does this also hold when a reservation expires?
    ");
}

#[test]
fn a_hand_over_between_two() {
    let world = handover();
    assert_snapshot!(draft(&world, "handover", &["--template", "handoff"]), @"
    # Search: first half

    ## Goal

    > I'm handing this over to Bo tomorrow.

    ## Locked in

    - ADOPTED: We decided with Bo to keep segments immutable, merging writes a new one.

    ## Ruled out

    - DEFERRED: Finish the index writer, leave the query side for later.

    ## Open questions

    - I need you to confirm who owns the ranking weights.

    ## Implementation status

    - [x] Index writer
    - [~] Incremental updates

    ## Testing status

    - `npm test -- search` failed: Tests: 1 failed, 8 passed, 9 total; one file was edited since
      - failing: `merges two segments`

    ## Next steps

    1. keep tombstones when two segments are merged
    2. rerun `npm test -- search`
    3. Incremental updates
    4. Query parser
    5. Ranking

    ## Files in play

    - `search/incremental.ts` (in progress): created
    - `search/writer.ts` (done)
    - `search/ranking.ts` (untouched)

    ## Warnings

    - Make sure the segment format stays readable by the 1.x clients.
    ");
}

#[test]
fn twenty_pages_in_bulk() {
    let world = bulk();
    assert_snapshot!(draft(&world, "bulk", &[]), @"
    # docs: pages 01 to 10 in English

    ## Goal

    > Translate the 20 help pages in docs/help from German to English, one commit per five pages.

    ## Decisions

    - ADOPTED: Use the glossary in docs/glossary.md.

    ## Progress

    - [x] Pages 1-5
    - [x] Pages 6-10
    - [~] Pages 11-15
    - [x] commit `a1b2c3d`
    - [x] commit `b2c3d4e`

    ## Next steps

    1. Pages 11-15
    2. Pages 16-20

    ## Critical context

    - Always keep the anchors, other pages link to them.

    ## Files in play

    - `docs/help/12.md` (in progress)
    - `docs/help/11.md` (in progress)
    - `docs/help/10.md` (done)
    - `docs/help/09.md` (done)
    - `docs/help/08.md` (done)
    - `docs/help/07.md` (done)
    - `docs/help/06.md` (done)
    - `docs/help/05.md` (done)
    - `docs/help/04.md` (done)
    - `docs/help/03.md` (done)
    - and 2 more
    - `docs/glossary.md` (untouched)

    ## Last words

    > Pages 1 to 12 are in English; 13 to 15 are next. Page 12 links to an anchor that does not exist in the German original either, so I left it as it is.
    ");
}
