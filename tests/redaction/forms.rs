//! The forms in which a text comes up in a transcript.

/// Every form of `text`, with a name: plain, escaped up to three times, in the output of a shell, in a diff.
pub fn forms(text: &str) -> Vec<(&'static str, String)> {
    let shell = format!("$ cat settings\n# local\n{text}\n$ echo done\ndone\n");
    let diff = format!(
        "diff --git a/settings b/settings\n@@ -1,2 +1,3 @@\n # local\n{}\n # end\n",
        prefixed("+", text)
    );
    let numbered = text.lines().zip(1..).map(|(line, at)| format!("{at:6}\t{line}\n"));
    vec![
        ("plain", format!("{text}\n")),
        ("escaped", line(text)),
        ("escaped twice", line(&line(text))),
        ("escaped three times", line(&line(&line(text)))),
        ("slashes escaped", line(text).replace('/', "\\/")),
        (
            "marks as numbers",
            line(text).replace('=', "\\u003d").replace('-', "\\u002D").replace('/', "\\u002f"),
        ),
        ("shell", shell.clone()),
        ("shell, escaped", line(&shell)),
        ("shell, escaped twice", line(&line(&shell))),
        ("diff", diff.clone()),
        ("diff, escaped", line(&diff)),
        ("numbered, escaped", line(&numbered.collect::<String>())),
    ]
}

/// `text` as the content of a message, a line of JSON.
pub fn line(text: &str) -> String {
    let message = serde_json::json!({
        "type": "user",
        "message": { "role": "user", "content": [{ "type": "tool_result", "content": text }] },
        "uuid": "5f0c1a52-3d0e-4b58-9d0f-0a3c3f9d7b11",
    });
    format!("{message}\n")
}

fn prefixed(mark: &str, text: &str) -> String {
    text.lines().map(|line| format!("{mark}{line}")).collect::<Vec<_>>().join("\n")
}
