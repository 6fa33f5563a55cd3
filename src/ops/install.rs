//! Putting hooks and configuration in place, and taking them back: what is changed is written down, so that nothing else
//! is ever removed.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::git::{ConfigFile, ProgramError};
use crate::ops::hook_owner::{self, Owner};

/// What the name of a hook ends with that was there before ours.
const BEFORE: &str = ".before-ckpt";
/// What a script says where the path of this program belongs.
const PROGRAM: &str = "@PROGRAM@";

/// A hook to install.
#[derive(Clone, Copy, Debug)]
pub struct HookScript {
    pub name: &'static str,
    pub script: &'static str,
}

impl HookScript {
    fn text(&self, program: &Path) -> String {
        let quoted = program.to_string_lossy().replace('\'', r"'\''");
        self.script.replace(PROGRAM, &format!("'{quoted}'"))
    }
}

/// What keeps an installation from being made or taken back.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error("cannot write `{}`", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
    #[error("`{}` was replaced, and the hook that was there before it is kept as `{}`", path.display(), before.display())]
    BothThere { path: PathBuf, before: PathBuf },
    #[error("git's configuration cannot be changed")]
    Config(#[from] ProgramError),
}

/// Whether something is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    New,
    /// An older one of ours is replaced.
    Renewed,
    /// It is there.
    Same,
}

/// One thing that an installation does.
#[derive(Clone, Debug)]
pub enum Step {
    /// `keeps` is a hook of somebody else's that is kept and runs first.
    Hook { name: &'static str, path: PathBuf, text: String, keeps: bool, change: Change },
    /// A hook that hands on to the repository's own.
    Forward { name: &'static str, path: PathBuf, text: &'static str, change: Change },
    /// `replaces` is the value that there was, where a key has only one.
    Config { key: String, value: String, replaces: Option<Vec<String>>, change: Change },
    /// Something that somebody has to add to a file that is not ours.
    Line { name: &'static str, owner: Owner, file: PathBuf, text: String, change: Change },
}

/// What was changed, as it is written down.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Record {
    version: u32,
    hooks: Vec<PathBuf>,
    #[serde(default)]
    forwards: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    config: Vec<Setting>,
}

/// A value that was set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting {
    pub key: String,
    pub value: String,
    /// The values before; `None` where this one was added to them.
    replaced: Option<Vec<String>>,
}

/// Something that was taken back.
#[derive(Clone, Debug)]
pub enum Undone {
    Hook(PathBuf),
    /// The hook that was there before ours is back.
    PutBack(PathBuf),
    /// Somebody else's hook stands where ours was.
    Left(PathBuf),
    Config(Setting),
}

/// The step that puts a hook into a directory, or that says who else has to.
pub fn hook_step(
    hook: HookScript,
    directory: &Path,
    program: &Path,
) -> Result<Result<Step, Owner>, InstallError> {
    let path = directory.join(hook.name);
    let text = hook.text(program);
    let there = std::fs::read(&path).ok();
    let before = before(&path);
    let (keeps, change) = match &there {
        Some(bytes) if bytes == text.as_bytes() && is_executable(&path) => {
            (before.exists(), Change::Same)
        }
        Some(bytes) if hook_owner::is_ours(bytes) => (before.exists(), Change::Renewed),
        Some(bytes) if hook_owner::calls_us(&String::from_utf8_lossy(bytes), hook.name) => {
            (false, Change::Same)
        }
        Some(bytes) => match hook_owner::of_hook(bytes) {
            Some(owner) => return Ok(Err(owner)),
            None if before.exists() => return Err(InstallError::BothThere { path, before }),
            None => (true, Change::New),
        },
        None => (before.exists(), Change::New),
    };
    Ok(Ok(Step::Hook { name: hook.name, path, text, keeps, change }))
}

/// The program that a hook of ours names.
pub fn program_of(hook: &str) -> Option<String> {
    let quoted = hook.lines().find_map(|line| line.strip_prefix("program='"))?;
    Some(quoted.strip_suffix('\'')?.replace(r"'\''", "'"))
}

/// Whether git runs a hook at all.
pub fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|facts| facts.permissions().mode() & 0o111 != 0)
}

/// Where a hook is kept that was there before ours.
pub fn before(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(BEFORE);
    PathBuf::from(name)
}

