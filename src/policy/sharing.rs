//! When checkpoints may leave this machine, and where they may be read by anybody.

use std::fmt;
use std::str::FromStr;

/// Hosts on which a repository may be public, so that a push asks first; their subdomains count as well.
const PUBLIC_HOSTS: &[&str] = &[
    "bitbucket.org",
    "codeberg.org",
    "gitee.com",
    "github.com",
    "gitlab.com",
    "huggingface.co",
    "salsa.debian.org",
    "sourceforge.net",
    "sr.ht",
];

/// Whether checkpoints are sent: `ckpt.push`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PushMode {
    /// Along with the user's own pushes.
    Auto,
    /// When asked to.
    #[default]
    Manual,
    Never,
}

impl PushMode {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Manual, Self::Never];

    /// The value of `ckpt.push`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Manual => "manual",
            Self::Never => "never",
        }
    }
}

impl fmt::Display for PushMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no way of sending.
#[derive(Debug, thiserror::Error)]
#[error("`ckpt.push` is `{0}`, which is none of `auto`, `manual` and `never`")]
pub struct NotAPushMode(pub String);

impl FromStr for PushMode {
    type Err = NotAPushMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        named.ok_or_else(|| NotAPushMode(text.to_owned()))
    }
}

/// The host of an address where a repository may be public. Whether it is cannot be told from here.
pub fn maybe_public(address: &str) -> Option<&'static str> {
    let host = host(address)?;
    let is_below = |known: &&&str| {
        host.strip_suffix(**known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    PUBLIC_HOSTS.iter().find(is_below).copied()
}

/// The host of `scheme://user@host:port/path` or `user@host:path`; none of a path and a `file://` address.
fn host(address: &str) -> Option<String> {
    let place = match address.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split('/').next()?,
        // As git has it, a slash before the first colon makes it a path.
        None => {
            address.split_once(':').map(|(place, _)| place).filter(|place| !place.contains('/'))?
        }
    };
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    Some(host.split(':').next().unwrap_or(host).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_known_host_may_be_public_however_it_is_spoken_to() {
        for address in [
            "https://github.com/ada/garden.git",
            "https://ada:token@GitHub.com:443/ada/garden",
            "ssh://git@ssh.github.com:443/ada/garden.git",
            "git@github.com:ada/garden.git",
            "github.com:ada/garden.git",
        ] {
            assert_eq!(maybe_public(address), Some("github.com"), "{address}");
        }
        assert_eq!(maybe_public("git@git.sr.ht:~ada/garden"), Some("sr.ht"));
        assert_eq!(maybe_public("https://git.code.sourceforge.net/p/x"), Some("sourceforge.net"));
    }

    #[test]
    fn other_hosts_and_paths_are_not() {
        for address in [
            "https://git.example.com/github.com/garden.git",
            "git@notgithub.com:ada/garden.git",
            "https://github.com.example.org/x",
            "/srv/github.com/garden.git",
            "file:///srv/github.com/garden.git",
            "../github.com:x",
            "origin",
        ] {
            assert_eq!(maybe_public(address), None, "{address}");
        }
    }

    #[test]
    fn a_host_is_read_out_of_every_form_of_address() {
        let table = [
            ("https://github.com/ada/garden.git", Some("github.com")),
            ("https://ada:secret@GitLab.com:443/garden", Some("gitlab.com")),
            ("git@github.com:ada/garden.git", Some("github.com")),
            ("ssh://git@codeberg.org:22/ada/garden", Some("codeberg.org")),
            ("file:///srv/github.com/garden", None),
            ("/srv/git:hub/garden", None),
            ("../garden", None),
        ];
        for (url, expected) in table {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
