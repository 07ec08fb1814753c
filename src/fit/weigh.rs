//! What units take, by arithmetic on one estimate: nothing is counted here.
//!
//! The estimate keeps the running total before each part, so the parts of neighbouring messages and
//! the frame between them come off by one subtraction. Sums are close to a recount and not always
//! equal to it, because tokens may merge over a seam; the solver recounts what it decides on.

use std::collections::{HashMap, HashSet};

use crate::{
    CachedPrefix, Estimate, Model, Prompt, Tokens,
    catalog::{Accuracy, FrameRules, ImageRule, RequestKind},
    check::Size,
    count::Counter,
    fit::units::{Unit, block},
    prompt::{Block, CacheTtl, Content, Kind},
    sorted,
};

/// By how many tokens a sum is off a recount, and one plan from another that keeps a little more, for what
/// merges over their seams.
pub(super) const SWAY: i64 = 6;

/// What a unit takes, and what it holds that decides how surely a request is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Its tokens, and the frame that goes with it.
    pub(super) tokens: i64,
    slack: i64,
    /// Documents, films, and pictures of unknown size.
    media: i64,
    /// Pictures of known size.
    pictures: i64,
    unknown: i64,
    reasoning: i64,
    tools: i64,
    server_tools: i64,
    definitions: i64,
    /// Its tokens before each cache mark.
    before_marks: Vec<i64>,
    /// The cache marks in it, by their place.
    marks: Vec<usize>,
}

