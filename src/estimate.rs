//! A prompt and a model make an estimate: tokens by part, the frame, the range and the cache.

use serde::{Deserialize, Serialize};

use crate::{
    InputTokens, Model, Note, Prompt, Range, Tokens,
    catalog::{Accuracy, PromptCache, RequestKind},
    count::{self, CacheMark, Counter, Known, Part, Tally, Trait},
    prompt::{CacheTtl, Content, Message},
};

/// How an estimate came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// By the provider's published vocabulary and frame.
    Exact,
    /// By a vocabulary and frame that were measured against the provider's own counts.
    Measured,
    /// By another family's vocabulary and a ratio.
    Estimated,
}

/// Whether the cacheable prefix is in the cache when the request arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheState {
    /// It is written: the first call, and the dearer case.
    #[default]
    Cold,
    /// It is read.
    Warm,
}

/// The tokens of a prompt on a model.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The whole input.
    pub tokens: Range,
    /// How it came about.
    pub basis: Basis,
    /// Whether the model family's own vocabulary counted.
    pub own_vocabulary: bool,
    /// The share of measured requests of this kind whose true count was within the range.
    pub confidence: Option<f64>,
    /// Tokens by part.
    pub parts: Vec<Part>,
    /// What the provider adds around the parts.
    pub frame: Tokens,
    /// The cacheable prefix.
    pub cached: CachedPrefix,
    /// The longest prefix of tools and system prompt, which repeats from call to call.
    pub steady_prefix: Tokens,
    /// What was odd or assumed.
    pub notes: Vec<Note>,
    /// All tokens, and what the media may be more, before each part.
    pub(crate) opened: Vec<(i64, u64)>,
    /// How much more the media may be.
    pub(crate) slack: Tokens,
    /// Where cacheable prefixes end.
    pub(crate) marks: Vec<CacheMark>,
}

/// The prefix that cache points mark, by how long it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CachedPrefix {
    /// Kept for five minutes.
    pub five_minutes: Tokens,
    /// Kept for an hour.
    pub one_hour: Tokens,
}

impl CachedPrefix {
    /// The whole prefix.
    pub fn total(self) -> Tokens {
        self.five_minutes + self.one_hour
    }

    /// An input of so many tokens as the cache splits it.
    pub(crate) fn split(self, total: Tokens, cache: CacheState) -> InputTokens {
        let cached = self.total().min(total);
        let uncached = total.minus(cached);
        match cache {
            CacheState::Cold => InputTokens { uncached, cache_read: Tokens::ZERO, cache_write: cached },
            CacheState::Warm => InputTokens { uncached, cache_read: cached, cache_write: Tokens::ZERO },
        }
    }

    /// What a model's cache makes of the tokens before the last mark and before the last that is
    /// kept for an hour; nothing below its minimum.
    pub(crate) fn honoured(last: Tokens, hour: Tokens, cache: &PromptCache) -> Option<Self> {
        let total = last.min(Tokens::new(cache.max_tokens.unwrap_or(u64::MAX)));
        if total.get() < cache.min_tokens {
            return None;
        }
        let one_hour = hour.min(total);
        Some(Self { five_minutes: total.minus(one_hour), one_hour })
    }
}

/// The note about a vocabulary that a build could have and has not.
pub(crate) fn left_out(model: &Model) -> Option<Note> {
    let feature = Counter::left_out(&model.tokenizer)?;
    let remedy = if feature == "tiktoken" { "; the npm package brings it with loadFull()" } else { "" };
    let message = format!(
        "this build is without the vocabulary of {} (feature {feature}): another's times a ratio stands \
         in, and the range says how far off that may be{remedy}",
        model.name
    );
    Some(Note::new("vocabulary-left-out", message))
}

impl Estimate {
    /// Counts a prompt for a model.
    pub fn of(prompt: &Prompt<'_>, model: &Model) -> Self {
        Self::with(prompt, model, &mut Known::nothing(Counter::for_tokenizer(&model.tokenizer)))
    }

    /// The same by the counts of texts that are known, and learns new ones.
    pub(crate) fn with(prompt: &Prompt<'_>, model: &Model, known: &mut Known) -> Self {
        let counter = Counter::for_tokenizer(&model.tokenizer);
        let tally = Tally::new(std::mem::replace(known, Known::nothing(counter)), model.image_rule());
        let tallied = count::tally(prompt, model.frame_rules(), tally).finish();
        *known = tallied.known;
        let expected = tallied.parts.iter().map(|part| part.tokens).sum::<Tokens>() + tallied.frame;
        let kind = kind_of(prompt, &tallied.traits);
        let accuracy = Accuracy::of(&model.frame, counter.is_own(), kind);
        let mut notes = tallied.notes;
        notes.extend(left_out(model));
        let cached = cached_prefix(&tallied.marks, &tallied.parts, model, &mut notes);
        let steady = tallied.parts.iter().take_while(|part| part.role == crate::Role::System);
        Self {
            tokens: accuracy.range(expected).stretched(tallied.slack),
            basis: accuracy.basis,
            own_vocabulary: counter.is_own(),
            confidence: accuracy.confidence(),
            steady_prefix: steady.map(|part| part.tokens).sum(),
            parts: tallied.parts,
            frame: tallied.frame,
            cached,
            notes,
            opened: tallied.opened,
            slack: tallied.slack,
            marks: tallied.marks,
        }
    }

