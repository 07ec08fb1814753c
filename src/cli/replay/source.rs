//! Which files make a log, and how they are divided for reading side by side.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use crate::cli::Failure;

/// Plain files are read in pieces of so many bytes.
pub(super) const PIECE_BYTES: u64 = 32 << 20;

/// How a gzip file begins.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The names that logs have.
const ENDINGS: [&str; 6] = [".json", ".jsonl", ".ndjson", ".log", ".gz", ".txt"];

/// A file of a log.
pub(super) struct Source {
    /// As the caller wrote it, or as it was found; `-` is standard input.
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) is_gzip: bool,
}

/// The files of a log, in order.
pub(super) struct Sources {
    pub(super) files: Vec<Source>,
    /// Files in folders with names that logs do not have.
    pub(super) passed_over: u64,
}

/// A file, or a piece of a plain one: the lines that begin in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    /// The place of its file.
    pub(super) file: usize,
    pub(super) start: u64,
    /// Where the piece ends; the last one, and what cannot be divided, ends with the file.
    pub(super) end: Option<u64>,
}

impl Sources {
    /// Finds the files: those that are named, and in folders those with names that logs have.
    pub(super) fn find(paths: &[String]) -> Result<Self, Failure> {
        let mut found = Self { files: Vec::new(), passed_over: 0 };
        for path in paths {
            if path == "-" {
                found.files.push(Source { name: path.clone(), bytes: 0, is_gzip: false });
                continue;
            }
            let fail = |error| Failure::File(path.clone(), error);
            if fs::metadata(path).map_err(fail)?.is_dir() {
                found.folder(Path::new(path)).map_err(fail)?;
            } else {
                found.file(path).map_err(fail)?;
            }
        }
        if found.files.is_empty() {
            let message = format!("no file with a name that logs have ({})", ENDINGS.join(", "));
            let error = io::Error::new(io::ErrorKind::NotFound, message);
            return Err(Failure::File(paths.join(", "), error));
        }
        Ok(found)
    }

    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let kind = entry.file_type()?;
            if kind.is_dir() {
                // Bedrock puts bodies that are too large for a record into a folder of this name.
                let bodies =
                    name == "data" && folder.to_string_lossy().contains("BedrockModelInvocationLogs");
                if !bodies && !name.starts_with('.') {
                    self.folder(&entry.path())?;
                }
            } else if name.starts_with('.') || !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                self.passed_over += 1;
            } else {
                self.file(&entry.path().to_string_lossy())?;
            }
        }
        Ok(())
    }

    fn file(&mut self, name: &str) -> io::Result<()> {
        let mut file = File::open(name)?;
        let bytes = file.metadata()?.len();
        let mut magic = [0; 2];
        let is_gzip = match file.read_exact(&mut magic) {
            Ok(()) => magic == GZIP,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(error),
        };
        self.files.push(Source { name: name.to_owned(), bytes, is_gzip });
        Ok(())
    }

    /// All jobs, in order.
    pub(super) fn jobs(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (file, source) in self.files.iter().enumerate() {
            let pieces = if source.is_gzip { 1 } else { source.bytes.div_ceil(PIECE_BYTES).max(1) };
            for piece in 0..pieces {
                let start = piece * PIECE_BYTES;
                let end = (piece + 1 < pieces).then_some(start + PIECE_BYTES);
                jobs.push(Job { file, start, end });
            }
        }
        jobs
    }
}
