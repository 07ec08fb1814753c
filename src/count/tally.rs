//! Pieces of a prompt on their way to a count: each knows which part it belongs to.

use std::borrow::Cow;

use serde::Serialize;

use super::{
    Edges, Known,
    claude::{INSIDE, Stream},
    media,
};
use crate::{
    Note, Tokens,
    catalog::ImageRule,
    prompt::{CacheTtl, Kind, Media, Role},
    sorted,
};

/// What is pending of a string may always be counted anew up to this many bytes.
const SHORT: usize = 256;

/// A string that is written piece by piece, its tokens shared out as they become known.
#[derive(Clone, Debug)]
struct Writing {
    stream: Stream,
    /// The tokens that are shared out.
    shared: i64,
    /// The bytes that were pushed since.
    unshared: usize,
    /// Whose the last piece is.
    owner: Owner,
}

impl Writing {
    fn new(stream: Stream) -> Self {
        Self { stream, shared: 0, unshared: 0, owner: Owner::Frame }
    }

    /// Appends a piece and gives the tokens that came with it.
    ///
    /// The total recounts what is pending, so it is taken only when at least as much is new: a
    /// thousand pieces that make one unbroken word are counted a few times, and not a thousand.
    /// What is put off goes to the piece at which the total is taken next.
    fn push(&mut self, owner: Owner, text: &str, known: &mut Known) -> i64 {
        self.stream.push_by(text, &mut |part| known.count_part(part, INSIDE));
        self.unshared = self.unshared.saturating_add(text.len());
        self.owner = owner;
        if self.stream.pending() <= self.unshared.max(SHORT) { self.share() } else { 0 }
    }

    fn share(&mut self) -> i64 {
        let total = signed(self.stream.total());
        self.unshared = 0;
        total.saturating_sub(std::mem::replace(&mut self.shared, total))
    }

    /// The tokens that were put off, and whose they are.
    fn finish(mut self) -> (Owner, i64) {
        let fresh = if self.unshared == 0 { 0 } else { self.share() };
        (self.owner, fresh)
    }
}

/// A part of the input that a person would point at, and its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Where it stands in the request.
    pub pointer: String,
    /// Who says it.
    pub role: Role,
    /// What it is.
    pub kind: Kind,
    /// Its tokens, the markers around calls and results included.
    pub tokens: Tokens,
}

/// Whose tokens a piece's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// What the provider adds to every request.
    Frame,
    /// The part at this index.
    Part(usize),
}

/// The end of a cacheable prefix.
#[derive(Clone, Debug)]
pub(crate) struct CacheMark {
    /// How many parts stand before it.
    pub(crate) parts: usize,
    pub(crate) ttl: CacheTtl,
    pub(crate) pointer: String,
}

/// What makes an estimate less sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trait {
    /// Content whose kind is not known.
    UnknownContent,
    /// Tools that the provider runs.
    ServerTools,
    /// Documents that are no text, films, recordings, and pictures of unknown size.
    Media,
    /// Pictures of known size, documents that are text, search results.
    Readable,
}

/// Gathers pieces into parts.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    known: Known,
    image: ImageRule,
    parts: Vec<Part>,
    /// The frame may be lowered by a constant before it is raised, so it can pass below zero.
    frame: i64,
    below: Vec<i64>,
    /// All tokens so far and the media's slack, as each part was opened.
    opened: Vec<(i64, u64)>,
    /// All tokens so far.
    sum: i64,
    marks: Vec<CacheMark>,
    traits: Vec<Trait>,
    notes: Vec<Note>,
    /// How many tokens more there may be than was added.
    slack: u64,
    /// How often the whole may be read in one request.
    rounds: u64,
    /// The string being written, where tokens merge over the seams of its pieces.
    string: Option<Writing>,
    /// Elsewhere, the thousandths of a token that it is ahead of what was added for it.
    carry: u64,
}

impl Tally {
    pub(crate) fn new(known: Known, image: ImageRule) -> Self {
        Self {
            known,
            image,
            parts: Vec::new(),
            frame: 0,
            below: Vec::new(),
            opened: Vec::new(),
            sum: 0,
            marks: Vec::new(),
            traits: Vec::new(),
            notes: Vec::new(),
            slack: 0,
            rounds: 1,
            string: None,
            carry: 0,
        }
    }

    /// Opens a part.
    pub(crate) fn part(&mut self, pointer: &str, role: Role, kind: Kind) -> Owner {
        self.parts.push(Part { pointer: pointer.to_owned(), role, kind, tokens: Tokens::ZERO });
        self.below.push(0);
        self.opened.push((self.sum, self.slack));
        Owner::Part(self.parts.len() - 1)
    }

    /// Appends text to the string that is being written.
    pub(crate) fn text(&mut self, owner: Owner, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(mut string) = self.string.take().or_else(|| self.known.counter.stream().map(Writing::new))
        {
            let fresh = string.push(owner, text, &mut self.known);
            self.string = Some(string);
            self.add(owner, fresh);
        } else {
            let tokens = self.known.count_part(text, Edges::BOTH);
            let thousandths = self.known.counter.thousandths(tokens).saturating_add(self.carry);
            self.carry = thousandths % 1000;
            self.add(owner, signed(thousandths / 1000));
        }
    }