    /// Takes what the provider counted for this very prompt in place of the range.
    pub(crate) fn observe(&mut self, tokens: Tokens) {
        self.tokens = Range::exact(tokens);
        self.basis = Basis::Exact;
        self.confidence = None;
    }

    /// The input as the cache splits it, at one end of the range.
    pub fn input_at(&self, total: Tokens, cache: CacheState) -> InputTokens {
        self.cached.split(total, cache)
    }
}

/// The kind of request by which accuracy was measured: the least sure thing in it decides.
fn kind_of(prompt: &Prompt<'_>, traits: &[Trait]) -> RequestKind {
    let holds = |wanted: fn(&Content<'_>) -> bool| {
        let blocks = |message: &Message<'_>| message.blocks.iter().any(|block| wanted(&block.content));
        prompt.messages.iter().any(blocks)
    };
    match traits.first() {
        Some(Trait::UnknownContent | Trait::ServerTools) => RequestKind::ServerTools,
        Some(Trait::Media) => RequestKind::Media,
        Some(Trait::Readable) => RequestKind::Pictures,
        None if prompt.thinking.is_some()
            || holds(|content| matches!(content, Content::Reasoning(_) | Content::SealedReasoning(_))) =>
        {
            RequestKind::Thinking
        }
        None if prompt.output_schema.is_some() => RequestKind::StructuredOutput,
        None if holds(|content| matches!(content, Content::ToolUse { .. } | Content::ToolResult { .. })) => {
            RequestKind::ToolHistory
        }
        None if !prompt.tools.is_empty() => RequestKind::Tools,
        None => RequestKind::Text,
    }
}

/// The prefix up to the last cache point that the model honours.
fn cached_prefix(marks: &[CacheMark], parts: &[Part], model: &Model, notes: &mut Vec<Note>) -> CachedPrefix {
    let Some(last) = marks.last() else { return CachedPrefix::default() };
    let Some(cache) = &model.prompt_cache else {
        let message =
            format!("no prompt cache is published for {}; the cache points are not counted on", model.name);
        notes.push(Note::new("cache-unsupported", message).at(last.pointer.clone()));
        return CachedPrefix::default();
    };
    if cache.max_checkpoints < u64::try_from(marks.len()).unwrap_or(u64::MAX) {
        let message =
            format!("{} cache points, and {} takes {}", marks.len(), model.name, cache.max_checkpoints);
        notes.push(Note::new("cache-too-many-points", message).at(last.pointer.clone()));
    }
    let prefix = |mark: &CacheMark| parts.iter().take(mark.parts).map(|part| part.tokens).sum::<Tokens>();
    let hour = marks.iter().rfind(|mark| mark.ttl == CacheTtl::OneHour);
    let total = prefix(last);
    CachedPrefix::honoured(total, hour.map_or(Tokens::ZERO, prefix), cache).unwrap_or_else(|| {
        let message = format!(
            "the prefix of {total} tokens is below {}'s minimum of {}; nothing is cached",
            model.name, cache.min_tokens
        );
        notes.push(Note::new("cache-below-minimum", message).at(last.pointer.clone()));
        CachedPrefix::default()
    })
}

#[cfg(all(test, not(feature = "tiktoken")))]
mod tests {
    use crate::{Basis, Catalog, Estimate, Request};

    #[test]
    fn a_vocabulary_left_out_is_said() {
        let request = Request::message("Kia ora! What is the weather like in Auckland tomorrow?");
        for (model, own) in [
            ("openai.gpt-oss-120b-1:0", false),
            ("amazon.nova-pro-v1:0", false),
            ("anthropic.claude-opus-4-6-v1", true),
        ] {
            let model = Catalog::builtin().model(model).unwrap();
            let estimate = Estimate::of(&request, model);
            assert_eq!(estimate.own_vocabulary, own, "{}", model.id);
            assert_eq!(estimate.notes.iter().any(|note| note.code == "vocabulary-left-out"), !own);
            assert_eq!(estimate.basis == Basis::Estimated, !own);
            // Its own vocabulary leaves at most the one token that a measured text may miss.
            assert_eq!(1 < estimate.tokens.high().get() - estimate.tokens.low().get(), !own);
        }
    }
}
