//! What tokens say about themselves: those of GitHub end in a checksum, a JWT begins with a header that can be read,
//! those of Hugging Face have one length.
//!
//! A token whose structure is right is a secret, whatever it looks like. One whose structure is wrong was never handed
//! out; all the same it is left alone only where it also reads like an example, since formats change.

use serde_json::Value;
use zlib_rs::crc32::crc32;

use crate::policy::redaction::address::decode;
use crate::policy::redaction::judge::looks_random;

/// What the structure of a token makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Proven,
    /// Nothing is known of its structure, or it is wrong.
    Open,
    /// It is wrong, and what stands there was made up.
    Sample,
}

/// How long GitHub's tokens with a checksum are behind their prefix, and how much of that is the checksum.
const GITHUB: usize = 36;
const CHECKSUM: usize = 6;
/// The digits of the checksum.
const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// How much of a JWT is looked at for whether it is one.
const JUDGED: usize = 128;
/// How long those of Hugging Face are, with their prefix.
const HUGGING_FACE: usize = 37;
/// What people write into tokens that they make up.
const MADE_UP: &str = "example sample dummy fake test your token secret redacted placeholder";
/// From this length on bytes that follow each other, or are the same, were typed.
const TYPED: usize = 6;

/// What there is to say of `token`, which the rule `rule` found, and behind which `next` stands.
pub fn judge(rule: &str, token: &[u8], next: Option<&u8>) -> Verdict {
    match rule {
        "github-pat" | "github-oauth" | "github-app-token" | "github-refresh-token" => {
            // What is longer is of a format that is not known here.
            let goes_on = next.is_some_and(u8::is_ascii_alphanumeric);
            if goes_on { Verdict::Open } else { github(token) }
        }
        "jwt" => jwt(token),
        "huggingface-access-token" => huggingface(token),
        _ => Verdict::Open,
    }
}

/// A prefix and `_`, random letters and digits, and their CRC-32 in base 62.
fn github(token: &[u8]) -> Verdict {
    let Some(at) = token.len().checked_sub(GITHUB) else { return Verdict::Open };
    let (random, checksum) = token[at..].split_at(GITHUB - CHECKSUM);
    if base62(checksum) == Some(u64::from(crc32(0, random))) {
        Verdict::Proven
    } else if is_made_up(&token[at..]) {
        Verdict::Sample
    } else {
        Verdict::Open
    }
}

fn base62(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| {
        let value = memchr::memchr(*digit, DIGITS)?;
        Some(number * 62 + value as u64)
    })
}

/// Words of examples, and runs of a keyboard.
fn is_made_up(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_run = |step: u8| {
        lower.windows(TYPED).any(|run| run.windows(2).all(|pair| pair[0] + step == pair[1]))
    };
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    is_run(0) || is_run(1) || MADE_UP.split(' ').any(has)
}

/// A header with `alg`, a payload and a signature, as RFC 7515 says.
fn jwt(token: &[u8]) -> Verdict {
    let header = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    let header = decode(header).and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    if header.is_some_and(|header| header["alg"].is_string()) {
        Verdict::Proven
    } else if looks_random(&token[..token.len().min(JUDGED)]) {
        Verdict::Open
    } else {
        Verdict::Sample
    }
}

