//! Objects that are files of their own: looked for in every directory that objects lie in, written into the first.
//!
//! A file comes into being under another name and is then given its own, so nobody ever sees a part of one. An object
//! that is there already is written again: that makes its file young, which keeps a prune that runs now from taking
//! it, and it mends a damaged one. Packs are not asked, since a second copy of an object does no harm.

use std::cell::OnceCell;
use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::git::loose::{self, Flaw, LooseObject};
use crate::git::object::ObjectKind;
use crate::git::places::{self, ObjectPlaces};
use crate::git::repository::ObjectFormat;
use crate::model::hash::to_hex;
use crate::model::object::ObjectId;

/// Objects are never changed, so nobody may write to their files.
const FILE_MODE: u32 = 0o444;
/// Git's own name for a file that is not finished, by which `git prune` knows one that a dead process left.
const UNFINISHED: &str = "tmp_obj_";
/// How often a directory that vanishes is made again.
const ATTEMPTS: usize = 20;
/// Enough of a file to hold an object's header.
const HEADER_BYTES: u64 = 256;

/// How files are written, by the repository's configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::git) struct Manner {
    pub sharing: Sharing,
    /// Wait until the disk has it.
    pub sync: bool,
}

/// Who else may use the repository: `core.sharedRepository`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::git) enum Sharing {
    /// Whoever the process' own mask lets.
    #[default]
    Umask,
    /// These permissions are added.
    Added(u32),
    /// These permissions and no others.
    Exactly(u32),
}

impl Sharing {
    /// Reads the value as git does; `None` when it is none that git knows.
    pub fn from_config(value: &str) -> Option<Self> {
        match value {
            "umask" | "false" | "no" | "off" | "0" | "" => Some(Self::Umask),
            "group" | "true" | "yes" | "on" | "1" => Some(Self::Added(0o660)),
            "all" | "world" | "everybody" | "2" => Some(Self::Added(0o664)),
            octal => {
                let mode = u32::from_str_radix(octal, 8).ok()?;
                (mode & 0o600 == 0o600).then_some(Self::Exactly(mode & 0o666))
            }
        }
    }

    /// The permissions of a file, or of a directory, that has `mode` now.
    fn applied(self, mode: u32, is_directory: bool) -> u32 {
        let (Self::Added(granted) | Self::Exactly(granted)) = self else { return mode };
        let writable = if mode & 0o200 == 0 { granted & !0o222 } else { granted };
        let entered = if mode & 0o100 == 0 { 0 } else { (writable & 0o444) >> 2 };
        let group = if is_directory { 0o2000 } else { 0 };
        let kept = if matches!(self, Self::Exactly(_)) { mode & !0o777 } else { mode };
        kept | writable | entered | group
    }
}

/// The loose objects that a repository can see.
pub(in crate::git) struct LooseStore {
    own: PathBuf,
    given: Vec<PathBuf>,
    borrowed: OnceCell<Vec<PathBuf>>,
    format: ObjectFormat,
}

impl LooseStore {
    /// `usual` is where the own objects lie if the environment does not say otherwise.
    pub fn new(usual: PathBuf, places: &ObjectPlaces, format: ObjectFormat) -> Self {
        let own = places.own.clone().unwrap_or(usual);
        Self { own, given: places.borrowed.clone(), borrowed: OnceCell::new(), format }
    }

    /// An object of at most so many bytes whose content was checked against its id, or `None` when it has no file. One
    /// whole copy is enough.
    pub fn read(&self, id: ObjectId, most: u64) -> Result<Option<LooseObject>, Flaw> {
        let mut flaw = None;
        for path in self.paths(id) {
            match self.read_file(&path, id, most) {
                Ok(Some(object)) => return Ok(Some(object)),
                Ok(None) => {}
                Err(found) => flaw = flaw.or(Some(found)),
            }
        }
        flaw.map_or(Ok(None), Err)
    }

