//! From a plan to a changed request, and from both to a receipt.

use std::collections::{HashMap, HashSet};

use crate::{
    Catalog, Error, Estimate, Kind, ModelReport, Note, Part, Prompt, Request, Role, Tokens,
    check::{Judge, Size},
    count::Known,
    fit::{
        CacheBreak, Conflict, Cut, CutAction, Fit, FitSize, MessageFate, Output, Patches, PinnedPart, Policy,
        Removed, Unmet,
        cut::as_json,
        order::{TextAt, UnitAt},
        plan::{Plan, unit},
        receipt::plan_hash,
        units::{self, BlockAt, Exchange, block},
    },
    lint,
    note::few_of_a_kind,
    prompt::{Content, MaxTokens},
    request::{Changed, Changes},
    sorted,
};

/// How many pinned parts a conflict names.
const PINNED_NAMED: usize = 10;

/// A request and everything its fit is decided by.
pub(super) struct Case<'c> {
    pub(super) request: &'c Request,
    pub(super) prompt: &'c Prompt<'c>,
    pub(super) estimate: &'c Estimate,
    pub(super) judge: &'c Judge<'c>,
    pub(super) exchanges: &'c [Exchange],
    pub(super) output: Output,
    pub(super) policy: Policy,
    pub(super) catalog: &'c Catalog,
    /// What the caller asked for and cannot have.
    pub(super) unheard: Vec<Note>,
}

/// A plan carried out and counted again.
pub(super) struct Tried {
    pub(super) plan: Plan,
    pub(super) estimate: Estimate,
    changes: Changes,
    changed: Changed,
    lint: Vec<Note>,
    /// Tokens of each message that is left.
    messages: Vec<u64>,
}