    /// Adds one string that belongs to several parts. A token is the part's in which it ends.
    pub(crate) fn joined(&mut self, pieces: &[(Owner, Cow<'_, str>)]) {
        self.seam();
        let merges = 1 < pieces.len() && self.known.counter.stream().is_none();
        let whole: String =
            if merges { pieces.iter().map(|(_, text)| text.as_ref()).collect() } else { String::new() };
        let Some(ends) = merges.then(|| self.known.counter.token_ends(&whole)).flatten() else {
            for (owner, text) in pieces {
                self.text(*owner, text);
            }
            return self.seam();
        };
        let mut ends = ends.into_iter().peekable();
        let mut end = 0;
        for (owner, text) in pieces {
            end += text.len();
            let tokens = std::iter::from_fn(|| ends.next_if(|at| *at <= end)).count();
            self.add(*owner, i64::try_from(tokens).unwrap_or(i64::MAX));
        }
    }

    /// Ends the string that is being written: nothing merges over a seam.
    pub(crate) fn seam(&mut self) {
        if let Some(string) = self.string.take() {
            let (owner, fresh) = string.finish();
            self.add(owner, fresh);
        }
        if 500 <= self.carry {
            self.add(Owner::Frame, 1);
        }
        self.carry = 0;
    }

    /// Adds a constant, which may be negative.
    pub(crate) fn add(&mut self, owner: Owner, tokens: i64) {
        let sum = match owner {
            Owner::Frame => Some(&mut self.frame),
            Owner::Part(index) => self.below.get_mut(index),
        };
        if let Some(sum) = sum {
            *sum = sum.saturating_add(tokens);
            self.sum = self.sum.saturating_add(tokens);
        }
    }

    /// The tokens of a string that is not part of the prompt.
    pub(crate) fn measure(&self, text: &str) -> i64 {
        signed(self.known.counter.count(text))
    }

    /// The tokens of `text` between two others.
    pub(crate) fn measure_around(&self, before: &str, text: &str, after: &str) -> i64 {
        let Some(mut string) = self.known.counter.stream() else {
            return self
                .measure(before)
                .saturating_add(self.measure(text))
                .saturating_add(self.measure(after));
        };
        for piece in [before, text, after] {
            string.push(piece);
        }
        signed(string.finish())
    }

    /// Adds a picture, document, film or recording by the provider's published rule.
    pub(crate) fn media(&mut self, owner: Owner, kind: Kind, media: &Media) {
        if let Some(text) = &media.text {
            self.note_trait(Trait::Readable);
            if !media::is_claude(self.image) {
                return self.text(owner, text);
            }
            for piece in ["<document>", text, "</document>"] {
                self.text(owner, piece);
            }
            self.add(owner, signed(media::around_text(media)));
            for head in [&media.title, &media.source].into_iter().flatten() {
                self.add(owner, self.measure(head));
            }
            return;
        }
        let cost = media::cost(self.image, kind, media);
        let known = kind == Kind::Image && cost.assumed.is_none();
        self.note_trait(if known { Trait::Readable } else { Trait::Media });
        self.add(owner, signed(cost.tokens));
        self.slack = self.slack.saturating_add(cost.slack);
        if let (Some(message), Owner::Part(index)) = (cost.assumed, owner) {
            let pointer = self.parts.get(index).map(|part| part.pointer.clone()).unwrap_or_default();
            self.notes.push(Note::new("media-assumed", message).at(pointer));
        }
    }

    /// Adds content of an unknown kind by its JSON text.
    pub(crate) fn unknown(&mut self, owner: Owner, raw: &str) {
        self.note_trait(Trait::UnknownContent);
        self.text(owner, raw);
    }

    /// Notes that sources are to be cited.
    pub(crate) fn citations(&mut self) {
        self.note_trait(Trait::Readable);
    }

    /// Notes that the provider runs tools, or has run them.
    pub(crate) fn provider_run(&mut self) {
        self.note_trait(Trait::ServerTools);
    }

    /// Makes room above the count for tokens that may come, or not.
    pub(crate) fn may_add(&mut self, tokens: u64) {
        self.slack = self.slack.saturating_add(tokens);
    }

    /// Makes room for a provider that reads the whole prompt so many times in one request.
    pub(crate) fn may_read(&mut self, rounds: u64) {
        self.rounds = self.rounds.max(rounds);
    }

    fn note_trait(&mut self, found: Trait) {
        if !self.traits.contains(&found) {
            self.traits.push(found);
        }
    }

    /// Ends a cacheable prefix behind all parts so far.
    pub(crate) fn cache_point(&mut self, ttl: CacheTtl, pointer: &str) {
        self.marks.push(CacheMark { parts: self.parts.len(), ttl, pointer: pointer.to_owned() });
    }

    /// The parts, the frame, and what was met on the way.
    pub(crate) fn finish(mut self) -> Tallied {
        self.seam();
        for (part, sum) in self.parts.iter_mut().zip(&self.below) {
            part.tokens = Tokens::new(u64::try_from(*sum).unwrap_or_default());
        }
        let owed: i64 = self.below.iter().filter(|sum| **sum < 0).sum();
        let frame = Tokens::new(u64::try_from(self.frame.saturating_add(owed)).unwrap_or_default());
        sorted::sort(&mut self.traits);
        let whole = self.parts.iter().map(|part| part.tokens).sum::<Tokens>() + frame;
        let again = whole.get().saturating_mul(self.rounds.saturating_sub(1));
        Tallied {
            known: self.known,
            parts: self.parts,
            frame,
            opened: self.opened,
            slack: Tokens::new(self.slack.saturating_add(again)),
            marks: self.marks,
            traits: self.traits,
            notes: self.notes,
        }
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// What a tally comes to.
#[derive(Clone, Debug)]
pub(crate) struct Tallied {
    /// The counter, and what it has counted.
    pub(crate) known: Known,
    pub(crate) parts: Vec<Part>,
    pub(crate) frame: Tokens,
    /// All tokens and the media's slack before each part.
    pub(crate) opened: Vec<(i64, u64)>,
    pub(crate) slack: Tokens,
    pub(crate) marks: Vec<CacheMark>,
    pub(crate) traits: Vec<Trait>,
    pub(crate) notes: Vec<Note>,
}
