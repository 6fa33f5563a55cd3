//! What only names things is left alone: ids, digests, images, signatures, words.

use crate::forms::{forms, line};
use crate::generate::{ALPHANUMERIC, Random};
use crate::{covers, scanner};

const HEX: &str = "0123456789abcdef";

fn base64(random: &mut Random, len: usize) -> String {
    random.token(&format!("{ALPHANUMERIC}+/"), len)
}

fn uuid(random: &mut Random) -> String {
    let mut part = |len| random.token(HEX, len);
    format!("{}-{}-{}-{}-{}", part(8), part(4), part(4), part(4), part(12))
}

/// Lines in which agents and tools write such things.
fn lines(random: &mut Random) -> Vec<String> {
    let (sha1, sha256, short) =
        (random.token(HEX, 40), random.token(HEX, 64), random.token(HEX, 9));
    let (uuid, blob, id) = (uuid(random), base64(random, 4000), random.token(ALPHANUMERIC, 24));
    vec![
        format!("commit {sha1}\nAuthor: A <a@example.org>\n\n    {short} is the first bad commit"),
        format!("index {short}..{short} 100644"),
        format!("key: {sha1}, cache-key: {sha256}"),
        format!("\"token\": \"{sha256}\""),
        format!("auth={uuid} access: {uuid} \"key\": \"{uuid}\""),
        format!("image@sha256:{sha256}"),
        format!("\"integrity\": \"sha512-{}==\"", base64(random, 86)),
        format!("checksum = \"{sha256}\"\nsource = \"registry+https://example.org/index\""),
        format!("pip hash --hash=sha256:{sha256}"),
        format!("{{\"type\":\"image\",\"source\":{{\"type\":\"base64\",\"data\":\"{blob}\"}}}}"),
        format!("{{\"type\":\"thinking\",\"thinking\":\"the key is\",\"signature\":\"{blob}==\"}}"),
        format!("{{\"type\":\"reasoning\",\"encrypted_content\":\"gAAAAA{blob}\"}}"),
        format!("\"tool_use_id\":\"toolu_01{id}\",\"id\":\"msg_01{id}\",\"requestId\":\"req_011{id}\""),
        format!("\"call_id\":\"call_{id}\",\"token\":\"call_{id}\",\"sessionId\":\"{uuid}\""),
        "\"input_tokens\":12045,\"cache_creation_input_tokens\":3044,\"output_tokens\":1".to_owned(),
        "token = fetch_github_token(), password: str = Field(...), api_key=settings.api_key1".to_owned(),
        "const apiKey = process.env.OPENAI_API_KEY_2; let secret = `${prefix1}-${suffix2}`".to_owned(),
        "postgres://user:password@localhost/db https://$USER:$TOKEN@host/ redis://:<password>@h".to_owned(),
        "Authorization: Bearer <token>\nAuthorization: Bearer $TOKEN\nAuthorization: Bearer YOUR_TOKEN".to_owned(),
        "GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE".to_owned(),
        "grep -rn 'BEGIN RSA PRIVATE KEY' . # finds -----BEGIN RSA PRIVATE KEY----- lines".to_owned(),
        "The password is checked: 12 keys, 3 tokens; the secret is in the monkey's key ring.".to_owned(),
        format!("\"data\":\"{blob}/ABSK{}/AKIA{}\"", base64(random, 110), "A".repeat(16)),
        format!("example.org/api v0.81.0 h1:{}=", base64(random, 43)),
        format!("{{file = \"a.whl\", hash = \"sha256:{sha256}\"}}"),
        "client_endpoint_key_id = aws_ec2_client_endpoint.client-endpoint.id2".to_owned(),
        "secretKeyRef:\n  name: app-secrets-v2\n  key: database-url-1\nsecretName: tls-cert-2026".to_owned(),
        "password combination.\n\nR5: Regulatory--21".to_owned(),
        format!("let key = \"{}\";", "some-descriptive-name-of-a-thing"),
        format!("https://example.org/path/{sha1}?key=value&ref={short}"),
    ]
}