/// An installation: one place where what was changed is written down, one file of configuration.
pub struct Installation<'c> {
    pub record: PathBuf,
    pub config: ConfigFile<'c>,
    /// The file of the configuration, where it is to be put back byte for byte.
    pub config_path: Option<PathBuf>,
}

impl Installation<'_> {
    /// Does what the steps say.
    pub fn carry_out(&self, steps: &[Step]) -> Result<(), InstallError> {
        let mut record = self.recorded();
        record.version = 1;
        self.make_directory(self.record.parent(), &mut record)?;
        let config = self.config_bytes();
        for step in steps {
            match step {
                Step::Hook { path, text, change, .. } if *change != Change::Same => {
                    self.make_directory(path.parent(), &mut record)?;
                    put(path, text)?;
                    record.hooks.retain(|hook| hook != path);
                    record.hooks.push(path.clone());
                }
                Step::Forward { path, text, change, .. } if *change != Change::Same => {
                    self.make_directory(path.parent(), &mut record)?;
                    write(path, text.as_bytes(), 0o755)?;
                    record.forwards.retain(|forward| forward != path);
                    record.forwards.push(path.clone());
                }
                Step::Config { key, value, replaces, change } if *change != Change::Same => {
                    match replaces {
                        Some(_) => self.config.set(key, value)?,
                        None => self.config.add(key, value)?,
                    }
                    record.set(key, value, replaces);
                }
                _ => {}
            }
            // After every step, so that one that fails leaves none behind that is not written down.
            self.write_down(&record)?;
        }
        self.remember_config(config)
    }

    /// What there is to take back; `hooks` are looked at too where nothing was written down.
    pub fn to_take_back(&self, hooks: &[PathBuf]) -> Vec<Undone> {
        let record = self.recorded();
        let others = hooks.iter().filter(|path| !record.hooks.contains(path));
        let mut undone: Vec<Undone> =
            record.hooks.iter().filter_map(|path| of_hook(path, &record)).collect();
        undone.extend(others.filter_map(|path| of_hook(path, &record)));
        let settings = record.config.into_iter().rev();
        let still = settings.filter(|set| self.config.values(&set.key).contains(&set.value));
        undone.extend(still.map(Undone::Config));
        undone
    }

    /// Takes it back.
    pub fn take_back(&self, undone: &[Undone]) -> Result<(), InstallError> {
        let record = self.recorded();
        for forward in &record.forwards {
            // First, so that none is taken for a hook that was there before ours.
            remove(forward)?;
        }
        let whole = self.config_before();
        for step in undone {
            match step {
                Undone::Hook(path) => remove(path)?,
                Undone::PutBack(path) => {
                    std::fs::rename(before(path), path).map_err(unwritable(path))?;
                }
                Undone::Config(setting) if whole.is_none() => self.put_back(setting)?,
                Undone::Config(_) | Undone::Left(_) => {}
            }
        }
        if let Some((path, before)) = whole {
            put_config(path, &before)?;
        }
        for leftover in [self.record.clone(), self.copy("before"), self.copy("after")] {
            remove(&leftover)?;
        }
        // Innermost first; what holds something by now stays.
        for directory in record.directories.iter().rev() {
            let _ = std::fs::remove_dir(directory);
        }
        Ok(())
    }

    fn put_back(&self, setting: &Setting) -> Result<(), InstallError> {
        self.config.remove(&setting.key, &setting.value)?;
        for old in setting.replaced.iter().flatten() {
            self.config.add(&setting.key, old)?;
        }
        Ok(())
    }

    fn recorded(&self) -> Record {
        let text = std::fs::read(&self.record).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// The hooks that were put in place, as it is written down; an error where that cannot be read.
    pub fn recorded_hooks(&self) -> Result<Vec<PathBuf>, std::io::Error> {
        match std::fs::read(&self.record) {
            Ok(text) => Ok(serde_json::from_slice::<Record>(&text)?.hooks),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Copies of the configuration that an uninstallation has left behind when it was killed.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        if self.record.exists() {
            return Vec::new();
        }
        ["before", "after"]
            .map(|name| self.copy(name))
            .into_iter()
            .filter(|path| path.exists())
            .collect()
    }

    fn write_down(&self, record: &Record) -> Result<(), InstallError> {
        let text = serde_json::to_vec_pretty(record).unwrap_or_default();
        write(&self.record, &text, 0o644)
    }

    /// Makes a directory and those above it that are missing, and notes which were.
    fn make_directory(&self, path: Option<&Path>, record: &mut Record) -> Result<(), InstallError> {
        let Some(path) = path else { return Ok(()) };
        let mut missing: Vec<PathBuf> =
            path.ancestors().take_while(|path| !path.exists()).map(Path::to_owned).collect();
        missing.reverse();
        std::fs::create_dir_all(path).map_err(unwritable(path))?;
        record.directories.append(&mut missing);
        Ok(())
    }

    fn config_bytes(&self) -> Option<Vec<u8>> {
        std::fs::read(self.config_path.as_ref()?).ok()
    }

    fn copy(&self, name: &str) -> PathBuf {
        self.record.with_extension(format!("config-{name}"))
    }

    /// Keeps the configuration as it was before the first change, for as long as nobody else changes it.
    fn remember_config(&self, before: Option<Vec<u8>>) -> Result<(), InstallError> {
        let after = self.config_bytes();
        let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
        if before == after {
            return Ok(());
        }
        match std::fs::read(self.copy("after")) {
            Ok(last) if last == before => {}
            Ok(_) => remove(&self.copy("before"))?,
            Err(_) => write(&self.copy("before"), &before, 0o600)?,
        }
        write(&self.copy("after"), &after, 0o600)
    }

    /// The configuration as it was, if nobody else has changed it since.
    fn config_before(&self) -> Option<(&Path, Vec<u8>)> {
        let before = std::fs::read(self.copy("before")).ok()?;
        let after = std::fs::read(self.copy("after")).ok()?;
        let path = self.config_path.as_deref()?;
        (self.config_bytes()? == after).then_some((path, before))
    }
}

impl Record {
    fn set(&mut self, key: &str, value: &str, replaces: &Option<Vec<String>>) {
        let earlier = self.config.iter_mut().find(|setting| setting.key == key);
        match (earlier, replaces) {
            // What was there before the first change is what is put back.
            (Some(setting), Some(_)) if setting.replaced.is_some() => {
                setting.value = value.to_owned();
            }
            _ => self.config.push(Setting {
                key: key.to_owned(),
                value: value.to_owned(),
                replaced: replaces.clone(),
            }),
        }
    }
}

/// Puts a hook in place; one of somebody else's that is there is kept beside it.
fn put(path: &Path, text: &str) -> Result<(), InstallError> {
    let before = before(path);
    let foreign = std::fs::read(path).is_ok_and(|there| !hook_owner::is_ours(&there));
    if foreign {
        std::fs::rename(path, &before).map_err(unwritable(path))?;
    }
    let put = write(path, text.as_bytes(), 0o755);
    if put.is_err() && foreign {
        std::fs::rename(&before, path).map_err(unwritable(path))?;
    }
    put
}

/// What becomes of one hook when everything is taken back.
fn of_hook(path: &Path, record: &Record) -> Option<Undone> {
    let before = before(path);
    let forwards = record.forwards.contains(&before);
    match std::fs::read(path) {
        Ok(there) if !hook_owner::is_ours(&there) => {
            record.hooks.iter().any(|hook| hook == path).then(|| Undone::Left(path.to_owned()))
        }
        _ if before.exists() && !forwards => Some(Undone::PutBack(path.to_owned())),
        Ok(_) => Some(Undone::Hook(path.to_owned())),
        Err(_) => None,
    }
}

fn remove(path: &Path) -> Result<(), InstallError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(path)(error)),
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), InstallError> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(directory).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
        file.persist(path).map(drop).map_err(|error| error.error)
    });
    written.map_err(unwritable(path))
}

/// Puts a file of configuration back, under the lock that git takes for it.
fn put_config(path: &Path, bytes: &[u8]) -> Result<(), InstallError> {
    let path = path.canonicalize().map_err(unwritable(path))?;
    let mut lock = path.clone().into_os_string();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let written = std::fs::File::create_new(&lock).and_then(|mut file| {
        file.write_all(bytes)?;
        let mode = path.metadata()?.permissions();
        let put = file.set_permissions(mode).and_then(|()| std::fs::rename(&lock, &path));
        put.inspect_err(|_| drop(std::fs::remove_file(&lock)))
    });
    written.map_err(unwritable(&path))
}

fn unwritable(path: &Path) -> impl Fn(std::io::Error) -> InstallError + use<> {
    let path = path.to_owned();
    move |source| InstallError::Unwritable { path: path.clone(), source }
}
