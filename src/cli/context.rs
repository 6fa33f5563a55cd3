//! What a command works with: the screen, the repository, the time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::args::{GlobalArguments, When};
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::git::{Prompts, Repository};
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::carry;
use crate::ops::recover::{self, Recovered};
use crate::store::vault::Vault;
use crate::store::{Ask, IdentitySettings, Store};
use crate::ui::pager::{self, Pager};
use crate::ui::passphrase;
use crate::ui::repaired;
use crate::ui::saved;
use crate::ui::screen::{ColorChoice, Screen, ScreenSettings, Talk};
use crate::ui::shared;
use crate::ui::show::Layout;
use crate::ui::vault;

/// The pager where nobody named one.
const PAGER: &str = "less";

/// Whether objects that a partial clone lacks may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    AsNeeded,
    /// As in a hook.
    Never,
}

/// The surroundings of one command.
pub struct Context {
    pub screen: Screen,
    global: GlobalArguments,
    clock: SystemTime,
}

impl Context {
    pub fn new(global: &GlobalArguments) -> Self {
        let screen = Screen::new(screen_settings(global, None));
        Self { screen, global: global.clone(), clock: SystemTime::now() }
    }

    pub fn now(&self) -> Timestamp {
        self.time().0
    }

    /// Takes the time anew, for a command that goes on.
    pub fn look_at_the_clock(&mut self) {
        self.clock = SystemTime::now();
    }

    pub fn layout(&self) -> Layout {
        Layout { width: self.screen.width(), now: self.now() }
    }

    /// The directory that the command is to work in.
    pub fn directory(&self) -> Result<PathBuf, CliError> {
        let current = settings::current_directory().map_err(CliError::CurrentDirectory)?;
        let directory = self.global.directory.as_ref().map(|directory| current.join(directory));
        Ok(directory.unwrap_or(current))
    }

    /// Opens the repository, and finishes what dead processes left behind.
    pub fn desk(&mut self) -> Result<Desk, CliError> {
        self.desk_caught_up(Network::AsNeeded)
    }

    /// The same, with or without the network.
    pub fn desk_caught_up(&mut self, network: Network) -> Result<Desk, CliError> {
        let desk = self.desk_as_it_is(network)?;
        recover::wait_for_background(&desk);
        match desk.store.heal() {
            Ok(healed) => {
                healed.iter().for_each(|healed| self.screen.warn(&shared::healed(healed)))
            }
            Err(error) => self.screen.warn(&shared::not_healed(&error)),
        }
        for recovered in recover::recover(&desk) {
            let text = saved::recovered(&recovered);
            match recovered {
                Recovered::Finished(_) => self.screen.talk(&text),
                _ => self.screen.warn(&text),
            }
        }
        for finished in carry::finish(&desk) {
            match finished {
                Ok(carried) if carried.new > 0 => self.screen.talk(&repaired::finished(&carried)),
                Ok(_) => {}
                Err(error) => self.screen.warn(&repaired::not_finished(&error)),
            }
        }
        Ok(desk)
    }

    /// Opens the repository and leaves what is unfinished.
    pub fn desk_as_it_is(&mut self, network: Network) -> Result<Desk, CliError> {
        let start = self.directory()?;
        let mut repository = Repository::discover(&start)?;
        repository.set_config_source(settings::config_source());
        repository.set_object_places(settings::object_places());
        if network == Network::Never {
            repository.stay_offline();
        }
        self.screen = Screen::new(screen_settings(&self.global, Some(&repository)));
        // Taken apart and put together again, because git ends it with a slash.
        let directory =
            repository.worktree().map_or(start, |worktree| worktree.components().collect());
        let (now, offset) = self.time();
        let device = repository.config("ckpt.device");
        let identities = self.identities(&repository, &directory, network);
        let mut store = Store::new(repository);
        store.use_identities(identities);
        Ok(Desk {
            store,
            around: settings::surroundings(),
            directory,
            now,
            clock: self.clock,
            offset,
            device,
            secrets: settings::secrets(),
        })
    }

    /// Where the user's identities are: where the configuration says, else in the usual places.
    fn identities(
        &self,
        repository: &Repository,
        directory: &Path,
        network: Network,
    ) -> IdentitySettings {
        let home = settings::home();
        let named = repository.config("ckpt.identity").map(|path| match path.strip_prefix("~/") {
            Some(rest) => home.join(rest),
            None => directory.join(path),
        });
        // A hook, which never uses the network, asks nobody either.
        let may_ask = network == Network::AsNeeded && self.prompts(false) == Prompts::Allowed;
        let ask: Ask = Arc::new(|path| passphrase::ask(path).ok().flatten());
        IdentitySettings {
            named: named.is_some(),
            paths: named.map_or_else(
                || {
                    let ssh = ["id_ed25519", "id_rsa"].map(|name| home.join(".ssh").join(name));
                    let own = settings::config_home().join("git-ckpt").join("identity");
                    [own].into_iter().chain(ssh).collect()
                },
                |path| vec![path],
            ),
            ask: may_ask.then_some(ask),
        }
    }

