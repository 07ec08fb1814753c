//! The main job: a request, the caller's settings and the catalog make a report.

mod advice;
mod judge;

pub(crate) use judge::{Judge, Size};

use crate::{
    Catalog, Correction, Error, Estimate, InputReport, Limits, Model, ModelReport, Note, Options,
    OutputReport, OutputSetBy, QuotaReport, QuotaRule, Report, Request, SettlementReport, Tokens,
    limits::{Bound, Bounds},
    lint,
    note::few_of_a_kind,
    prompt::{MaxTokens, Prompt, Thinking},
    target::{Target, Wanted},
    tariff::Tariff,
};

/// Says what a request will take and whether it fits.
///
/// Errors: an unreadable field with its pointer, a model that is missing or unknown, a profile or
/// Region nobody knows, or a number out of range.
pub fn check(request: &Request, options: &Options, catalog: &Catalog) -> Result<Report, Error> {
    options.validate()?;
    let prompt = request.prompt()?;
    let named = request.model_id();
    let wanted = Wanted {
        model: options.model.as_deref().or(named.as_deref()),
        profile: options.profile.as_deref(),
        source_region: options.source_region.as_deref(),
        residency: options.residency.as_deref(),
        allow_unknown: options.allow_unknown,
    };
    let target = Target::find(wanted, catalog)?;
    let model = target.model.as_ref();
    let mut estimate = Estimate::of(&prompt, model);
    let mut notes = prompt.notes.clone();
    let (correction, shift) = learn(options, &prompt, model, &mut estimate, &mut notes);
    notes.extend(estimate.notes.iter().cloned());
    notes.extend(target.notes.iter().cloned());

    let rate = model.rate(options.rates, catalog);
    let output = output(&prompt, options, model, &mut notes);
    let max_tokens = output.max_tokens.map_or(Tokens::ZERO, Tokens::new);
    let expected_output = options.expected_output.map(|tokens| Tokens::new(tokens).min(max_tokens));
    let rule = QuotaRule {
        endpoint: options.endpoint,
        burndown_rate: options.endpoint.burndown_rate(rate.rate),
        reserve_cache_reads: options.reserve_cache_reads,
    };
    let input = estimate.input_at(estimate.tokens.expected(), options.cache);
    let quota = QuotaReport {
        endpoint: rule.endpoint,
        burndown_rate: rule.burndown_rate,
        reservation: rule.reservation(input, max_tokens).get(),
        settlement: SettlementReport {
            expected: expected_output.map(|output| rule.settlement(input, output).get()),
            worst: rule.settlement(input, max_tokens).get(),
        },
        charge: rule.charge(input, max_tokens).get(),
    };
    let charged = |rule: QuotaRule| rule.charge(input, max_tokens);
    notes.extend(target.rate_notes(&rate, rule, charged, catalog));

    let tariff = Tariff::find(&target, estimate.tokens.high(), estimate.cached.one_hour, &mut notes);
    let said: Vec<_> = notes.iter().map(|note| note.code).collect();
    notes.extend(lint::of(&prompt, request.dialect()).into_iter().filter(|note| !said.contains(&note.code)));
    let judge = Judge::new(&target, rule, options, None);
    let limits = judge.judge(Size::of(&estimate), max_tokens);
    let fits = limits.iter().all(|judgement| judgement.fits);
    let advice = advice::give(&advice::Case {
        prompt: &prompt,
        estimate: &estimate,
        target: &target,
        output: &output,
        fits_up_to: if fits { None } else { judge.largest_max_tokens(Size::of(&estimate)) },
        limits: &limits,
        rule,
        input,
    });
    Ok(Report {
        catalog_version: catalog.version().to_owned(),
        dialect: request.dialect(),
        model: ModelReport {
            id: model.id.clone(),
            name: model.name.clone(),
            profile: target.profile.map(|profile| profile.prefix.clone()),
            source_region: target.source_region.clone(),
        },
        input: InputReport {
            tokens: estimate.tokens.expected().get(),
            low: estimate.tokens.low().get(),
            high: estimate.tokens.high().get(),
            basis: estimate.basis,
            own_vocabulary: estimate.own_vocabulary,
            confidence: estimate.confidence,
            frame: estimate.frame.get(),
            shift,
            cache_read: input.cache_read.get(),
            cache_write: input.cache_write.get(),
            parts: estimate.parts,
        },
        output,
        quota,
        cost: tariff.map(|tariff| tariff.report(input, max_tokens, expected_output)),
        limits,
        fits,
        correction,
        advice,
        notes: few_of_a_kind(notes),
    })
}