    /// Kind and size of an object, or `None` when it has no file. The content is not looked at.
    pub fn header(&self, id: ObjectId) -> Result<Option<(ObjectKind, u64)>, Flaw> {
        let mut flaw = None;
        for path in self.paths(id) {
            let mut start = Vec::new();
            let read =
                File::open(path).and_then(|file| file.take(HEADER_BYTES).read_to_end(&mut start));
            match found(read)?.map(|_| loose::decode_header(&start)) {
                Some(Ok(header)) => return Ok(Some(header)),
                Some(Err(found)) => flaw = flaw.or(Some(found)),
                None => {}
            }
        }
        flaw.map_or(Ok(None), Err)
    }

    /// Gives an object a file, which holds what [`loose::encode`] made of it.
    pub fn write(&self, id: ObjectId, file: &[u8], manner: Manner) -> io::Result<()> {
        let path = path_in(&self.own, id);
        let directory = path.parent().expect("an object's path has a directory");
        let mut unfinished = begin(directory, manner.sharing)?;
        unfinished.write_all(file)?;
        share(unfinished.path(), manner.sharing, false)?;
        if manner.sync {
            unfinished.as_file().sync_all()?;
        }
        unfinished.persist(&path)?;
        Ok(())
    }

    fn read_file(&self, path: &Path, id: ObjectId, most: u64) -> Result<Option<LooseObject>, Flaw> {
        let Some(mut opened) = found(File::open(path))? else { return Ok(None) };
        let length = found(opened.metadata())?.map_or(0, |facts| facts.len());
        if length > loose::longest_file(most) {
            return Err(Flaw::TooLarge { size: length });
        }
        let mut file = Vec::with_capacity(length as usize + 1);
        found(opened.read_to_end(&mut file))?;
        let object = loose::decode(&file, most)?;
        let hash = loose::hash(self.format, object.kind, &object.bytes);
        if hash.is_ok_and(|hash| hash == id) { Ok(Some(object)) } else { Err(Flaw::Content) }
    }

    /// Where the object may lie, in the order to look.
    fn paths(&self, id: ObjectId) -> impl Iterator<Item = PathBuf> {
        // Most objects are in the first directory, and then the others are never looked for.
        let borrowed = std::iter::once_with(|| self.borrowed()).flatten();
        std::iter::once(&self.own).chain(borrowed).map(move |directory| path_in(directory, id))
    }

    fn borrowed(&self) -> &[PathBuf] {
        self.borrowed.get_or_init(|| places::borrowed(&self.own, &self.given))
    }
}

fn path_in(directory: &Path, id: ObjectId) -> PathBuf {
    let name = to_hex(id.as_bytes());
    let (first, rest) = name.split_at(2);
    let mut path = PathBuf::with_capacity(directory.as_os_str().len() + name.len() + 2);
    path.extend([directory, Path::new(first), Path::new(rest)]);
    path
}

fn unfinished(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let permissions = Permissions::from_mode(FILE_MODE);
    tempfile::Builder::new().prefix(UNFINISHED).permissions(permissions).tempfile_in(directory)
}

/// Begins a file in a directory that may not be there yet, and that a repack may take away while it is empty.
fn begin(directory: &Path, sharing: Sharing) -> io::Result<tempfile::NamedTempFile> {
    for _ in 0..ATTEMPTS {
        match unfinished(directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make_directory(directory, sharing)?
            }
            other => return other,
        }
    }
    unfinished(directory)
}

/// Another process may make it at the same moment.
fn make_directory(directory: &Path, sharing: Sharing) -> io::Result<()> {
    match DirBuilder::new().create(directory) {
        Ok(()) => share(directory, sharing, true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn share(path: &Path, sharing: Sharing, is_directory: bool) -> io::Result<()> {
    if sharing == Sharing::Umask {
        return Ok(());
    }
    let mode = path.metadata()?.permissions().mode() & 0o7777;
    std::fs::set_permissions(path, Permissions::from_mode(sharing.applied(mode, is_directory)))
}

fn found<T>(read: io::Result<T>) -> Result<Option<T>, Flaw> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(Flaw::Unreadable { detail: error.to_string() }),
    }
}
