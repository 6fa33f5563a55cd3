//! One line of a Claude Code transcript, read into events. No line needs to know another.
//!
//! A prompt is what a person typed for the model: in a row of its own, beside a tool's result, or handed in while the
//! agent worked. An edit is read from the row that reports it done, so that a failed call is none. A compaction is
//! counted by its boundary row; the row behind it holds the summary, which is the agent's text and no prompt. Prompts that
//! versions before 2.1.7x took in mid-turn without a row of their own are not seen.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::claude::result;
use crate::agent::json;
use crate::agent::json::Block;
use crate::agent::json::Field;
use crate::agent::text;
use crate::model::session::Event;
use crate::model::session::PlanItem;
use crate::model::session::PlanState;
use crate::model::session::Record;
use crate::model::session::Thread;
use crate::model::session::TitleRank;
use crate::model::session::Usage;

/// The model's name in rows that Claude Code made itself.
const SYNTHETIC: &str = "<synthetic>";

/// The context window of models whose name says so.
const LONG_WINDOW: (&str, u64) = ("[1m]", 1_000_000);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    #[serde(borrow, rename = "type")]
    kind: Field<'a>,
    #[serde(borrow)]
    subtype: Field<'a>,
    #[serde(borrow)]
    timestamp: Field<'a>,
    #[serde(borrow)]
    cwd: Field<'a>,
    #[serde(borrow)]
    git_branch: Field<'a>,
    #[serde(borrow)]
    version: Field<'a>,
    #[serde(borrow)]
    is_sidechain: Field<'a>,
    #[serde(borrow)]
    is_meta: Field<'a>,
    #[serde(borrow)]
    is_compact_summary: Field<'a>,
    #[serde(borrow)]
    is_visible_in_transcript_only: Field<'a>,
    #[serde(borrow)]
    prompt_source: Field<'a>,
    #[serde(borrow)]
    origin: Field<'a>,
    #[serde(borrow)]
    message: Field<'a>,
    #[serde(borrow)]
    tool_use_result: Field<'a>,
    #[serde(borrow)]
    attachment: Field<'a>,
    #[serde(borrow)]
    compact_metadata: Field<'a>,
    #[serde(borrow)]
    summary: Field<'a>,
    #[serde(borrow)]
    ai_title: Field<'a>,
    #[serde(borrow)]
    custom_title: Field<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    #[serde(borrow)]
    model: Field<'a>,
    #[serde(borrow)]
    content: Field<'a>,
    #[serde(borrow)]
    usage: Field<'a>,
}

#[derive(Deserialize)]
struct Tokens<'a> {
    #[serde(borrow)]
    input_tokens: Field<'a>,
    #[serde(borrow)]
    cache_creation_input_tokens: Field<'a>,
    #[serde(borrow)]
    cache_read_input_tokens: Field<'a>,
    #[serde(borrow)]
    output_tokens: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment<'a> {
    #[serde(borrow, rename = "type")]
    kind: Field<'a>,
    #[serde(borrow)]
    command_mode: Field<'a>,
    #[serde(borrow)]
    origin: Field<'a>,
    #[serde(borrow)]
    prompt: Field<'a>,
}

#[derive(Deserialize)]
struct Origin<'a> {
    #[serde(borrow)]
    kind: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CompactMetadata<'a> {
    #[serde(borrow)]
    pre_tokens: Field<'a>,
    #[serde(borrow)]
    post_tokens: Field<'a>,
}

/// The input of the tools that say something of the plan or of subagents.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input<'a> {
    #[serde(borrow)]
    description: Field<'a>,
    #[serde(borrow)]
    todos: Field<'a>,
    #[serde(borrow)]
    task_id: Field<'a>,
    #[serde(borrow)]
    subject: Field<'a>,
}

#[derive(Deserialize)]
struct Todo<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    #[serde(borrow)]
    content: Field<'a>,
    #[serde(borrow)]
    status: Field<'a>,
}