    /// The user's vault, of which nothing is read yet.
    pub fn vault(&self) -> Vault {
        Vault::open(&settings::vault_directory())
    }

    /// Warns of what was amiss with the vault.
    pub fn tell_of(&mut self, vault: &Vault) {
        vault.notices().iter().for_each(|notice| self.screen.warn(&vault::notice(notice)));
    }

    /// Whether a person may be asked for a password: one who is there, and wants to be asked.
    pub fn prompts(&self, never: bool) -> Prompts {
        let [stdin, _, stderr] = settings::terminals();
        if stdin && stderr && !never { Prompts::Allowed } else { Prompts::Suppressed }
    }

    fn time(&self) -> (Timestamp, i32) {
        let clock = self.clock.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let clock = i64::try_from(clock).unwrap_or(i64::MAX);
        let (seconds, offset) = settings::given_time().unwrap_or((clock, 0));
        (Timestamp::from_seconds(seconds), offset)
    }
}

fn screen_settings(global: &GlobalArguments, repository: Option<&Repository>) -> ScreenSettings {
    let [stdin, stdout, stderr] = settings::terminals();
    let pager = match repository {
        Some(repository) if stdout && !global.no_pager => pager(repository),
        _ => None,
    };
    ScreenSettings {
        color: color(global, repository, stdout),
        pager,
        width: None,
        stdin_is_terminal: stdin,
        stdout_is_terminal: stdout,
        stderr_is_terminal: stderr,
        talk: if global.quiet { Talk::Quiet } else { Talk::Usual },
    }
}

fn color(global: &GlobalArguments, repository: Option<&Repository>, terminal: bool) -> ColorChoice {
    match global.color {
        Some(When::Always) => return ColorChoice::Always,
        Some(When::Never) => return ColorChoice::Never,
        Some(When::Auto) => return ColorChoice::Auto,
        None if settings::no_color() => return ColorChoice::Never,
        None => {}
    }
    // Configuration is asked only where it can make a difference.
    let configured =
        repository.filter(|_| terminal).and_then(|repository| repository.config("color.ui"));
    match configured.as_deref() {
        Some("always") => ColorChoice::Always,
        Some("never" | "false" | "no" | "off") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// The pager, chosen as git chooses it.
fn pager(repository: &Repository) -> Option<Pager> {
    let (own, general) = settings::pagers();
    let command = own
        .or_else(|| repository.config("core.pager"))
        .or(general)
        .unwrap_or_else(|| PAGER.to_owned());
    let environment = pager::DEFAULTS
        .iter()
        .filter(|(name, _)| !settings::is_set(name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let pager = Pager { command, environment };
    (!pager.is_idle()).then_some(pager)
}

#[cfg(test)]
#[allow(clippy::print_stdout)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Not a test of its own: what a command sees that was started as git starts it.
    #[test]
    fn seen_by_a_child() {
        if std::env::var_os("CKPT_CONTEXT_CHILD").is_none() {
            return;
        }
        let global = GlobalArguments { directory: None, color: None, no_pager: true, quiet: true };
        let desk = Context::new(&global).desk().unwrap();
        let repository = desk.store.repository();
        println!("name={:?}", repository.config("user.name"));
        println!("wrote={}", repository.write_blob(b"content").unwrap());
    }

    fn hermetic(program: PathBuf, directory: &std::path::Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", directory);
        command.env("GIT_CONFIG_NOSYSTEM", "1").current_dir(directory);
        command
    }

    #[test]
    fn configuration_and_object_places_of_the_environment_reach_the_repository() {
        let world = tempfile::TempDir::new().unwrap();
        let place = world.path();
        assert!(
            hermetic("git".into(), place).args(["init", "--quiet"]).status().unwrap().success()
        );
        std::fs::create_dir(place.join("elsewhere")).unwrap();
        let by_count = [
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "user.name"),
            ("GIT_CONFIG_VALUE_0", "Zed"),
        ];
        let by_option = [("GIT_CONFIG_PARAMETERS", "'user.name'='Zed'")];
        for variables in [&by_count[..], &by_option] {
            let mut command = hermetic(std::env::current_exe().unwrap(), place);
            command.args(["--exact", "cli::context::tests::seen_by_a_child", "--nocapture"]);
            command.envs(variables.iter().copied()).env("CKPT_CONTEXT_CHILD", "1");
            command.env("GIT_OBJECT_DIRECTORY", place.join("elsewhere"));
            let output = command.output().unwrap();
            let seen = String::from_utf8_lossy(&output.stdout);
            assert!(seen.contains("name=Some(\"Zed\")"), "{output:?}");
            let id = seen.lines().find_map(|line| line.split("wrote=").nth(1)).unwrap();
            assert!(place.join("elsewhere").join(&id[..2]).join(&id[2..]).exists(), "{id}");
        }
    }
}
