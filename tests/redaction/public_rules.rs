//! Every rule finds what its expression describes, in every syntax and form.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::forms::forms;
use crate::generate::{Random, matching, parse};
use crate::{covers, scanner};

const OPERATOR: &str = "(?:=|>|:{1,3}=|\\|\\||:|=>|\\?=|,)";
/// Not taken over as they are: a short quoted word behind `password` says something only in files of one kind, and 40
/// digits in a text that names Sourcegraph are a commit.
const NARROWED: [&str; 2] = ["hashicorp-tf-password", "sourcegraph-access-token"];
/// Rules whose groups are not what has to be found.
const WHOLE: [&str; 2] = ["jwt-base64", "microsoft-teams-webhook"];
/// Rules that go by what stands round a secret.
const BY_HAND: [&str; 10] = [
    "curl-auth-header",
    "curl-auth-user",
    "kubernetes-secret-yaml",
    "command-password",
    "aws-secret-key",
    "terraform-default",
    "element-secret",
    "attribute-secret",
    "encoded-secret",
    "session-cookie",
];
const SEEDS: u64 = 3;

#[derive(Deserialize)]
struct Rule {
    id: String,
    regex: String,
    keywords: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    group: u32,
}

fn rules() -> Vec<Rule> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/policy/redaction/rules");
    ["gitleaks.json", "ours.json"]
        .iter()
        .flat_map(|name| {
            let text = std::fs::read_to_string(format!("{directory}/{name}")).unwrap();
            serde_json::from_str::<Vec<Rule>>(&text).unwrap()
        })
        .filter(|rule| !NARROWED.contains(&rule.id.as_str()))
        .collect()
}

/// Texts with a secret of `rule`, and the secret.
fn positives(rule: &Rule, random: &mut Random) -> Vec<(String, String)> {
    let (whole, mut group) = parse(&rule.regex, rule.group);
    group = group.filter(|_| !WHOLE.contains(&rule.id.as_str()));
    if rule.id == "private-key" {
        let secret = private_key(random);
        return vec![(secret.clone(), secret)];
    }
    if rule.regex.contains(OPERATOR) {
        let group = group.unwrap();
        let secret = random_enough(|| matching(&group, random), rule.entropy.max(2.0));
        let keyword = random_keyword(rule, &secret);
        let mut texts = assignments(&keyword, &secret);
        if rule.id == "generic-api-key" {
            // This rule has nothing to say about names that go on behind the keyword.
            texts.retain(|(text, _)| !text.contains("_value"));
        }
        return texts;
    }
    if BY_HAND.contains(&rule.id.as_str()) {
        return by_hand(&rule.id, random);
    }
    let secret = random_enough(|| matching(group.as_ref().unwrap_or(&whole), random), rule.entropy);
    let secret = match rule.id.as_str() {
        // What ends this one is no part of it.
        "sentry-org-token" => {
            secret.trim_end_matches(|end: char| !end.is_ascii_alphanumeric()).to_owned()
        }
        _ => secret,
    };
    let text = match rule.id.as_str() {
        "nuget-config-password" => format!("<add key=\"Password\" value=\"{secret}\" />"),
        "freemius-secret-key" => format!("'secret_key' => '{secret}'"),
        "sidekiq-sensitive-url" => format!("https://{secret}@gems.contribsys.com/"),
        "azure-storage-key" => format!("AccountName=a;AccountKey={secret};EndpointSuffix=b"),
        "discord-webhook-url" => {
            format!("https://discord.com/api/webhooks/123456789012345678/{secret}")
        }
        "microsoft-teams-webhook" => format!("hook {secret} end"),
        _ => return tokens(&rule.keywords[0], &secret),
    };
    vec![(text, secret)]
}

fn random_keyword(rule: &Rule, secret: &str) -> String {
    // The expression of some rules knows fewer spellings than their keywords.
    let known = |word: &&String| {
        let text = format!("{word} = '{secret}'");
        regex::bytes::RegexBuilder::new(&rule.regex)
            .unicode(false)
            .build()
            .unwrap()
            .is_match(text.as_bytes())
    };
    let upper: Vec<String> = rule.keywords.iter().map(|word| word.to_uppercase()).collect();
    let first = rule.id.split('-').next().unwrap().to_owned();
    let others =
        [first.clone(), format!("{first}_token"), "new-relic".to_owned(), "newrelic".to_owned()];
    rule.keywords
        .iter()
        .chain(&upper)
        .chain(&others)
        .find(known)
        .unwrap_or_else(|| panic!("{} has no keyword for {secret}", rule.id))
        .clone()
}

fn random_enough(mut make: impl FnMut() -> String, entropy: f64) -> String {
    let is_enough = |text: &String| {
        bits(text.as_bytes()) > entropy + 0.01 && text.bytes().any(|byte| byte.is_ascii_digit())
    };
    let mut texts = (0..200).map(|_| make());
    let mut last = String::new();
    texts
        .find(|text| {
            last.clone_from(text);
            is_enough(text)
        })
        .unwrap_or(last)
}

fn bits(text: &[u8]) -> f64 {
    let mut counts = BTreeMap::new();
    text.iter().for_each(|byte| *counts.entry(byte).or_insert(0u32) += 1);
    let share = |count: &u32| f64::from(*count) / text.len() as f64;
    counts.values().map(|count| -share(count) * share(count).log2()).sum()
}

fn private_key(random: &mut Random) -> String {
    let alphabet = format!("{}+/", crate::generate::ALPHANUMERIC);
    let body: Vec<String> = (0..12).map(|_| random.token(&alphabet, 64)).collect();
    let kind = *random.pick(&["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "]);
    let (begin, end) = ("-----BEGIN", "-----END");
    format!("{begin} {kind}PRIVATE KEY-----\n{}\n{end} {kind}PRIVATE KEY-----", body.join("\n"))
}

