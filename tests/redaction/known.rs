//! Secrets that are known by their value: from the environment, from `.env` files, from the user.

use git_ckpt::policy::redaction::{Known, Scanner, known_from_env, parse_dotenv};

use crate::forms::forms;

fn names(pairs: &[(&str, &str)]) -> Vec<String> {
    known_from_env(pairs.iter().copied()).values.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_known_value_is_found_in_every_form() {
    let value = "it's \"quoted\" \\ und schön/😀";
    let known = Known { values: vec![("env-MY_SECRET".to_owned(), value.into())] };
    let scanner = Scanner::new(&known);
    for (form, written) in forms(&format!("a {value} b")) {
        let found = scanner.scan(written.as_bytes());
        assert_eq!(found.len(), 1, "{form}");
        assert_eq!(found[0].rule, "env-my-secret");
    }
}

#[test]
fn values_are_secrets_by_their_name_or_by_their_looks() {
    let random = "x8Kq2LmZ9vR4tW7yB3nC";
    let secret = [
        ("DB_PASSWORD", "correct-Horse7"),
        ("GITHUB_TOKEN", random),
        ("ODDLY_NAMED", random),
        ("DATABASE_URL", "postgres://app:Zk3-horse@db/app"),
    ];
    for pair in secret {
        assert_eq!(names(&[pair]), [format!("env-{}", pair.0)], "{pair:?}");
    }
    let harmless = [
        ("HOME", "/home/somebody"),
        ("PWD", "/work/project-1"),
        ("SSH_AUTH_SOCK", "/run/user/1000/agent"),
        ("API_KEY", "true"),
        ("API_KEY", "12345678"),
        ("TOKEN_LIMIT", "100000000"),
        ("PASSWORD", "password"),
        ("USER_PASSWORD", "short1"),
        ("DATABASE_URL", "postgres://localhost/app"),
        ("LS_COLORS", "rs=0:di=01;34:ln=01;36:mh=00:pi=40;33"),
        ("SESSION_ID", "5f0c1a52-3d0e-4b58-9d0f-0a3c3f9d7b11"),
        ("LANG", "en_US.UTF-8"),
        ("API_TOKEN", "${OTHER_TOKEN}"),
    ];
    assert_eq!(names(&harmless), Vec::<String>::new());
}

#[test]
fn a_dotenv_file_is_read_with_its_quotes_comments_and_lines() {
    let text = "\u{feff}# comment\nA=plain # tail\nexport B = 'single # not a comment'\n\
                C=\"two\nlines\\tand \\\"quotes\\\"\"\n\nnot an assignment\nD=\nE=a=b\nF=\"open\nG=`x`";
    let pairs = parse_dotenv(text);
    let expected = [
        ("A", "plain"),
        ("B", "single # not a comment"),
        ("C", "two\nlines\tand \"quotes\""),
        ("D", ""),
        ("E", "a=b"),
        ("F", "\"open"),
        ("G", "x"),
    ];
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(pairs, expected);
}
