//! What was read so far: the replay, which parts of which files are in it, and what could not be read.

use std::{collections::BTreeMap, fs};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use tokenleash::{Catalog, Error, ErrorKind, LogInput, Replay, ReplaySettings, Unreadable};

use super::source::{Job, Source, Sources};
use crate::cli::{Failure, input};

/// How many unreadable lines are named.
const NAMED: usize = 20;

/// What was read so far.
pub(super) struct Known<'a> {
    pub(super) replay: Replay<'a>,
    parts: Parts,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    /// By file and size, by where a part begins: how many lines it has.
    files: BTreeMap<String, BTreeMap<u64, u64>>,
    lines: u64,
    unreadable: u64,
    /// The first that could not be read: file and size, where the part begins, line in the part, why.
    first: Vec<(String, u64, u64, String)>,
}

/// The written form.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    parts: Parts,
    #[serde(borrow)]
    replay: &'a RawValue,
}

/// What one job read besides the calls.
#[derive(Default)]
pub(super) struct JobLines {
    /// Blank ones too.
    pub(super) all: u64,
    pub(super) blank: u64,
    /// Line in the job, from 1, and why: the first few.
    pub(super) faults: Vec<(u64, String)>,
    pub(super) unreadable: u64,
}

impl JobLines {
    pub(super) fn fault(&mut self, why: impl Into<String>) {
        self.unreadable += 1;
        if self.faults.len() < NAMED {
            self.faults.push((self.all, why.into()));
        }
    }
}

impl<'a> Known<'a> {
    pub(super) fn nothing(settings: &ReplaySettings, catalog: &'a Catalog) -> Result<Self, Failure> {
        Ok(Self { replay: Replay::new(settings.clone(), catalog)?, parts: Parts::default() })
    }

    /// What an earlier run kept, if it kept anything.
    pub(super) fn load(
        name: Option<&str>,
        settings: &ReplaySettings,
        catalog: &'a Catalog,
    ) -> Result<Self, Failure> {
        let Some(name) = name.filter(|name| fs::exists(name).unwrap_or(true)) else {
            return Self::nothing(settings, catalog);
        };
        let text = input::read_text(name)?;
        let wrong = |message: String| Error::new(ErrorKind::InvalidArgument, format!("{name}: {message}"));
        let written: Written<'_> =
            serde_json::from_str(&text).map_err(|fault| wrong(format!("this is no kept replay: {fault}")))?;
        let replay = Replay::from_json(written.replay.get(), catalog)?;
        if replay.settings() != settings {
            let message = "it was read with other settings (what-ifs, rates, caller key): use another file";
            return Err(wrong(message.to_owned()).into());
        }
        Ok(Self { replay, parts: written.parts })
    }

    /// Writes it down, whole or not at all.
    pub(super) fn save(&self, name: &str) -> Result<(), Failure> {
        let replay = self.replay.to_json();
        let fail = |error| Failure::File(name.to_owned(), error);
        let replay: &RawValue = serde_json::from_str(&replay)
            .map_err(|fault| Error::new(ErrorKind::InvalidArgument, fault.to_string()))?;
        let written = Written { parts: self.parts.clone(), replay };
        let unfinished = format!("{name}.part");
        fs::write(&unfinished, serde_json::to_string(&written).unwrap_or_default()).map_err(fail)?;
        fs::rename(&unfinished, name).map_err(fail)
    }

    /// Whether a job's part is in it.
    pub(super) fn has(&self, source: &Source, job: Job) -> bool {
        let parts = self.parts.files.get(&key(source));
        parts.is_some_and(|parts| parts.contains_key(&job.start))
    }

    /// Takes what a job read, except its calls.
    pub(super) fn add(&mut self, source: &Source, job: Job, lines: JobLines) {
        let key = key(source);
        self.parts.lines += lines.all - lines.blank;
        self.parts.unreadable += lines.unreadable;
        let named = lines.faults.into_iter().map(|(line, why)| (key.clone(), job.start, line, why));
        self.parts.first.extend(named);
        self.parts.first.sort();
        self.parts.first.truncate(NAMED);
        self.parts.files.entry(key).or_default().insert(job.start, lines.all);
    }

    /// What the findings say of the input.
    pub(super) fn input(&self, sources: &Sources) -> LogInput {
        let named = self.parts.first.iter().map(|(key, start, line, why)| {
            let earlier = self.parts.files.get(key).into_iter().flat_map(|parts| parts.range(..start));
            Unreadable {
                file: key.rsplit_once('\t').map_or(key.as_str(), |(name, _)| name).to_owned(),
                line: earlier.map(|(_, lines)| lines).sum::<u64>() + line,
                why: why.clone(),
            }
        });
        LogInput {
            files: u64::try_from(self.parts.files.len()).unwrap_or(u64::MAX),
            passed_over: sources.passed_over,
            lines: self.parts.lines,
            unreadable: self.parts.unreadable,
            first_unreadable: named.collect(),
        }
    }
}

/// A file by its name and size: one that grew is another, so give logs that are finished.
fn key(source: &Source) -> String {
    format!("{}\t{}", source.name, source.bytes)
}