pub(super) fn read(line: &[u8]) -> Record {
    let (line, replaced) = json::line_text(line);
    let mut record = Record::default();
    let malformed = json::each_value(&line, &mut |row: Row<'_>| take(&row, &mut record));
    record.malformed = malformed || replaced;
    record
}

fn take(row: &Row<'_>, record: &mut Record) {
    record.at = record.at.or(json::word(row.timestamp).and_then(|time| time.parse().ok()));
    if json::is_true(row.is_sidechain) {
        record.thread = Thread::Side;
    }
    let events = &mut record.events;
    let kind = json::word(row.kind).unwrap_or_default();
    if matches!(kind, "user" | "assistant" | "system" | "attachment") {
        setting(row, events);
    }
    match kind {
        "user" => user(row, events),
        "assistant" => assistant(row, events),
        "system" if json::word(row.subtype) == Some("compact_boundary") => {
            events.push(compaction(row.compact_metadata));
        }
        "attachment" => events.extend(queued_prompt(row.attachment)),
        "summary" => events.extend(title(row.summary, TitleRank::Summary)),
        "ai-title" => events.extend(title(row.ai_title, TitleRank::Generated)),
        "custom-title" => events.extend(title(row.custom_title, TitleRank::Chosen)),
        _ => {}
    }
}

fn setting(row: &Row<'_>, events: &mut Vec<Event>) {
    let cwd = json::full_text(row.cwd);
    let branch = json::full_text(row.git_branch);
    let version = json::full_text(row.version);
    if cwd.is_some() || branch.is_some() || version.is_some() {
        events.push(Event::Setting { cwd, branch, version });
    }
}

fn title(field: Field<'_>, rank: TitleRank) -> Option<Event> {
    json::full_text(field).map(|text| Event::Title { text, rank })
}

fn compaction(metadata: Field<'_>) -> Event {
    let metadata = json::parsed::<CompactMetadata<'_>>(metadata);
    let tokens = |field: Field<'_>| json::parsed(field);
    Event::Compaction {
        tokens_before: metadata.as_ref().and_then(|known| tokens(known.pre_tokens)),
        tokens_after: metadata.as_ref().and_then(|known| tokens(known.post_tokens)),
        summary: None,
    }
}

/// A prompt that was handed to the agent while it worked.
fn queued_prompt(attachment: Field<'_>) -> Option<Event> {
    let attachment: Attachment<'_> = json::parsed(attachment)?;
    let is_prompt = json::word(attachment.kind) == Some("queued_command")
        && json::word(attachment.command_mode) == Some("prompt")
        && is_of_a_person(attachment.origin);
    if is_prompt { prompt(attachment.prompt) } else { None }
}

fn user(row: &Row<'_>, events: &mut Vec<Event>) {
    let Some(message) = json::parsed::<Message<'_>>(row.message) else { return };
    let unspoken = [row.is_meta, row.is_compact_summary, row.is_visible_in_transcript_only];
    let spoken = !unspoken.into_iter().any(json::is_true)
        && json::word(row.prompt_source) != Some("system")
        && is_of_a_person(row.origin);
    if spoken {
        events.extend(prompt(message.content));
    }
    if json::is_true(row.is_compact_summary) {
        events.push(Event::Summary(json::content_text(message.content)));
    }
    for block in json::blocks(message.content) {
        if json::word(block.kind) == Some("tool_result") {
            events.push(Event::ToolResult {
                id: json::text(block.tool_use_id).unwrap_or_default(),
                text: json::content_text(block.content),
                failed: json::is_true(block.is_error),
            });
        }
    }
    result::take(row.tool_use_result, events);
}

fn is_of_a_person(origin: Field<'_>) -> bool {
    let origin = json::parsed::<Origin<'_>>(origin);
    origin.and_then(|origin| json::word(origin.kind)).is_none_or(|kind| kind == "human")
}

/// What was typed, in one prompt; an image alone is one too.
fn prompt(content: Field<'_>) -> Option<Event> {
    if let Some(whole) = json::text(content) {
        return text::typed(&whole).map(Event::Prompt);
    }
    let blocks = json::blocks(content);
    let is = |block: &Block<'_>, kind: &str| json::word(block.kind) == Some(kind);
    let typed: Vec<String> = blocks
        .iter()
        .filter(|block| is(block, "text"))
        .filter_map(|block| text::typed(&json::text(block.text)?))
        .collect();
    let only_images = !blocks.is_empty() && blocks.iter().all(|block| is(block, "image"));
    match typed.is_empty() {
        true if only_images => Some(Event::Prompt(text::IMAGE.to_owned())),
        true => None,
        false => Some(Event::Prompt(typed.join("\n"))),
    }
}

fn assistant(row: &Row<'_>, events: &mut Vec<Event>) {
    let Some(message) = json::parsed::<Message<'_>>(row.message) else { return };
    let model = json::full_text(message.model);
    if model.as_deref() == Some(SYNTHETIC) {
        return;
    }
    let window =
        model.as_deref().filter(|name| name.ends_with(LONG_WINDOW.0)).map(|_| LONG_WINDOW.1);
    events.extend(model.map(Event::Model));
    for block in json::blocks(message.content) {
        assistant_block(&block, events);
    }
    events.extend(usage(&message, window));
}

fn assistant_block(block: &Block<'_>, events: &mut Vec<Event>) {
    match json::word(block.kind) {
        Some("text") => events.extend(json::full_text(block.text).map(Event::Reply)),
        Some("thinking") => events.extend(json::full_text(block.thinking).map(Event::Thinking)),
        Some("tool_use") => tool_call(block, events),
        _ => {}
    }
}

fn usage(message: &Message<'_>, window: Option<u64>) -> Option<Event> {
    let tokens: Tokens<'_> = json::parsed(message.usage)?;
    let read = json::number(tokens.input_tokens)
        + json::number(tokens.cache_creation_input_tokens)
        + json::number(tokens.cache_read_input_tokens);
    let output = json::number(tokens.output_tokens);
    let message = json::text(message.id);
    (read > 0).then(|| Event::Usage(Usage { message, context: read + output, output, window }))
}

fn tool_call(block: &Block<'_>, events: &mut Vec<Event>) {
    let id = json::text(block.id).unwrap_or_default();
    let name = json::text(block.name).unwrap_or_default();
    let input = block.input.map(RawValue::get).unwrap_or_default().to_owned();
    let speaks = matches!(name.as_str(), "Task" | "Agent" | "TodoWrite" | "TaskUpdate");
    if let Some(input) = json::parsed(block.input.filter(|_| speaks)) {
        events.extend(said_by_call(&name, &id, &input));
    }
    events.push(Event::ToolCall { id, name, input });
}

/// What a call says beside being one. A changed item's state is told by the result, its text only by the call.
fn said_by_call(name: &str, id: &str, input: &Input<'_>) -> Option<Event> {
    match name {
        "TodoWrite" => {
            let todos: Vec<Todo<'_>> = json::parsed(input.todos)?;
            Some(Event::PlanReplaced(todos.iter().enumerate().filter_map(plan_item).collect()))
        }
        "TaskUpdate" => {
            let (id, text) = (json::text(input.task_id)?, json::full_text(input.subject)?);
            Some(Event::PlanItemChanged { id, text: Some(text), state: None })
        }
        _ => {
            let description = json::text(input.description).unwrap_or_default();
            Some(Event::SubagentStarted { id: id.to_owned(), description })
        }
    }
}

fn plan_item((place, todo): (usize, &Todo<'_>)) -> Option<PlanItem> {
    let id = json::text(todo.id).unwrap_or_else(|| (place + 1).to_string());
    let state = json::word(todo.status).and_then(plan_state).unwrap_or(PlanState::Pending);
    Some(PlanItem { id, text: json::full_text(todo.content)?, state })
}

pub(super) fn plan_state(word: &str) -> Option<PlanState> {
    match word {
        "pending" => Some(PlanState::Pending),
        "in_progress" => Some(PlanState::InProgress),
        "completed" => Some(PlanState::Completed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::EditKind;

    fn events(line: &str) -> Vec<Event> {
        read(line.as_bytes()).events
    }

    fn prompts(line: &str) -> Vec<String> {
        let prompt = |event| if let Event::Prompt(text) = event { Some(text) } else { None };
        events(line).into_iter().filter_map(prompt).collect()
    }

    fn user(fields: &str, content: &str) -> String {
        format!(r#"{{"type":"user",{fields}"message":{{"role":"user","content":{content}}}}}"#)
    }

    #[test]
    fn what_a_person_typed_is_a_prompt() {
        assert_eq!(prompts(&user("", r#""paint it""#)), ["paint it"]);
        assert_eq!(prompts(&user(r#""origin":{"kind":"human"},"#, r#""go""#)), ["go"]);
        assert_eq!(prompts(&user("", r#"[{"type":"text","text":"a"},{"type":"image"}]"#)), ["a"]);
        assert_eq!(prompts(&user("", r#"[{"type":"image"}]"#)), ["[image]"]);
        let beside = r#"[{"type":"tool_result","tool_use_id":"t","content":"ok"},{"type":"text","text":"and b"}]"#;
        assert_eq!(prompts(&user("", beside)), ["and b"]);
        let queued = r#"{"type":"attachment","attachment":{"type":"queued_command","prompt":"also c","commandMode":"prompt"}}"#;
        assert_eq!(prompts(queued), ["also c"]);
    }

    #[test]
    fn what_nobody_typed_is_no_prompt() {
        for field in ["isMeta", "isCompactSummary", "isVisibleInTranscriptOnly"] {
            assert!(
                prompts(&user(&format!(r#""{field}":true,"#), r#""words""#)).is_empty(),
                "{field}"
            );
        }
        let notice = r#""<task-notification>done</task-notification>""#;
        assert!(prompts(&user(r#""origin":{"kind":"task-notification"},"#, r#""x""#)).is_empty());
        assert!(prompts(&user(r#""promptSource":"system","#, r#""x""#)).is_empty());
        assert!(prompts(&user("", notice)).is_empty());
        assert!(prompts(&user("", r#"[{"type":"tool_result","content":"typed?"}]"#)).is_empty());
        let queued = r#"{"type":"attachment","attachment":{"type":"queued_command","prompt":"x","commandMode":"task-notification"}}"#;
        assert!(prompts(queued).is_empty());
    }

    #[test]
    fn an_answer_tells_model_words_calls_and_tokens() {
        let line = r#"{"type":"assistant","timestamp":"2026-03-04T05:06:07.089Z","cwd":"C:\\w","gitBranch":"main","version":"2.1.9",
            "message":{"id":"m1","model":"claude-x","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"yes"},
            {"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}],
            "usage":{"input_tokens":1,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":4000}}}"#;
        let record = read(line.replace('\n', " ").as_bytes());
        assert_eq!(record.at, "2026-03-04T05:06:07.089Z".parse().ok());
        let usage = Usage { message: Some("m1".into()), context: 4321, output: 4000, window: None };
        let (cwd, branch) = (Some("C:\\w".into()), Some("main".into()));
        let expected = [
            Event::Setting { cwd, branch, version: Some("2.1.9".into()) },
            Event::Model("claude-x".into()),
            Event::Thinking("hm".into()),
            Event::Reply("yes".into()),
            Event::ToolCall {
                id: "t1".into(),
                name: "Bash".into(),
                input: r#"{"command":"ls"}"#.into(),
            },
            Event::Usage(usage),
        ];
        assert_eq!(record.events, expected);
    }

    #[test]
    fn what_claude_code_said_itself_is_no_answer() {
        let line = r#"{"type":"assistant","message":{"model":"<synthetic>","content":[{"type":"text","text":"API Error"}],"usage":{"input_tokens":0}}}"#;
        assert!(events(line).is_empty());
    }

    #[test]
    fn what_was_chosen_in_a_form_is_an_answer() {
        let report = r#""toolUseResult":{"questions":[{"question":"Which?","options":[{"label":"A"},{"label":"B"}]},
            {"question":"And?","options":[]}],"answers":{"Which?":"A"}},"#;
        let options = vec!["A".into(), "B".into()];
        let answered = Event::Answered { question: "Which?".into(), answer: "A".into(), options };
        assert_eq!(events(&user(&report.replace('\n', " "), "[]")), [answered]);
    }

    #[test]
    fn an_edit_is_told_by_the_report_of_a_call_that_succeeded() {
        let edit = |report: &str| {
            let line = user(&format!(r#""toolUseResult":{report},"#), "[]");
            events(&line).into_iter().find_map(|event| match event {
                Event::Edit { path, kind } => Some((path, kind)),
                _ => None,
            })
        };
        let created = r#"{"type":"create","filePath":"/w/a","content":"x","structuredPatch":[]}"#;
        let changed =
            r#"{"filePath":"/w/b","oldString":"x","newString":"y","structuredPatch":[{}]}"#;
        let begun = r#"{"filePath":"/w/c","oldString":"","newString":"y","structuredPatch":[]}"#;
        let notebook =
            r#"{"notebook_path":"/w/d.ipynb","new_source":"1","edit_mode":"replace","error":""}"#;
        assert_eq!(edit(created), Some(("/w/a".into(), EditKind::Created)));
        assert_eq!(edit(changed), Some(("/w/b".into(), EditKind::Updated)));
        assert_eq!(edit(begun), Some(("/w/c".into(), EditKind::Created)));
        assert_eq!(edit(notebook), Some(("/w/d.ipynb".into(), EditKind::Updated)));
        assert_eq!(edit(r#""Error: File has not been read yet""#), None);
        assert_eq!(edit(r#"{"type":"text","file":{"filePath":"/w/read"}}"#), None);
        assert_eq!(edit(r#"[{"filePath":"/w/foreign"}]"#), None);
    }

    #[test]
    fn a_result_tells_its_text_and_whether_the_call_failed() {
        let line = user(
            "",
            r#"[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#,
        );
        let expected = Event::ToolResult { id: "t1".into(), text: "a\nb".into(), failed: true };
        assert_eq!(events(&line), [expected]);
    }

    #[test]
    fn both_kinds_of_to_do_list_are_read() {
        let call = |name: &str, input: &str| {
            let block =
                format!(r#"{{"type":"tool_use","id":"t","name":"{name}","input":{input}}}"#);
            events(&format!(r#"{{"type":"assistant","message":{{"content":[{block}]}}}}"#))
                .remove(0)
        };
        let report = |report: &str| events(&user(&format!(r#""toolUseResult":{report},"#), "[]"));
        let item =
            |id: &str, text: &str, state| PlanItem { id: id.into(), text: text.into(), state };
        assert_eq!(
            call(
                "TodoWrite",
                r#"{"todos":[{"content":"a","status":"completed"},{"content":"b","status":"pending"}]}"#
            ),
            Event::PlanReplaced(vec![
                item("1", "a", PlanState::Completed),
                item("2", "b", PlanState::Pending)
            ])
        );
        assert_eq!(
            report(r#"{"task":{"id":"7","subject":"c"}}"#),
            [Event::PlanItemAdded(item("7", "c", PlanState::Pending))]
        );
        let done = Some(PlanState::Completed);
        assert_eq!(
            report(
                r#"{"success":true,"taskId":"7","statusChange":{"from":"pending","to":"completed"}}"#
            ),
            [Event::PlanItemChanged { id: "7".into(), text: None, state: done }]
        );
        assert!(report(r#"{"success":false,"taskId":"9","error":"Task not found"}"#).is_empty());
        assert_eq!(
            call("TaskUpdate", r#"{"taskId":"7","subject":"d"}"#),
            Event::PlanItemChanged { id: "7".into(), text: Some("d".into()), state: None }
        );
        assert_eq!(
            call("Agent", r#"{"description":"look","prompt":"long"}"#),
            Event::SubagentStarted { id: "t".into(), description: "look".into() }
        );
    }

    #[test]
    fn a_commit_is_told_by_the_report_or_else_by_what_git_printed() {
        let report = |report: &str| events(&user(&format!(r#""toolUseResult":{report},"#), "[]"));
        let printed = r#"{"stdout":"[main abcdef1] subject\n 1 file changed","stderr":""}"#;
        let told = r#"{"stdout":"[main abcdef1] subject","gitOperation":{"commit":{"sha":"1234567","kind":"committed"}}}"#;
        assert_eq!(report(printed), [Event::Commit("abcdef1".into())]);
        assert_eq!(report(told), [Event::Commit("1234567".into())]);
    }

    #[test]
    fn a_compaction_and_titles_are_told_by_rows_of_their_own() {
        let line = r#"{"type":"system","subtype":"compact_boundary","compactMetadata":{"trigger":"auto","preTokens":900,"postTokens":40}}"#;
        let (tokens_before, tokens_after) = (Some(900), Some(40));
        assert_eq!(
            events(line),
            [Event::Compaction { tokens_before, tokens_after, summary: None }]
        );
        let summary = Event::Summary("so far".into());
        assert_eq!(events(&user(r#""isCompactSummary":true,"#, r#""so far""#)), [summary]);
        for (line, rank) in [
            (r#"{"type":"summary","summary":"T","leafUuid":"u"}"#, TitleRank::Summary),
            (r#"{"type":"ai-title","aiTitle":"T"}"#, TitleRank::Generated),
            (r#"{"type":"custom-title","customTitle":"T"}"#, TitleRank::Chosen),
        ] {
            assert_eq!(events(line), [Event::Title { text: "T".into(), rank }]);
        }
    }

    #[test]
    fn a_row_of_a_side_thread_says_so() {
        let record = read(user(r#""isSidechain":true,"#, r#""look around""#).as_bytes());
        assert_eq!(record.thread, Thread::Side);
    }

    #[test]
    fn two_rows_on_a_line_are_both_read_and_unknown_ones_skipped() {
        let line = format!("{}{}", user("", r#""one""#), user("", r#""two""#));
        assert_eq!(prompts(&line), ["one", "two"]);
        assert!(read(line.as_bytes()).malformed);
        assert_eq!(
            read(br#"{"type":"api-request-blob","message":{"role":"user","content":"x"}}"#),
            Record::default()
        );
        assert_eq!(read(br#"{"type":7,"message":[]}"#), Record::default());
        assert!(read(b"{\"type\":\"user\",\"message\":").malformed);
        let broken = [br#"{"type":"summary","summary":""#.as_slice(), b"\xff", b"\"}"].concat();
        let record = read(&broken);
        assert!(record.malformed && record.events.len() == 1);
    }
}