fn by_hand(id: &str, random: &mut Random) -> Vec<(String, String)> {
    let length = if id == "aws-secret-key" { 40 } else { 24 };
    // Words of letters alone are no passwords to these rules.
    let secret = random.token(crate::generate::ALPHANUMERIC, length - 1) + "7";
    let texts = match id {
        "curl-auth-header" => {
            vec![format!("curl -sS -H \"X-Api-Key: {secret}\" https://example.org/")]
        }
        "curl-auth-user" => vec![format!("curl -u 'bob:{secret}' https://example.org/")],
        "command-password" => vec![
            format!("curl -u bob:{secret} https://example.org/"),
            format!("docker login -u bob -p {secret} registry.example.org"),
            format!("echo {secret} | docker login -u bob --password-stdin"),
            format!("mysql -u root -p{secret} app < dump.sql"),
            format!("sshpass -p '{secret}' ssh bob@example.org"),
            format!("redis-cli -h cache -a {secret} ping"),
            format!("CREATE USER app IDENTIFIED BY '{secret}';"),
            format!("ALTER USER app WITH PASSWORD '{secret}';"),
            format!("ConvertTo-SecureString \"{secret}\" -AsPlainText -Force"),
            format!("gh secret set DEPLOY --body {secret}"),
            format!("aws ssm put-parameter --name x --type SecureString --value '{secret}'"),
        ],
        "aws-secret-key" => vec![format!("AWS Secret Access Key [None]: {secret}")],
        "terraform-default" => vec![format!(
            "variable \"db_password\" {{\n  type = string\n  default = \"{secret}\"\n}}"
        )],
        "element-secret" => vec![format!("<db:password>{secret}</db:password>")],
        "attribute-secret" => vec![format!("<property name=\"password\" value=\"{secret}\"/>")],
        "encoded-secret" => vec![
            format!("https://example.org/cb?client_secret%3D{secret}%26x%3D1"),
            format!("postgresql%3A%2F%2Fapp%3A{secret}%40db.example.org%2Fapp"),
        ],
        "session-cookie" => vec![format!("Cookie: theme=dark; sessionid={secret}; a=b")],
        _ => vec![format!("kind: Secret\nmetadata:\n  name: x\ndata:\n  pass: {secret}==")],
    };
    texts.into_iter().map(|text| (text, secret.clone())).collect()
}

/// Ways to write that something named after `keyword` is `secret`.
fn assignments(keyword: &str, secret: &str) -> Vec<(String, String)> {
    let texts = [
        format!("{keyword}_key={secret}"),
        format!("export {keyword}_TOKEN=\"{secret}\""),
        format!("{{\"{keyword}_token\": \"{secret}\"}}"),
        format!("{keyword}_secret: {secret}"),
        format!("  {keyword}: '{secret}'"),
        format!("{keyword}Key := \"{secret}\""),
        format!("'{keyword}_token' => '{secret}',"),
        format!("const {keyword}_value = `{secret}`;"),
        format!("set {keyword}_key ?= {secret}"),
    ];
    texts.into_iter().map(|text| (text, secret.to_owned())).collect()
}

/// Ways in which `secret`, which says by itself what it is, comes up. Some are known only with `word` close by.
fn tokens(word: &str, secret: &str) -> Vec<(String, String)> {
    let texts = [
        format!("{word} export VALUE={secret}"),
        format!("{{\"{word}\": \"{secret}\"}}"),
        format!("{word}: {secret}\nnext: 1"),
        format!("{word} client = Client('{secret}')"),
        format!("{word} is `{secret}`"),
        format!("-H \"X-{word}: {secret}\""),
        format!("{word}\n  - {secret}\n"),
    ];
    texts.into_iter().map(|text| (text, secret.to_owned())).collect()
}

/// `secret` in the raw bytes of a form.
pub fn as_it_stands(form: &str, secret: &str) -> Option<String> {
    let mut raw = secret.to_owned();
    for _ in 0..5 {
        if form.contains(&raw) {
            return Some(raw);
        }
        let slashes = raw.replace('/', "\\/");
        if form.contains(&slashes) {
            return Some(slashes);
        }
        let numbers = raw.replace('=', "\\u003d").replace('-', "\\u002D").replace('/', "\\u002f");
        if form.contains(&numbers) {
            return Some(numbers);
        }
        let escaped = serde_json::to_string(&raw).unwrap();
        raw = escaped[1..escaped.len() - 1].to_owned();
    }
    None
}

#[test]
fn every_rule_finds_its_secrets_in_every_syntax_and_form() {
    let scanner = scanner();
    let (mut all, mut missed) = (0u32, BTreeMap::<String, Vec<String>>::new());
    for rule in rules() {
        for seed in 0..SEEDS {
            for (text, secret) in positives(&rule, &mut Random::new(seed)) {
                for (form, written) in forms(&text) {
                    let Some(raw) = as_it_stands(&written, &secret) else { continue };
                    all += 1;
                    let found = scanner.scan(written.as_bytes());
                    if !covers(&found, written.as_bytes(), raw.as_bytes()) {
                        missed
                            .entry(format!("{} ({form})", rule.id))
                            .or_default()
                            .push(text.clone());
                    }
                }
            }
        }
    }
    eprintln!("{all} written");
    let count: usize = missed.values().map(Vec::len).sum();
    let shown: Vec<String> = missed
        .iter()
        .map(|(what, texts)| format!("{what} ×{}: {}", texts.len(), texts[0]))
        .collect();
    assert!(all > 30_000, "{all}");
    assert!(missed.is_empty(), "{count} of {all} missed\n{}", shown.join("\n"));
}
