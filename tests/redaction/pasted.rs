//! Secrets as developers paste them: in commands, settings of all kinds, colours and tables; and what only looks alike.

use crate::forms::forms;
use crate::generate::{ALPHANUMERIC, Random};
use crate::{covers, scanner};

/// Where `{}` is a token or a password with punctuation.
const PASTED: [&str; 24] = [
    "./deploy --token {} --env prod",
    "./deploy --password '{}'",
    "./deploy --api-key {}",
    "machine api.example.org login bob password {}",
    "machine git.example.org\n  login bob\n  password {}\n",
    "spring:\n  datasource:\n    username: app\n    password: {}\n",
    "[internal]\nusername = bob\npassword = {}\n",
    "stringData:\n  password: {}  # for now\n",
    "| DB_PASSWORD | {} |",
    "│ DB_PASSWORD │ {} │",
    "<password>{}</password>",
    "\u{1b}[36mDB_PASSWORD\u{1b}[0m=\u{1b}[33m{}\u{1b}[0m",
    "\u{1b}[34m\"api_key\"\u{1b}[39m: \u{1b}[32m\"{}\"\u{1b}[39m",
    "DB_HOST=x\r\nDB_PASSWORD={}\r\nX=1\r\n",
    "curl -u admin:{} https://jenkins.example.org/job",
    "docker run -e POSTGRES_PASSWORD={} -p 5432:5432 postgres:16",
    "mysql -u root -p{} app < dump.sql",
    "CREATE USER app IDENTIFIED BY '{}';",
    "psql -c \"ALTER USER app WITH PASSWORD '{}'\"",
    "variable \"db_password\" {\n  type = string\n  default = \"{}\"\n}",
    "<property name=\"password\" value=\"{}\"/>",
    "PGPASSWORD={} psql -h db -U app",
    "Server=tcp:db.example.org,1433;User ID=sa;Password={};Encrypt=True;",
    "DatabaseConfig(host='db', user='app', password='{}', port=5432)",
];

const HARMLESS: [&str; 20] = [
    "./deploy --token DEPLOY_TOKEN_2 --env prod",
    "./deploy --password $PASSWORD1 --token ${TOKEN2}",
    "aws s3api put-object --bucket b --key reports/2024/q1/data-7.csv",
    "sort --key created_at_2024_desc7 --token-type bearer",
    "curl -u user:password https://example.org",
    "curl -u \"$USER:$TOKEN\" https://example.org",
    "docker login -u bob -p $PASSWORD registry.example.org",
    "mysql -u root -p app < dump.sql",
    "mysql -uroot -ppassword app",
    "CREATE USER app IDENTIFIED BY 'password';",
    "the password 'correct' was not accepted",
    "  token: this.config!.token",
    "  password: hash(input8)!",
    "  secret: Option<Secret2>,",
    "| token | string | 16 to 40 characters |",
    "<password>changeme</password>",
    "variable \"db_password\" {\n  type = string\n  default = \"changeme\"\n}",
    "<property name=\"password\" value=\"${db.password1}\"/>",
    "\u{1b}[31merror\u{1b}[0m: \u{1b}[1mtoken\u{1b}[0m expected `;`",
    "the machine says: login failed, password wrong7times",
];

fn secrets(random: &mut Random) -> [String; 2] {
    let mut part = |length| random.token(ALPHANUMERIC, length);
    [part(31) + "7", format!("Kx{}7#{}!{}", part(5), part(5), part(3))]
}

#[test]
fn what_is_pasted_is_found_whole_in_every_form() {
    let (scanner, mut random) = (scanner(), Random::new(21));
    let mut missed = Vec::new();
    for pasted in PASTED {
        for secret in secrets(&mut random) {
            for (form, written) in forms(&pasted.replace("{}", &secret)) {
                // Behind numbers of lines nobody's file is in one piece.
                let is_apart = form.starts_with("numbered") && pasted.contains('\n');
                // No service gives out tokens with punctuation in them.
                let is_odd = pasted.contains("--token") && secret.contains('#');
                let found = scanner.scan(written.as_bytes());
                if !is_apart && !is_odd && !covers(&found, written.as_bytes(), secret.as_bytes()) {
                    missed.push(format!("{form}: {written}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    let scanner = scanner();
    for harmless in HARMLESS {
        for (form, written) in forms(harmless) {
            let found = scanner.scan(written.as_bytes());
            assert!(found.is_empty(), "{form}: {found:?} in {written}");
        }
    }
}
