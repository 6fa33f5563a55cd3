//! Secrets planted into transcripts: all are found, and every line stays what it was.

use serde_json::Value;

use crate::forms::forms;
use crate::generate::{ALPHANUMERIC, Random};
use crate::public_rules::as_it_stands;
use crate::samples::samples;
use crate::{covers, is_json, replaced, scanner};

/// Texts with a secret of each kind, and the parts that nobody may read.
fn plants(random: &mut Random) -> Vec<(&'static str, String, Vec<String>)> {
    let mut token = |len| random.token(ALPHANUMERIC, len);
    let hex = |text: String| -> String {
        text.bytes().map(|byte| char::from(b"0123456789abcdef"[usize::from(byte % 16)])).collect()
    };
    let github = format!("{}_{}", "ghp", token(36));
    let anthropic = format!("{}-api03-{}AA", "sk-ant", token(93));
    let long = format!("{}-proj-{}", "sk", token(160));
    let aws_id = format!("{}{}", "AKIA", "QWERTYUIOP234567");
    let aws_key = format!("{}/{}+{}", token(12), token(14), token(12));
    let slack = format!("{}-{}-{}-{}", "xoxb", "123456789012", "123456789012", token(24));
    let stripe = format!("{}_live_{}", "sk", token(24));
    let jwt = format!(
        "{}.{}.{}",
        format_args!("eyJ{}", token(30)),
        format_args!("eyJ{}", token(60)),
        token(43)
    );
    let google = format!("{}{}", "AIza", token(35));
    let (password, env) = (format!("{}!{}", token(6), token(6)), token(40));
    let (bearer, hex_secret) = (token(32), hex(token(64)));
    let lines: Vec<String> = (0..6).map(|_| token(64)).collect();
    let pem = format!(
        "{} RSA PRIVATE KEY-----\n{}\n{} RSA PRIVATE KEY-----",
        "-----BEGIN",
        lines.join("\n"),
        "-----END"
    );
    vec![
        ("github", format!("git clone https://x:{github}@github.com/a/b"), vec![github]),
        ("anthropic", format!("export ANTHROPIC_API_KEY={anthropic}"), vec![anthropic]),
        ("openai", format!("client = OpenAI(api_key=\"{long}\")"), vec![long]),
        (
            "aws",
            format!("aws_access_key_id = {aws_id}\naws_secret_access_key = {aws_key}"),
            vec![aws_id, aws_key],
        ),
        ("slack", format!("SLACK: \"{slack}\","), vec![slack]),
        ("stripe", format!("stripe.api_key = '{stripe}'"), vec![stripe]),
        ("jwt", format!("cookie: session={jwt}; Path=/"), vec![jwt]),
        ("google", format!("https://maps.example.org/?key={google}&v=3"), vec![google]),
        (
            "postgres",
            format!("DATABASE_URL=postgres://app:{password}@db.internal:5432/app"),
            vec![password.clone()],
        ),
        ("password", format!("  password: \"{password}\""), vec![password]),
        ("env", format!("SESSION_SECRET={env}"), vec![env]),
        ("hex", format!("SECRET_KEY_BASE={hex_secret}"), vec![hex_secret]),
        (
            "bearer",
            format!("curl -H 'Authorization: Bearer {bearer}' https://api.example.org"),
            vec![bearer],
        ),
        ("pem", pem, lines),
    ]
}

