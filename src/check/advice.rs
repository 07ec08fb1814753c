//! What a person can do about a report.

use crate::{
    Advice, Endpoint, Estimate, InputTokens, Judgement, LimitName, OutputReport, OutputSetBy, QuotaRule,
    Tokens, grouped, prompt::Prompt, target::Target,
};

/// All that advice looks at.
pub(super) struct Case<'c> {
    pub(super) prompt: &'c Prompt<'c>,
    pub(super) estimate: &'c Estimate,
    pub(super) target: &'c Target<'c>,
    pub(super) output: &'c OutputReport,
    /// The largest `max_tokens` that fits, where the request does not.
    pub(super) fits_up_to: Option<Tokens>,
    pub(super) limits: &'c [Judgement],
    pub(super) rule: QuotaRule,
    pub(super) input: InputTokens,
}

/// The advice for a case, the most urgent first.
pub(super) fn give(case: &Case<'_>) -> Vec<Advice> {
    let offers = [
        use_another_profile(case),
        keep_it_there(case),
        cap_max_tokens(case),
        set_max_tokens(case),
        add_cache_point(case),
    ];
    offers.into_iter().flatten().collect()
}

fn use_another_profile(case: &Case<'_>) -> Option<Advice> {
    let refused = case.target.refused.as_ref()?;
    Some(Advice::new("use-another-profile", refused.message()))
}

fn keep_it_there(case: &Case<'_>) -> Option<Advice> {
    let reason = case.target.leaves.as_ref().filter(|_| case.target.refused.is_none())?;
    let message = format!("{reason}; `route` lists the ways that stay");
    Some(Advice::new("keep-residency", message))
}

fn cap_max_tokens(case: &Case<'_>) -> Option<Advice> {
    let short: Vec<_> = case.limits.iter().filter(|judgement| !judgement.fits).collect();
    if short.iter().all(|judgement| judgement.of.is_none()) {
        return None;
    }
    let Some(tokens) = case.fits_up_to else {
        let message =
            "no max_tokens makes it fit: the input alone is over a limit, so shorten the input or raise it";
        return Some(Advice::new("shorten-input", message));
    };
    let names: Vec<_> = short.iter().filter_map(|judgement| limit_words(judgement.limit)).collect();
    let message = format!("max_tokens of {} or less fits {}", grouped(tokens.get()), names.join(" and "));
    Some(Advice { max_tokens: Some(tokens.get()), ..Advice::new("cap-max-tokens", message) })
}

fn limit_words(limit: LimitName) -> Option<&'static str> {
    Some(match limit {
        LimitName::Input => "the target for the input",
        LimitName::ContextWindow => "the context window",
        LimitName::OutputLimit => "the model's longest answer",
        LimitName::Tpm => "the tokens per minute",
        LimitName::Rpm => "the requests per minute",
        LimitName::Tpd => "the tokens per day",
        LimitName::InputTpm => "the input tokens per minute",
        LimitName::OutputTpm => "the output tokens per minute",
        LimitName::Cost => "the budget",
        // Of the first two a check speaks in words of its own; the others only a ledger knows.
        LimitName::Profile | LimitName::Residency | LimitName::InFlight | LimitName::CrossModelTpd => {
            return None;
        }
    })
}

fn set_max_tokens(case: &Case<'_>) -> Option<Advice> {
    if case.output.set_by != OutputSetBy::Model {
        return None;
    }
    let unset = case.output.max_tokens?;
    let wanted = case.output.expected.map(|expected| expected.max(1));
    let reserved = case.rule.reservation(case.input, Tokens::new(unset));
    let message = match wanted {
        Some(wanted) => {
            let saved = reserved.minus(case.rule.reservation(case.input, Tokens::new(wanted)));
            format!(
                "set max_tokens: unset, admission reserves {} tokens; {} would free {} of them",
                grouped(reserved.get()),
                grouped(wanted),
                grouped(saved.get())
            )
        }
        None => format!(
            "set max_tokens near the longest answer you need: unset, admission reserves {} tokens, {} of them for \
             the answer",
            grouped(reserved.get()),
            grouped(unset)
        ),
    };
    let saves = wanted.map(|wanted| unset.saturating_sub(wanted));
    Some(Advice { max_tokens: wanted, saves_tokens: saves, ..Advice::new("set-max-tokens", message) })
}

fn add_cache_point(case: &Case<'_>) -> Option<Advice> {
    let cache = case.target.model.prompt_cache.as_ref()?;
    let prefix = case.estimate.steady_prefix;
    let marked = 0 < case.estimate.cached.total().get();
    if marked || prefix.get() < cache.min_tokens || case.rule.endpoint == Endpoint::Mantle {
        return None;
    }
    let most = Tokens::new(cache.max_tokens.unwrap_or(u64::MAX));
    let saved = prefix.min(most);
    let place = if case.prompt.system.is_empty() { "the tools" } else { "the system prompt" };
    let message = format!(
        "a cache point after {place} would save {} quota tokens on every call that finds it in the cache",
        grouped(saved.get())
    );
    Some(Advice { saves_tokens: Some(saved.get()), ..Advice::new("add-cache-point", message) })
}