/// `hf_` and 34 letters. What is longer or shorter and has no digit is a name of the code.
fn huggingface(token: &[u8]) -> Verdict {
    let is_name = token.len() != HUGGING_FACE && !token.iter().any(u8::is_ascii_digit);
    if is_name { Verdict::Sample } else { Verdict::Open }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token whose last six characters are what they have to be.
    fn issued(prefix: &str, random: &str) -> Vec<u8> {
        let mut number = u64::from(crc32(0, random.as_bytes()));
        let mut checksum = [b'0'; CHECKSUM];
        for digit in checksum.iter_mut().rev() {
            *digit = DIGITS[(number % 62) as usize];
            number /= 62;
        }
        [prefix.as_bytes(), random.as_bytes(), &checksum].concat()
    }

    #[test]
    fn the_checksum_is_that_of_a_token_that_github_has_issued() {
        // One that had expired, and was published to explain the format.
        let random = ["zQWBuTSOoRi4A9", "spHcVY5ncnsDkxkJ"].concat();
        assert_eq!(issued("ghp_", &random), ["ghp_", &random, "0mLq17"].concat().into_bytes());
    }

    #[test]
    fn a_token_with_its_checksum_is_proven_also_where_it_reads_like_an_example() {
        for random in ["k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUa", "exampleexampleexampleexampleex"] {
            for (rule, prefix) in [
                ("github-pat", "ghp_"),
                ("github-oauth", "gho_"),
                ("github-app-token", "ghs_"),
                ("github-refresh-token", "ghr_"),
            ] {
                assert_eq!(judge(rule, &issued(prefix, random), None), Verdict::Proven);
            }
        }
        assert_eq!(
            judge("slack-bot-token", &issued("ghp_", &"x1".repeat(15)), None),
            Verdict::Open
        );
    }

    #[test]
    fn without_it_only_what_was_made_up_is_a_sample() {
        let verdict = |random: &str| judge("github-pat", format!("ghp_{random}").as_bytes(), None);
        assert_eq!(verdict("k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUaQQQQQQ"), Verdict::Sample);
        assert_eq!(verdict("k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUa0mLq17"), Verdict::Open);
        for made_up in [
            "1234567890aBcDeFgHiJ1234567890aBcDeF",
            "zQWBuTSOoRiFakeHcVY5ncnsDkxkJ0mLq17a",
            "TESTTOKEN8Jd82hLmQ0xTz5VbN7cRw1YpE9s",
        ] {
            assert_eq!(verdict(made_up), Verdict::Sample, "{made_up}");
        }
    }

    #[test]
    fn what_goes_on_behind_the_known_length_is_not_judged_by_its_checksum() {
        let token = b"ghs_1234567890aBcDeFgHiJ1234567890aBcDeF";
        assert_eq!(judge("github-app-token", token, Some(&b'x')), Verdict::Open);
        assert_eq!(judge("github-app-token", token, Some(&b'"')), Verdict::Sample);
    }

    #[test]
    fn a_jwt_is_proven_by_a_header_that_names_an_algorithm() {
        let token = |header: &[u8]| {
            use base64::Engine;
            let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(header);
            format!("{header}.eyJzdWIiOiJhZGEtbG92ZWxhY2UifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ")
        };
        let judged = |header: &[u8]| judge("jwt", token(header).as_bytes(), None);
        assert_eq!(judged(br#"{"alg":"RS256","kid":"2026"}"#), Verdict::Proven);
        assert_eq!(judged(br#"{ "typ" : "JWT", "alg" : "HS256" }"#), Verdict::Proven);
        assert_eq!(judged(br#"{"typ":"JWT","kid":"2026"}"#), Verdict::Open);
        assert_eq!(judged(br#"{"alg":7,"typ":"JWT","k":1}"#), Verdict::Open);
    }

    #[test]
    fn a_name_in_code_is_no_token_of_hugging_face() {
        let judged = |text: &str| judge("huggingface-access-token", text.as_bytes(), None);
        assert_eq!(
            judged(&format!("hf_{}", "jQcNbzWg".repeat(5).get(..34).unwrap())),
            Verdict::Open
        );
        assert_eq!(judged(&format!("hf_{}", "a1B2c3D4".repeat(5))), Verdict::Open);
        assert_eq!(judged("hf_requiredCharacteristicTypesForDisplayMetadata"), Verdict::Sample);
    }

    #[test]
    fn names_with_dots_between_them_are_no_jwt() {
        for names in [
            "eyeTrackingConfiguration.eyeballMovementDetector.calibrationSettings",
            "eyebrow_shape_detection.eyelash_density_estimation.result_of_last_run",
        ] {
            assert_eq!(judge("jwt", names.as_bytes(), None), Verdict::Sample, "{names}");
        }
    }
}