impl Weight {
    pub(super) fn add(&mut self, other: &Self, sign: i64) {
        self.tokens += sign * other.tokens;
        self.slack += sign * other.slack;
        self.media += sign * other.media;
        self.pictures += sign * other.pictures;
        self.unknown += sign * other.unknown;
        self.reasoning += sign * other.reasoning;
        self.tools += sign * other.tools;
        self.server_tools += sign * other.server_tools;
        self.definitions += sign * other.definitions;
        self.before_marks.resize(self.before_marks.len().max(other.before_marks.len()), 0);
        for (sum, part) in self.before_marks.iter_mut().zip(&other.before_marks) {
            *sum += sign * part;
        }
        if sign < 0 {
            self.marks.extend(&other.marks);
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a request or model")]
/// The scales: one estimate and where its parts stand.
pub(super) struct Scales<'s> {
    model: &'s Model,
    own: bool,
    estimate: &'s Estimate,
    /// Places of parts by pointer.
    parts: HashMap<&'s str, usize>,
    thinking: bool,
    schema: bool,
    cites: bool,
    /// Whether a rule says what a picture of known size costs.
    picture_rule: bool,
    marks: Vec<Mark>,
}

/// A cache mark, the tokens before it, and the block it stands in.
struct Mark {
    parts: usize,
    ttl: CacheTtl,
    pointer: String,
    prefix: i64,
}

impl<'s> Scales<'s> {
    pub(super) fn new(prompt: &Prompt<'_>, estimate: &'s Estimate, model: &'s Model) -> Self {
        let parts = estimate.parts.iter().enumerate();
        let mut sum = 0;
        let mut prefixes = vec![0];
        for part in &estimate.parts {
            sum += signed(part.tokens.get());
            prefixes.push(sum);
        }
        let marks = estimate.marks.iter().map(|mark| Mark {
            parts: mark.parts,
            ttl: mark.ttl,
            pointer: mark.pointer.clone(),
            prefix: prefixes.get(mark.parts).copied().unwrap_or(sum),
        });
        Self {
            model,
            own: Counter::for_tokenizer(&model.tokenizer).is_own(),
            estimate,
            // Parts of one pointer stand together; the first opens them.
            parts: parts.rev().map(|(index, part)| (part.pointer.as_str(), index)).collect(),
            thinking: prompt.thinking.is_some(),
            schema: prompt.output_schema.is_some(),
            cites: prompt.cites,
            picture_rule: model.image_rule() != ImageRule::Unknown,
            marks: marks.collect(),
        }
    }

    /// The weight of a unit of messages.
    pub(super) fn weigh(&self, prompt: &Prompt<'_>, unit: &Unit) -> Weight {
        let mut weight = Weight::default();
        let mut places = Vec::new();
        for at in &unit.blocks {
            let Some(block) = block(prompt, *at) else { continue };
            self.note(block, &mut weight);
            match &block.content {
                Content::CachePoint(_) => {
                    let mark = self.marks.iter().position(|mark| mark.pointer == block.pointer);
                    weight.marks.extend(mark);
                }
                _ => places.extend(self.parts.get(block.pointer.as_str())),
            }
        }
        self.add_parts(places, &mut weight);
        weight
    }

    /// The weight of a tool's definition.
    pub(super) fn weigh_tool(&self, pointer: &str, server: bool) -> Weight {
        let mut weight = Weight { definitions: 1, server_tools: i64::from(server), ..Weight::default() };
        let place = self.parts.get(pointer).copied();
        self.add_parts(place.into_iter().collect(), &mut weight);
        if matches!(self.model.frame_rules(), FrameRules::Chat(_)) {
            // Definitions are written together, when all of them are opened.
            let part = place.and_then(|place| self.estimate.parts.get(place));
            weight.tokens = part.map_or(0, |part| signed(part.tokens.get()));
        }
        weight
    }

    fn add_parts(&self, mut places: Vec<usize>, weight: &mut Weight) {
        sorted::sort(&mut places);
        let total = (signed(self.estimate.tokens.expected().get()), self.estimate.slack.get());
        let opened = |place: usize| self.estimate.opened.get(place).copied().unwrap_or(total);
        for run in places.chunk_by(|left, right| *left + 1 == *right) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let (from, to) = (opened(*first), opened(*last + 1));
            weight.tokens += to.0 - from.0;
            weight.slack += signed(to.1.saturating_sub(from.1));
        }
        weight.before_marks = self
            .marks
            .iter()
            .map(|mark| {
                let before = places.iter().take_while(|place| **place < mark.parts);
                before
                    .filter_map(|place| self.estimate.parts.get(*place))
                    .map(|part| signed(part.tokens.get()))
                    .sum()
            })
            .collect();
    }

    /// What the whole request weighs.
    pub(super) fn whole(&self, prompt: &Prompt<'_>) -> Weight {
        let mut weight = Weight {
            tokens: signed(self.estimate.tokens.expected().get()),
            slack: signed(self.estimate.slack.get()),
            definitions: signed(u64::try_from(prompt.tools.len()).unwrap_or_default()),
            before_marks: self.marks.iter().map(|mark| mark.prefix).collect(),
            ..Weight::default()
        };
        for tool in &prompt.tools {
            weight.server_tools += i64::from(tool.runs == crate::prompt::ToolRuns::Provider);
        }
        let blocks = prompt.messages.iter().flat_map(|message| &message.blocks).chain(&prompt.system);
        for block in blocks {
            self.note(block, &mut weight);
        }
        weight
    }

    /// The size of a request of a weight, `more` tokens on top.
    pub(super) fn size(&self, weight: &Weight, more: i64) -> Size {
        let kind = self.kind(weight);
        let accuracy = Accuracy::of(&self.model.frame, self.own, kind);
        let expected = unsigned(weight.tokens.saturating_add(more));
        let high = accuracy.range(expected).high() + unsigned(weight.slack);
        Size { high, cached: self.cached(weight) }
    }

    fn note(&self, block: &Block<'_>, weight: &mut Weight) {
        match &block.content {
            Content::Media(media) => {
                let known = self.picture_rule && block.kind == Kind::Image && media.pixels.is_some();
                *(if known { &mut weight.pictures } else { &mut weight.media }) += 1;
            }
            Content::Unknown(_) | Content::ProviderRun { .. } => weight.unknown += 1,
            Content::Reasoning(_) | Content::SealedReasoning(_) => weight.reasoning += 1,
            Content::ToolUse { .. } => weight.tools += 1,
            Content::ToolResult { blocks, .. } => {
                weight.tools += 1;
                for inner in blocks {
                    if matches!(inner.content, Content::Media(_) | Content::Unknown(_)) {
                        self.note(inner, weight);
                    }
                }
            }
            Content::Text(_) | Content::Json(_) | Content::CachePoint(_) => {}
        }
    }

    fn kind(&self, weight: &Weight) -> RequestKind {
        if 0 < weight.unknown || 0 < weight.server_tools {
            RequestKind::ServerTools
        } else if 0 < weight.media || self.cites {
            RequestKind::Media
        } else if 0 < weight.pictures {
            RequestKind::Pictures
        } else if self.thinking || 0 < weight.reasoning {
            RequestKind::Thinking
        } else if self.schema {
            RequestKind::StructuredOutput
        } else if 0 < weight.tools {
            RequestKind::ToolHistory
        } else if 0 < weight.definitions {
            RequestKind::Tools
        } else {
            RequestKind::Text
        }
    }

    fn cached(&self, weight: &Weight) -> CachedPrefix {
        let Some(cache) = &self.model.prompt_cache else { return CachedPrefix::default() };
        let gone: HashSet<usize> = weight.marks.iter().copied().collect();
        let prefix = |hour: bool| {
            let marks = self.marks.iter().enumerate().rev();
            let mut left = marks
                .filter(|(index, mark)| !gone.contains(index) && (!hour || mark.ttl == CacheTtl::OneHour));
            left.next()
                .map(|(index, _)| unsigned(weight.before_marks.get(index).copied().unwrap_or_default()))
        };
        let Some(last) = prefix(false) else { return CachedPrefix::default() };
        CachedPrefix::honoured(last, prefix(true).unwrap_or_default(), cache).unwrap_or_default()
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

fn unsigned(tokens: i64) -> Tokens {
    Tokens::new(u64::try_from(tokens).unwrap_or_default())
}