/// Corrects an estimate by what was observed, of this request or an earlier one. Gives what this
/// request's own usage teaches, and the tokens that were added.
fn learn(
    options: &Options,
    prompt: &Prompt<'_>,
    model: &Model,
    estimate: &mut Estimate,
    notes: &mut Vec<Note>,
) -> (Option<Correction>, Option<i64>) {
    if let Some(observed) = options.observed {
        let learnt = Correction::of(prompt, &model.id, estimate.tokens.expected(), observed);
        estimate.observe(observed.input_total());
        let shift = learnt.shift();
        return (Some(learnt), Some(shift));
    }
    let shift = options
        .correction
        .as_ref()
        .and_then(|earlier| earlier.shift_for(prompt, &model.id).map_err(|why| notes.push(why)).ok());
    if let Some(shift) = shift {
        estimate.tokens = estimate.tokens.shifted(shift);
    }
    (None, shift)
}

/// The limit on the answer: the caller's, the request's, or the model's own.
fn output(prompt: &Prompt<'_>, options: &Options, model: &Model, notes: &mut Vec<Note>) -> OutputReport {
    let asked = prompt.max_tokens.as_ref().map(|MaxTokens { tokens, .. }| tokens.get());
    let limit = model.max_output_tokens;
    let (max_tokens, set_by) = match (options.max_tokens, asked) {
        (Some(tokens), _) => (Some(tokens), OutputSetBy::Flag),
        (None, Some(tokens)) => (Some(tokens), OutputSetBy::Request),
        (None, None) => (limit, OutputSetBy::Model),
    };
    if set_by == OutputSetBy::Model {
        let message = match limit {
            Some(limit) => format!(
                "max_tokens is not set: the model's limit of {limit} is assumed to be reserved, as AWS documents; \
                 some models were seen to stop at 4096"
            ),
            None => {
                "max_tokens is not set and the model's limit is not known: nothing is reserved for the answer"
                    .to_owned()
            }
        };
        notes.push(Note::new("max-tokens-unset", message));
    }
    if let (Some(Thinking::Budget(budget)), Some(max_tokens)) = (prompt.thinking, max_tokens)
        && max_tokens <= budget.get()
    {
        let message = format!("max_tokens ({max_tokens}) must be larger than the thinking budget ({budget})");
        notes.push(Note::new("thinking-over-max-tokens", message));
    }
    if let Some(expected) = options.expected_output
        && max_tokens.is_some_and(|max_tokens| max_tokens < expected)
    {
        let message = format!("the expected answer of {expected} tokens is longer than max_tokens allows");
        notes.push(Note::new("expected-over-max-tokens", message));
    }
    OutputReport { max_tokens, expected: options.expected_output, limit, set_by }
}

/// The limits that are known: the caller's, else the catalog's.
pub(crate) fn bounds(given: &Limits, model: &Model, target: &Target<'_>, most_input: Option<u64>) -> Bounds {
    let global = target.profile.is_some_and(|profile| profile.prefix == "global");
    let quotas = model.default_quotas(global, target.source_region.as_deref());
    Bounds {
        input: Bound::either(most_input, None),
        context_window: Bound::either(None, model.context_window),
        output_limit: Bound::either(None, model.max_output_tokens),
        tpm: Bound::either(given.tpm, quotas.tpm),
        rpm: Bound::either(given.rpm, quotas.rpm),
        tpd: Bound::either(given.tpd, quotas.tpd),
        input_tpm: Bound::either(given.input_tpm, quotas.mantle_input_tpm),
        output_tpm: Bound::either(given.output_tpm, quotas.mantle_output_tpm),
        cost: Bound::either(given.budget_micro_usd, None),
        used_tpm: given.used_tpm,
        used_rpm: given.used_rpm,
        used_tpd: given.used_tpd,
    }
}
