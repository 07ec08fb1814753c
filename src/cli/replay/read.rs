//! Reading on all cores: each thread has a replay of its own, and they are added up.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use flate2::bufread::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use tokenleash::{LineKind, Replay};

use super::{
    lines::{self, LONGEST, Line},
    source::{GZIP, Job, Source, Sources},
    state::{JobLines, Known},
};
use crate::cli::Failure;

/// How much is read at once.
const BLOCK_BYTES: usize = 1 << 18;
/// How often a state file is written while reading.
const SAVE_EVERY: Duration = Duration::from_secs(20);

/// Reads what is not known yet.
pub(super) fn read<'a>(
    sources: &Sources,
    known: Known<'a>,
    threads: usize,
    state: Option<&str>,
) -> Result<Known<'a>, Failure> {
    let mut jobs = sources.jobs();
    jobs.retain(|job| sources.files.get(job.file).is_some_and(|source| !known.has(source, *job)));
    let bar = progress(sources, &jobs);
    let empty = Replay::new(known.replay.settings().clone(), known.replay.catalog())?;
    let total = Mutex::new((known, Instant::now()));
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), Failure> {
        let mut own = empty.clone();
        let mut done = Vec::new();
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
            let Some(source) = sources.files.get(job.file) else { continue };
            let lines = read_job(source, job, &mut own, &bar);
            done.push((source, job, lines));
            // Without a file to write, adding up once is enough.
            if state.is_some() {
                add(&total, &mut own, &mut done, &empty, state)?;
            }
        }
        add(&total, &mut own, &mut done, &empty, None)
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (1..threads.min(jobs.len())).map(|_| scope.spawn(work)).collect();
        let mut result = work();
        for worker in workers {
            let other = worker.join().unwrap_or_else(|_| Err(io::Error::other("a reader stopped").into()));
            result = result.and(other);
        }
        result
    })?;
    bar.finish_and_clear();
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner).0)
}

/// Adds what a thread has read to the whole, and writes that down if it is time.
fn add<'a>(
    total: &Mutex<(Known<'a>, Instant)>,
    own: &mut Replay<'a>,
    done: &mut Vec<(&Source, Job, JobLines)>,
    empty: &Replay<'a>,
    state: Option<&str>,
) -> Result<(), Failure> {
    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
    let (known, saved) = &mut *total;
    known.replay.merge(own)?;
    *own = empty.clone();
    for (source, job, lines) in done.drain(..) {
        known.add(source, job, lines);
    }
    if let Some(name) = state.filter(|_| SAVE_EVERY < saved.elapsed()) {
        known.save(name)?;
        *saved = Instant::now();
    }
    Ok(())
}

/// A bar on a terminal, and nothing elsewhere.
fn progress(sources: &Sources, jobs: &[Job]) -> ProgressBar {
    let all: u64 = jobs.iter().filter_map(|job| Some(bytes_of(sources.files.get(job.file)?, *job))).sum();
    let bar = ProgressBar::new(all);
    if all == 0 {
        bar.set_style(ProgressStyle::default_spinner());
    }
    let shape = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(shape)
        && all != 0
    {
        bar.set_style(style);
    }
    bar
}

fn bytes_of(source: &Source, job: Job) -> u64 {
    job.end.unwrap_or(source.bytes).saturating_sub(job.start)
}

/// Reads the lines of a job into a replay. What cannot be read is a fault of a line.
fn read_job(source: &Source, job: Job, replay: &mut Replay<'_>, bar: &ProgressBar) -> JobLines {
    let mut lines = JobLines::default();
    let outcome = open(source, job, bar, |reader, start| take_lines(reader, start, job, replay, &mut lines));
    if let Err(error) = outcome {
        lines.all += 1;
        lines.blank += 1;
        lines.fault(match error.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends in the middle: what follows is lost".to_owned(),
            _ => format!("the file cannot be read on: {error}"),
        });
    }
    lines
}

fn take_lines(
    reader: &mut dyn BufRead,
    start: u64,
    job: Job,
    replay: &mut Replay<'_>,
    lines: &mut JobLines,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut at = start;
    while job.end.is_none_or(|end| at < end) {
        let (kind, bytes) = lines::next(reader, &mut line)?;
        at += bytes;
        if matches!(kind, Line::End) {
            break;
        }
        lines.all += 1;
        if matches!(kind, Line::TooLong) {
            lines.fault(format!("the line is longer than {} MiB", LONGEST >> 20));
            continue;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            lines.blank += 1;
            continue;
        }
        match replay.take(text) {
            Ok(LineKind::Call | LineKind::Metrics | LineKind::Foreign) => {}
            Err(error) => lines.fault(error.to_string()),
        }
    }
    Ok(())
}

/// Opens what a job reads, at the first line that begins in it.
fn open(
    source: &Source,
    job: Job,
    bar: &ProgressBar,
    take: impl FnOnce(&mut dyn BufRead, u64) -> io::Result<()>,
) -> io::Result<()> {
    if source.name == "-" {
        let mut reader = BufReader::with_capacity(BLOCK_BYTES, bar.wrap_read(io::stdin()));
        return if reader.fill_buf()?.starts_with(&GZIP) {
            beside(MultiGzDecoder::new(reader), take)
        } else {
            beside(reader, take)
        };
    }
    let mut file = File::open(&source.name)?;
    if source.is_gzip {
        let packed = BufReader::with_capacity(BLOCK_BYTES, bar.wrap_read(file));
        return beside(MultiGzDecoder::new(packed), take);
    }
    // The line before may end just where the job begins.
    let from = job.start.saturating_sub(1);
    file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::with_capacity(BLOCK_BYTES, bar.wrap_read(file));
    let mut start = job.start;
    if job.start != 0 {
        start = from + u64::try_from(reader.skip_until(b'\n')?).unwrap_or(u64::MAX);
    }
    take(&mut reader, start)
}

/// Reads, and unpacks, in a thread of its own, so that this one has only the lines to do.
fn beside(
    mut reader: impl Read + Send,
    take: impl FnOnce(&mut dyn BufRead, u64) -> io::Result<()>,
) -> io::Result<()> {
    thread::scope(|scope| {
        let (send, receive) = sync_channel::<io::Result<Vec<u8>>>(4);
        scope.spawn(move || {
            loop {
                let mut block = Vec::with_capacity(BLOCK_BYTES);
                let outcome = reader.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut block);
                let is_last = block.is_empty() || outcome.is_err();
                // What was unpacked before a fault is good.
                if !block.is_empty() && send.send(Ok(block)).is_err() {
                    return;
                }
                if let Err(error) = outcome {
                    let _ = send.send(Err(error));
                }
                if is_last {
                    return;
                }
            }
        });
        take(&mut Blocks { receive, block: Vec::new(), at: 0 }, 0)
    })
}

/// Blocks from another thread, as a reader.
struct Blocks {
    receive: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

impl Read for Blocks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.block.len() <= self.at {
            // The other thread is gone when there is no more.
            self.block = self.receive.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            self.at = 0;
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, bytes: usize) {
        self.at += bytes;
    }
}
