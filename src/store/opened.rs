//! A file that is being captured, as long as it was when it was opened.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};

use crate::store::capture::{CaptureError, Source};
use crate::store::reading::LARGEST_FILE;

const CHUNK: usize = 256 << 10;

/// An open file, and what was known of it then.
pub struct Opened<'a> {
    pub source: Source<'a>,
    pub file: File,
    pub metadata: Metadata,
    /// How much of it is captured.
    pub size: u64,
}

impl<'a> Opened<'a> {
    pub fn new(source: Source<'a>) -> Result<Self, CaptureError> {
        let path = || source.path.to_owned();
        // Opening a pipe waits for somebody who writes to it.
        let facts = std::fs::metadata(source.path);
        if facts.is_ok_and(|facts| !facts.is_file()) {
            return Err(CaptureError::NotAFile { path: path() });
        }
        let opened = File::open(source.path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) =
            opened.map_err(|source| CaptureError::Unreadable { path: path(), source })?;
        let size = source.up_to.unwrap_or(u64::MAX).min(metadata.len());
        if size > LARGEST_FILE {
            return Err(CaptureError::TooLarge { path: path(), bytes: size });
        }
        Ok(Self { source, file, metadata, size })
    }

    /// Hands the bytes from `start` to the captured size to `each`, with their offsets.
    pub fn each_chunk(
        &mut self,
        start: u64,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), CaptureError>,
    ) -> Result<(), CaptureError> {
        self.file.seek(SeekFrom::Start(start)).map_err(|source| self.read_error(source))?;
        let mut buffer = vec![0; CHUNK];
        let mut at = start;
        while at < self.size {
            let wanted = CHUNK.min((self.size - at) as usize);
            self.file
                .read_exact(&mut buffer[..wanted])
                .map_err(|source| self.read_error(source))?;
            each(at, &buffer[..wanted])?;
            at += wanted as u64;
        }
        Ok(())
    }

    fn read_error(&self, source: std::io::Error) -> CaptureError {
        let path = self.source.path.to_owned();
        if source.kind() == std::io::ErrorKind::UnexpectedEof {
            CaptureError::Shrank { path }
        } else {
            CaptureError::Unreadable { path, source }
        }
    }
}