#[test]
fn every_planted_secret_is_found_in_every_form() {
    let scanner = scanner();
    let (mut all, mut missed) = (0, Vec::new());
    for seed in 0..50 {
        for (kind, text, secrets) in plants(&mut Random::new(seed)) {
            for (form, written) in forms(&text) {
                let found = scanner.scan(written.as_bytes());
                for secret in &secrets {
                    let raw = as_it_stands(&written, secret).unwrap();
                    all += 1;
                    if !covers(&found, written.as_bytes(), raw.as_bytes()) {
                        missed.push(format!("{kind} ({form}): {secret}"));
                    }
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} of {all}\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn a_name_may_go_on_be_several_or_have_a_type() {
    let scanner = scanner();
    let mut random = Random::new(5);
    let mut token = || random.token(ALPHANUMERIC, 32);
    for (text, secret) in
        [("\"credentials\" : \"{}\"", token()), ("some_api_token_123 = \"{}\"", token())]
            .into_iter()
            .chain([("mySecretString={}", token()), ("todo_secret_do_not_commit = {}", token())])
            .chain([("var mailToken string = \"{}\"", token()), ("$mailToken .= \"{}\";", token())])
    {
        for (form, written) in forms(&text.replace("{}", &secret)) {
            let found = scanner.scan(written.as_bytes());
            assert!(covers(&found, written.as_bytes(), secret.as_bytes()), "{form}: {written}");
        }
    }
    // Where nothing says that it is code, words are a password.
    for text in ["password: my_pass_12\n", "DB_PASSWORD=my_pass_12\n", "password = 'my_pass_12'"] {
        assert!(covers(&scanner.scan(text.as_bytes()), text.as_bytes(), b"my_pass_12"), "{text}");
    }
    let secret = "YWRtaW46cGFzc3dvcmQ=";
    let text =
        format!("data:\n  extra: \"{secret}\"\nkind: \"Secret\"\nmetadata:\n  name: \"app\"");
    for (form, written) in forms(&text).into_iter().filter(|(form, _)| !form.contains("numbers")) {
        let found = scanner.scan(written.as_bytes());
        assert!(covers(&found, written.as_bytes(), secret.as_bytes()), "{form}: {written}");
    }
}

#[test]
fn a_token_that_is_broken_over_lines_is_found() {
    let scanner = scanner();
    let mut random = Random::new(9);
    for at in [12, 20, 31, 38] {
        let token = format!("{}_{}", "ghp", random.token(ALPHANUMERIC, 36));
        let (first, second) = token.split_at(at);
        for text in [
            format!("token {first}\n{second} end"),
            format!("{first}\n    {second}"),
            format!("{first}\\\n{second}"),
        ] {
            for (form, written) in forms(&text) {
                if form.contains("numbered") {
                    continue;
                }
                let found = scanner.scan(written.as_bytes());
                for part in [first, second] {
                    assert!(
                        covers(&found, written.as_bytes(), part.as_bytes()),
                        "{form}: {written}"
                    );
                }
            }
        }
    }
}

/// `value` with `text` put in front of some string in it.
fn plant(value: &mut Value, text: &str, random: &mut Random) -> bool {
    match value {
        Value::String(string) if string.len() > 20 && string.contains([' ', '\n']) => {
            string.insert_str(0, &format!("{text}\n"));
            true
        }
        Value::Array(values) if !values.is_empty() => {
            let from = random.below(values.len());
            let count = values.len();
            (0..count).any(|at| plant(&mut values[(from + at) % count], text, random))
        }
        Value::Object(fields) if !fields.is_empty() => {
            let (from, count) = (random.below(fields.len()), fields.len());
            let keys: Vec<String> = fields.keys().cloned().collect();
            let mut at = (0..count).map(|at| &keys[(from + at) % count]);
            at.any(|key| plant(fields.get_mut(key).unwrap(), text, random))
        }
        _ => false,
    }
}

#[test]
fn every_secret_planted_into_real_transcripts_is_found() {
    let scanner = scanner();
    let mut random = Random::new(7);
    let (mut all, mut missed) = (0, Vec::new());
    for (path, text) in samples() {
        let lines = text.split(|byte| *byte == b'\n').filter(|line| line.len() < 200_000);
        let parsed = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        for value in parsed.step_by(40) {
            for (kind, text, secrets) in plants(&mut random) {
                let written = forms(&text);
                let (form, text) = random.pick(&written);
                let mut value = value.clone();
                if !plant(&mut value, text, &mut random) {
                    continue;
                }
                let line = value.to_string().into_bytes();
                let found = scanner.scan(&line);
                assert!(is_json(&replaced(&line, &found)));
                let out = replaced(&line, &found);
                all += 1;
                if secrets
                    .iter()
                    .any(|secret| memchr::memmem::find(&out, secret.as_bytes()).is_some())
                {
                    missed.push(format!("{}: {kind} ({form}) {secrets:?}", path.display()));
                }
            }
        }
    }
    eprintln!("{all} planted");
    assert!(missed.is_empty(), "{} of {all}\n{}", missed.len(), missed.join("\n"));
}
