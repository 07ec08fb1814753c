//! What can be typed after `plan`.

use clap::Args;
use tokenleash::{Load, Options};

use super::{CacheArgument, LimitArguments, OutputArguments, RuleArguments};

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArguments {
    /// A request like the others, for its model, input and limit on the answer; - is standard input.
    pub(in crate::cli) request: Option<String>,
    /// The model: a Bedrock id, profile id or ARN, or the maker's own name.
    #[arg(long, short, required_unless_present = "request")]
    model: Option<String>,
    /// The inference profile: au, us, eu, jp, apac or global.
    #[arg(long, short)]
    profile: Option<String>,
    /// The Region the API is called in, such as ap-southeast-6.
    #[arg(long)]
    source_region: Option<String>,
    /// Input tokens that are neither read from the cache nor written to it.
    #[arg(long, value_name = "TOKENS", default_value_t = 0, conflicts_with = "request")]
    input: u64,
    /// Input tokens read from the cache.
    #[arg(long, value_name = "TOKENS", default_value_t = 0, conflicts_with = "request")]
    cache_read: u64,
    /// Input tokens written to the cache.
    #[arg(long, value_name = "TOKENS", default_value_t = 0, conflicts_with = "request")]
    cache_write: u64,
    /// How many of the input tokens begin every request alike: says what a cache would change.
    #[arg(long, value_name = "TOKENS", default_value_t = 0, conflicts_with = "request")]
    cacheable: u64,
    /// Whether the cacheable prefix of the request is in the cache.
    #[arg(long, value_enum, default_value = "warm", requires = "request")]
    cache: CacheArgument,
    /// Half of the answers are at most this long, in tokens.
    #[arg(long, value_name = "TOKENS", requires = "output_p95", required_unless_present = "outputs")]
    output_p50: Option<u64>,
    /// 95 of 100 answers are at most this long, in tokens.
    #[arg(long, value_name = "TOKENS", requires = "output_p50")]
    output_p95: Option<u64>,
    /// A file of the output tokens of real answers, in place of the two percentiles.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output_p50", "output_p95"])]
    pub(in crate::cli) outputs: Option<String>,
    /// The limit on the answer that requests set today, in tokens.
    #[arg(long, value_name = "TOKENS")]
    pub(in crate::cli) max_tokens: Option<u64>,
    /// How many answers may be cut, in percent with at most one decimal.
    #[arg(long, value_name = "PERCENT", default_value = "5", value_parser = permille)]
    max_cut: u64,
    /// How many requests there are in an ordinary minute.
    #[arg(long, value_name = "REQUESTS")]
    per_minute: Option<u64>,
    /// How many there are in the busiest; three standard deviations of random arrivals more, if not given.
    #[arg(long, value_name = "REQUESTS", requires = "per_minute")]
    peak_per_minute: Option<u64>,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArguments,
}

impl PlanArguments {
    pub(in crate::cli) fn catalog(&self) -> Option<&str> {
        self.rules.catalog.as_deref()
    }

    /// The load as far as it was typed.
    pub(in crate::cli) fn load(&self) -> Load {
        Load {
            model: self.model.clone().unwrap_or_default(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            endpoint: self.rules.endpoint(),
            rates: self.rules.rates(),
            reserve_cache_reads: self.rules.reserve_cache_reads,
            allow_unknown: self.rules.allow_unknown,
            input: self.input,
            cache_read: self.cache_read,
            cache_write: self.cache_write,
            cacheable: self.cacheable,
            outputs: Vec::new(),
            output_p50: self.output_p50,
            output_p95: self.output_p95,
            max_tokens: self.max_tokens,
            max_cut_permille: self.max_cut,
            per_minute: self.per_minute,
            peak_per_minute: self.peak_per_minute,
            limits: self.limits.limits(),
        }
    }

    /// How the request is counted.
    pub(in crate::cli) fn options(&self) -> Options {
        Options {
            model: self.model.clone(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            cache: self.cache.state(),
            allow_unknown: self.rules.allow_unknown,
            ..Options::default()
        }
    }
}

/// A percentage with at most one decimal, in thousandths.
fn permille(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{text}\" is no percentage: expected digits such as 5 or 0.5");
    let (whole, tenth) = text.strip_suffix('%').unwrap_or(text).split_once('.').unwrap_or((text, "0"));
    let whole = whole.trim_end_matches('%');
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if tenth.len() != 1 || !digits(tenth) || !digits(whole) {
        return Err(wrong());
    }
    format!("{whole}{tenth}").parse().map_err(|_| wrong())
}