impl Case<'_> {
    /// Carries a plan out and counts the result.
    pub(super) fn tried(&self, plan: Plan, known: &mut Known) -> Result<Tried, Error> {
        let changes = self.changes(&plan);
        let result = self.request.changed(&changes)?;
        let prompt = result.request.prompt()?;
        let estimate = Estimate::with(&prompt, &self.judge.target.model, known);
        let messages = message_tokens(&prompt, &estimate);
        let lint = lint::of(&prompt, self.request.dialect());
        drop(prompt);
        Ok(Tried { plan, estimate, changes, changed: result, lint, messages })
    }

    /// The request as it is, its limit on the answer aside.
    pub(super) fn kept(&self, max_tokens: Option<u64>) -> Result<Fit, Error> {
        let changes = Changes { max_tokens: self.to_write(max_tokens), ..Changes::default() };
        let result = self.request.changed(&changes)?;
        let tried = Tried {
            plan: Plan::default(),
            estimate: self.estimate.clone(),
            changes,
            changed: result,
            lint: lint::of(self.prompt, self.request.dialect()),
            messages: message_tokens(self.prompt, self.estimate),
        };
        Ok(self.receipt(&tried, &tried.changed, max_tokens))
    }

    /// A plan that fits. What room it leaves goes to the answer.
    pub(super) fn done(&self, tried: &Tried) -> Result<Fit, Error> {
        let most = self.judge.largest_max_tokens(Size::of(&tried.estimate)).map_or(0, Tokens::get);
        let max_tokens = self.output.asked.map(|asked| asked.min(most.max(tried.plan.max_tokens)));
        let written = self.to_write(max_tokens);
        if written.is_none() {
            return Ok(self.receipt(tried, &tried.changed, max_tokens));
        }
        let changed = self.request.changed(&Changes { max_tokens: written, ..tried.changes.clone() })?;
        Ok(self.receipt(tried, &changed, max_tokens))
    }

    /// The profile is not offered or the route may leave: nothing about the request would change that.
    pub(super) fn refused(&self) -> Result<Fit, Error> {
        let fit = self.kept(None)?;
        let conflict = Conflict {
            limits: unmet(&fit),
            pinned: Vec::new(),
            frame: self.estimate.frame.get(),
            smallest_input: self.estimate.tokens.high().get(),
            max_tokens: self.output.asked,
        };
        Ok(Fit { conflict: Some(conflict), ..fit })
    }

    /// Not even the smallest request fits: why not, and what would do.
    pub(super) fn conflict(&self, smallest: &Tried) -> Result<Fit, Error> {
        let size = Size::of(&smallest.estimate);
        let limits = self.judge.judge(size, Tokens::new(self.output.floor));
        let conflict = Conflict {
            limits: limits
                .iter()
                .filter(|judgement| !judgement.fits)
                .map(|judgement| Unmet {
                    limit: judgement.limit,
                    of: judgement.of,
                    smallest: judgement.needs.map(|needs| needs.saturating_add(judgement.used)),
                })
                .collect(),
            pinned: self.pinned(&smallest.plan),
            frame: smallest.estimate.frame.get(),
            smallest_input: size.high.get(),
            max_tokens: self.output.asked.map(|_| self.output.floor),
        };
        Ok(Fit { conflict: Some(conflict), fits: false, ..self.kept_as_is()? })
    }

    /// The unchanged request.
    fn kept_as_is(&self) -> Result<Fit, Error> {
        self.kept(self.own_max_tokens().or(self.judge.target.model.max_output_tokens))
    }

    fn own_max_tokens(&self) -> Option<u64> {
        self.prompt.max_tokens.as_ref().map(|MaxTokens { tokens, .. }| tokens.get())
    }

    /// The limit to write into the request, where it does not say so already.
    fn to_write(&self, max_tokens: Option<u64>) -> Option<u64> {
        let says = self.own_max_tokens().or(self.judge.target.model.max_output_tokens);
        max_tokens.filter(|max_tokens| says != Some(*max_tokens))
    }

    fn changes(&self, plan: &Plan) -> Changes {
        let (blocks, empty) = self.gone(plan);
        let mut gone: Vec<String> =
            units::elements(self.prompt, &blocks, &empty).into_iter().map(|(pointer, _)| pointer).collect();
        let all_tools = !plan.tools.is_empty() && plan.tools.len() == self.prompt.tools.len();
        match self.request.tool_holder().filter(|_| all_tools) {
            Some(holder) => gone.push(holder),
            None => gone.extend(self.tool_pointers(plan)),
        }
        let replaced = plan.shortened.iter().filter_map(|short| {
            let found = self.text_block(&short.at)?;
            let text = &short.left.text;
            let json = matches!(found.content, Content::Json(_));
            Some((found.pointer.clone(), if json { text.clone() } else { as_json(text) }))
        });
        Changes { gone, replaced: replaced.collect(), max_tokens: None }
    }

    fn tool_pointers(&self, plan: &Plan) -> Vec<String> {
        let tools = plan.tools.iter().filter_map(|tool| self.prompt.tools.get(*tool));
        tools.map(|tool| tool.pointer.clone()).collect()
    }

    fn text_block(&self, text: &TextAt) -> Option<&crate::prompt::Block<'_>> {
        let outer = block(self.prompt, text.block)?;
        match (&outer.content, text.inner) {
            (Content::ToolResult { blocks, .. }, Some(inner)) => blocks.get(inner),
            _ => Some(outer),
        }
    }

    fn gone(&self, plan: &Plan) -> (HashSet<BlockAt>, Vec<usize>) {
        let units = || plan.dropped.iter().filter_map(|at| unit(self.exchanges, *at));
        let empty = units().flat_map(|unit| unit.empty_messages.iter().copied()).collect();
        (units().flat_map(|unit| unit.blocks.iter().copied()).collect(), empty)
    }

    fn receipt(&self, tried: &Tried, changed: &Changed, max_tokens: Option<u64>) -> Fit {
        let model = self.judge.target.model.as_ref();
        let asked = self.own_max_tokens().or(model.max_output_tokens);
        let before = self.size(self.estimate, asked);
        let after = self.size(&tried.estimate, max_tokens.or(asked));
        let mut cuts = self.cuts(tried);
        let parts: i64 = cuts.iter().map(|cut| signed(cut.tokens_before) - signed(cut.tokens_after)).sum();
        let total = signed(before.tokens) - signed(after.tokens);
        let frame = signed(before.frame) - signed(after.frame);
        let seams = self.seams(tried).unwrap_or(total - parts - frame);
        let mut notes = self.unheard.clone();
        notes.extend(self.estimate.notes.iter().cloned());
        notes.extend(tried.estimate.notes.iter().cloned());
        notes.dedup_by(|later, earlier| later.code == earlier.code && later.message == earlier.message);
        notes.extend(tried.lint.iter().cloned());
        if let Some(max_tokens) = max_tokens.filter(|max_tokens| Some(*max_tokens) != asked) {
            if changed.capped_at.is_none() {
                let message = format!(
                    "the request has no place for it: set max_tokens to {max_tokens} where it is sent"
                );
                notes.push(Note::new("cap-not-written", message));
            }
            cuts.push(Cut {
                pointer: changed.capped_at.clone().unwrap_or_default(),
                action: CutAction::Capped,
                reason: "the answer is reserved in full".to_owned(),
                role: None,
                kind: None,
                tokens_before: asked.unwrap_or(max_tokens),
                tokens_after: max_tokens,
                removed_bytes: None,
            });
        }
        let limits = self.judge.judge(Size::of(&tried.estimate), Tokens::new(after.max_tokens.unwrap_or(0)));
        Fit {
            catalog_version: self.catalog.version().to_owned(),
            dialect: self.request.dialect(),
            model: ModelReport {
                id: model.id.clone(),
                name: model.name.clone(),
                profile: self.judge.target.profile.map(|profile| profile.prefix.clone()),
                source_region: self.judge.target.source_region.clone(),
            },
            fits: limits.iter().all(|judgement| judgement.fits),
            changed: changed.request.as_text() != self.request.as_text(),
            before,
            after,
            removed: Removed { parts, frame, seams },
            limits,
            conflict: None,
            cache: self.cache_break(tried),
            messages: self.fates(tried),
            notes: few_of_a_kind(notes),
            plan_hash: plan_hash(&cuts),
            cuts,
            patch: Patches { forward: changed.forward.clone(), back: changed.back.clone() },
            request: changed.request.clone(),
        }
    }

    fn size(&self, estimate: &Estimate, max_tokens: Option<u64>) -> FitSize {
        let expected = estimate.tokens.expected();
        let input = estimate.cached.split(expected, self.judge.cache);
        FitSize {
            tokens: expected.get(),
            high: estimate.tokens.high().get(),
            frame: estimate.frame.get(),
            max_tokens,
            charge: self.judge.rule.charge(input, Tokens::new(max_tokens.unwrap_or(0))).get(),
        }
    }

    fn cuts(&self, tried: &Tried) -> Vec<Cut> {
        let plan = &tried.plan;
        let tokens = tokens_by_pointer(self.estimate);
        let tokens_of = |pointer: &str| tokens.get(pointer).copied().unwrap_or_default();
        let mut cuts: Vec<(usize, usize, Cut)> = Vec::new();
        for index in &plan.tools {
            let Some(tool) = self.prompt.tools.get(*index) else { continue };
            let cut = Cut {
                pointer: tool.pointer.clone(),
                action: CutAction::Dropped,
                reason: "no call and no choice names this tool".to_owned(),
                role: Some(Role::System),
                kind: Some(Kind::ToolDefinition),
                tokens_before: tokens_of(&tool.pointer),
                tokens_after: 0,
                removed_bytes: None,
            };
            cuts.push((0, *index, cut));
        }
        let (gone, empty) = self.gone(plan);
        let reason = |unit: UnitAt| match (self.policy, unit.1) {
            (_, Some(_)) => "an earlier round of calls and results",
            (Policy::MiddleOut, None) => "the exchange nearest the middle",
            (_, None) => "the oldest exchange",
        };
        let mut reasons: HashMap<BlockAt, &str> = HashMap::new();
        for at in &plan.dropped {
            for block in unit(self.exchanges, *at).into_iter().flat_map(|unit| &unit.blocks) {
                reasons.insert(*block, reason(*at));
            }
        }
        for (pointer, message) in units::elements(self.prompt, &gone, &empty) {
            let Some(found) = self.prompt.messages.get(message) else { continue };
            let blocks = found.blocks.iter().enumerate().filter(|(place, block)| {
                gone.contains(&BlockAt { message, block: *place }) && units::related(&pointer, &block.pointer)
            });
            let blocks: Vec<_> = blocks.collect();
            let why = blocks.first().and_then(|(place, _)| reasons.get(&BlockAt { message, block: *place }));
            let only = <[_; 1]>::try_from(blocks.clone()).ok().map(|[(_, block)]| block.kind);
            let cut = Cut {
                pointer,
                action: CutAction::Dropped,
                reason: (*why.unwrap_or(&"an empty message of an exchange that goes")).to_owned(),
                role: Some(found.role),
                kind: only,
                tokens_before: blocks.iter().map(|(_, block)| tokens_of(&block.pointer)).sum(),
                tokens_after: 0,
                removed_bytes: None,
            };
            cuts.push((1, message, cut));
        }
        for short in &plan.shortened {
            let Some(found) = self.text_block(&short.at) else { continue };
            let at = short.at.block;
            let cut = Cut {
                pointer: found.pointer.clone(),
                action: CutAction::Shortened,
                reason: "to keep what still fits of it".to_owned(),
                role: self.prompt.messages.get(at.message).map(|message| message.role),
                kind: block(self.prompt, at).map(|block| block.kind),
                tokens_before: short.tokens_before,
                tokens_after: short.tokens_after,
                removed_bytes: Some(short.left.removed.clone()),
            };
            cuts.push((1, at.message, cut));
        }
        sorted::sort_by_key(&mut cuts, |(group, place, _)| (*group, *place));
        cuts.into_iter().map(|(_, _, cut)| cut).collect()
    }

    /// By how much parts that stay differ, what was shortened of them aside; `None` where they cannot
    /// be told apart.
    fn seams(&self, tried: &Tried) -> Option<i64> {
        let (gone, _) = self.gone(&tried.plan);
        let mut pointers: HashSet<&str> = gone
            .iter()
            .filter_map(|at| block(self.prompt, *at))
            .map(|block| block.pointer.as_str())
            .collect();
        let tools = tried.plan.tools.iter().filter_map(|tool| self.prompt.tools.get(*tool));
        pointers.extend(tools.map(|tool| tool.pointer.as_str()));
        let kept: Vec<&Part> =
            self.estimate.parts.iter().filter(|part| !pointers.contains(part.pointer.as_str())).collect();
        if kept.len() != tried.estimate.parts.len() {
            return None;
        }
        let parts = kept.iter().zip(&tried.estimate.parts);
        let moved: i64 = parts.map(|(old, new)| signed(old.tokens.get()) - signed(new.tokens.get())).sum();
        let shortened: i64 = tried
            .plan
            .shortened
            .iter()
            .map(|short| signed(short.tokens_before) - signed(short.tokens_after))
            .sum();
        Some(moved - shortened)
    }

    fn cache_break(&self, tried: &Tried) -> Option<CacheBreak> {
        let last = self.estimate.marks.last()?;
        let changed = !tried.plan.dropped.is_empty()
            || !tried.plan.tools.is_empty()
            || !tried.plan.shortened.is_empty();
        if !changed || self.estimate.cached.total() == Tokens::ZERO {
            return None;
        }
        let (gone, _) = self.gone(&tried.plan);
        let blocks = gone.iter().chain(tried.plan.shortened.iter().map(|short| &short.at.block));
        let touched: HashSet<&str> =
            blocks.filter_map(|at| block(self.prompt, *at)).map(|block| block.pointer.as_str()).collect();
        let prefix = self.estimate.parts.iter().take(last.parts);
        let inside = prefix.clone().any(|part| touched.contains(part.pointer.as_str()));
        if !inside && tried.plan.tools.is_empty() {
            return None;
        }
        let after = Size::of(&tried.estimate);
        Some(CacheBreak {
            prefix_before: self.estimate.cached.total().get(),
            prefix_after: after.cached.total().get(),
            quota_tokens: after.cached.total().get(),
            write_micro_usd: self.judge.cache_micro_usd(after).map(|(write, _)| write),
            read_micro_usd: self.judge.cache_micro_usd(Size::of(self.estimate)).map(|(_, read)| read),
        })
    }

    fn fates(&self, tried: &Tried) -> Vec<MessageFate> {
        let (gone, empty) = self.gone(&tried.plan);
        let elements: HashSet<String> =
            units::elements(self.prompt, &gone, &empty).into_iter().map(|(pointer, _)| pointer).collect();
        let mut left = tried.messages.iter();
        let before = message_tokens(self.prompt, self.estimate);
        let messages = self.prompt.messages.iter().zip(before);
        messages
            .map(|(message, tokens_before)| {
                let dropped = elements.contains(&message.pointer);
                let tokens_after = if dropped { 0 } else { left.next().copied().unwrap_or_default() };
                let pointer = message.pointer.clone();
                MessageFate { pointer, role: message.role, tokens_before, tokens_after, dropped }
            })
            .collect()
    }

    /// What stays under the smallest plan, and why.
    fn pinned(&self, smallest: &Plan) -> Vec<PinnedPart> {
        let (gone, _) = self.gone(smallest);
        let mut why: HashMap<&str, &'static str> = HashMap::new();
        for exchange in self.exchanges {
            for unit in std::iter::once(&exchange.frame).chain(&exchange.rounds) {
                let reason = unit.pin.map_or("nothing smaller is left of it", units::Pin::words);
                for at in unit.blocks.iter().filter(|at| !gone.contains(at)) {
                    why.extend(block(self.prompt, *at).map(|block| (block.pointer.as_str(), reason)));
                }
            }
        }
        let dropped_tools: HashSet<String> = self.tool_pointers(smallest).into_iter().collect();
        let mut pinned: Vec<PinnedPart> = Vec::new();
        for part in &self.estimate.parts {
            let reason = match part.kind {
                Kind::ToolDefinition if dropped_tools.contains(&part.pointer) => continue,
                Kind::ToolDefinition => Some("a definition of a tool"),
                Kind::OutputSchema => Some("the form of the answer"),
                _ if part.role == Role::System => Some("the system prompt stays"),
                _ => why.get(part.pointer.as_str()).copied(),
            };
            if let Some(reason) = reason {
                pinned.push(PinnedPart { pointer: part.pointer.clone(), tokens: part.tokens.get(), reason });
            }
        }
        sorted::sort_by_key(&mut pinned, |part| std::cmp::Reverse(part.tokens));
        pinned.truncate(PINNED_NAMED);
        pinned
    }
}

fn unmet(fit: &Fit) -> Vec<Unmet> {
    let short = fit.limits.iter().filter(|judgement| !judgement.fits);
    short.map(|judgement| Unmet { limit: judgement.limit, of: judgement.of, smallest: None }).collect()
}

/// The tokens of each message's parts.
fn message_tokens(prompt: &Prompt<'_>, estimate: &Estimate) -> Vec<u64> {
    let parts = tokens_by_pointer(estimate);
    let tokens =
        |block: &crate::prompt::Block<'_>| parts.get(block.pointer.as_str()).copied().unwrap_or_default();
    prompt.messages.iter().map(|message| message.blocks.iter().map(tokens).sum()).collect()
}

fn tokens_by_pointer(estimate: &Estimate) -> HashMap<&str, u64> {
    estimate.parts.iter().map(|part| (part.pointer.as_str(), part.tokens.get())).collect()
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