#[test]
fn ids_digests_images_and_signatures_are_left_alone() {
    let scanner = scanner();
    let mut wrong = Vec::new();
    for seed in 0..20 {
        for text in lines(&mut Random::new(seed)) {
            for (form, written) in forms(&text) {
                for found in scanner.scan(written.as_bytes()) {
                    wrong.push(format!("{form}: {} {:.80}", found.rule, &written[found.range]));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_token_is_found_where_only_a_signature_belongs() {
    let token = format!("ghp_{}", Random::new(1).token(ALPHANUMERIC, 36));
    let text = format!("{{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"{token}\"}}\n");
    assert!(covers(&scanner().scan(text.as_bytes()), text.as_bytes(), token.as_bytes()));
}

#[test]
fn a_secret_in_a_thought_is_found_and_its_signature_stays() {
    let mut random = Random::new(2);
    let (secret, signature) = (random.token(ALPHANUMERIC, 40), base64(&mut random, 2000));
    let text = format!(
        "{{\"type\":\"thinking\",\"thinking\":\"so API_TOKEN={secret} then\",\"signature\":\"{signature}\"}}\n"
    );
    let scanner = scanner();
    let found = scanner.scan(text.as_bytes());
    assert!(covers(&found, text.as_bytes(), secret.as_bytes()));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_number_of_json_is_never_replaced() {
    let text = "{\"discord_client\": 123456789012345678, \"asana\":1234567890123456}\n";
    assert_eq!(scanner().scan(text.as_bytes()), []);
    assert!(!scanner().scan(line("discord_client = 123456789012345678").as_bytes()).is_empty());
}

#[test]
fn what_reads_like_a_secret_to_an_expression_and_is_none_is_left_alone() {
    let scanner = scanner();
    let made_up = ["ghp_", "1234567890abcdefghij1234567890abcdef"].concat();
    for text in [
        // A variable without a value, and the next one.
        "SENDGRID_API_KEY=\nDATADOG_API_KEY=\nMAIL_PASSWORD=\nMAIL_FROM=".to_owned(),
        "mail.password=\nmail.sender.address=".to_owned(),
        // Two documents of YAML.
        " kind: Secret\n target:\n   name: app\n\n---\n\nkind: ConfigMap\n data:\n    strategy: DefaultStrategy\n"
            .to_owned(),
        // Names of code.
        "- (id)hf_preferredCharacteristicNamesForDisplayMetadata;".to_owned(),
        "use eyeTrackingConfiguration.eyeballMovementDetector.calibrationSettings here".to_owned(),
        "pub const IFLA_PARTNER_KEY: _bindgen_ty_30 = _bindgen_ty_30::IFLA;".to_owned(),
        "creds = crt_s3_creds(), password = utf8_to_utf16_dup(v), key: import_pyqt5, x".to_owned(),
        "let secret_key = p256::SecretKey::from_pkcs8_der(&bytes)?; let key = XChaCha20Poly1305::new(k);"
            .to_owned(),
        "[\"/properties/PrivateKey\", \"/properties/CertificateBody\", \"V1_HMAC_KEY\", \"TR31_P0_PIN_KEY\"]"
            .to_owned(),
        "\"AWS::EC2::ClientVpnAuthorizationRule\": \"9dfbd181c3c5a54c\"".to_owned(),
        "\"AWS::Config::AggregationAuthorization\": \"283bee55be96a8f1\"".to_owned(),
        "\"ARN\": \"arn:aws:secretsmanager:us-west-2:123456789012:secret:OrdersDatabaseSecret-a1b2c3\"".to_owned(),
        "\"CloudWatchAPIKey\": \"arn:aws:iam::aws:policy/task7/CloudWatchAPIKeyAccess\"".to_owned(),
        "\"AWS::AppSync::ApiKey\": \"3d104ea0be48564b\"".to_owned(),
        // A token that nobody was ever given.
        format!("GITHUB_TOKEN is like {made_up}"),
        "apiKeyName = \"production-eu-2\", tokenExpiresAtString = \"2026-03-02T09:00:00Z\"".to_owned(),
    ] {
        for (form, written) in forms(&text) {
            let found = scanner.scan(written.as_bytes());
            let found: Vec<_> = found.iter().map(|one| &written[one.range.clone()]).collect();
            assert!(found.is_empty(), "{form}: {found:?} in {written}");
        }
    }
}
