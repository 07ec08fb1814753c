//! What can be typed.

mod fit;
mod plan;
mod policy;
mod replay;
mod route;
mod runbook;

pub(super) use fit::FitArguments;
pub(super) use plan::PlanArguments;
pub(super) use policy::PolicyArguments;
pub(super) use replay::{ReplayArguments, SqlArguments};
pub(super) use route::RouteArguments;
pub(super) use runbook::RunbookArguments;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use tokenleash::{CacheState, Dialect, Endpoint, Limits, Options, RatesPolicy, Usage};

/// Tokens, quota and cost of an Amazon Bedrock request, before it is sent.
///
/// Nothing leaves this machine. Exit codes: 0 fits or done, 1 does not fit, 2 bad input or usage.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what a request will take from quota and wallet, and whether it fits.
    Check(CheckArguments),
    /// Make a request fit: cap the answer, then trim the history, and say exactly what went.
    Fit(Box<FitArguments>),
    /// Count the tokens of a text.
    Count(CountArguments),
    /// Say what a finished request counted, from its usage.
    Settle(SettleArguments),
    /// Say how many such requests an account carries, how long answers may be, and which quota to ask for.
    Plan(Box<PlanArguments>),
    /// Read invocation logs, and say what was near its quota, what was wasted, and what to do.
    Replay(Box<ReplayArguments>),
    /// Print a query that computes what replay does, for an engine that has the logs already.
    Sql(SqlArguments),
    /// List the models of the catalog, or one of them.
    Models(ModelsArguments),
    /// Say where a request may run: profile, Regions, quota, price, residency.
    Route(RouteArguments),
    /// Write the IAM or organization policy for a route, or explain one that exists.
    Policy(Box<PolicyArguments>),
    /// Write the way to start: profile, policies, logs, alarms, quota, as commands to paste.
    Runbook(RunbookArguments),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page.
    Man,
}

impl Command {
    /// Whether answers and errors are to be JSON.
    pub(super) fn prints_json(&self) -> bool {
        let output = match self {
            Self::Check(arguments) => arguments.output,
            Self::Fit(arguments) => arguments.check.output,
            Self::Count(arguments) => arguments.output,
            Self::Settle(arguments) => arguments.show,
            Self::Plan(arguments) => arguments.output,
            Self::Replay(arguments) => arguments.output,
            Self::Models(arguments) => arguments.output,
            Self::Route(arguments) => arguments.output,
            Self::Policy(arguments) => arguments.output,
            Self::Sql(_) | Self::Runbook(_) | Self::Completions { .. } | Self::Man => return false,
        };
        output.json
    }
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The request: Converse, Messages, Nova or chat JSON, {modelId, body}, or a plain prompt; - is
    /// standard input.
    pub(super) file: String,
    /// The model: a Bedrock id, profile id or ARN, or the maker's own name.
    #[arg(long, short)]
    model: Option<String>,
    /// The inference profile: au, us, eu, jp, apac or global.
    #[arg(long, short)]
    profile: Option<String>,
    /// The Region the API is called in, such as ap-southeast-6.
    #[arg(long)]
    source_region: Option<String>,
    /// Where the prompt may be processed: anz, au, nz, eu, us, jp, or none for anywhere.
    #[arg(long)]
    residency: Option<String>,
    /// The request's dialect, where its structure does not tell: converse, messages, nova, chat, text.
    #[arg(long)]
    dialect: Option<Dialect>,
    /// Override the request's own limit on the answer, in tokens.
    #[arg(long)]
    max_tokens: Option<u64>,
    /// How long the answer will probably be, in tokens.
    #[arg(long)]
    expected_output: Option<u64>,
    /// Whether the cacheable prefix is in the cache already.
    #[arg(long, value_enum, default_value = "cold")]
    cache: CacheArgument,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// The JSON of the answer to this request, or of its usage: says what it teaches about later ones.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["jsonl", "correction"])]
    pub(super) observed: Option<String>,
    /// What --observed taught: its JSON report, or the "correction" in it.
    #[arg(long, value_name = "FILE")]
    pub(super) correction: Option<String>,
    /// Read a request, or {modelId, body}, from each line, and print a JSON report for each.
    #[arg(long)]
    pub(super) jsonl: bool,
}

#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// The endpoint whose quota rule holds.
    #[arg(long, value_enum, default_value = "runtime")]
    endpoint: EndpointArgument,
    /// Which of several published burndown rates holds.
    #[arg(long, value_enum, default_value = "default")]
    rates: RatesArgument,
    /// Whether admission deducts cache reads; AWS's texts disagree, and yes is the safe answer.
    #[arg(long, value_name = "BOOL", default_value = "true", default_missing_value = "true", num_args = 0..=1)]
    #[arg(action = clap::ArgAction::Set)]
    reserve_cache_reads: bool,
    /// Take a model nobody knows for a cautious unknown one.
    #[arg(long)]
    allow_unknown: bool,
    /// A JSON file to lay over the compiled-in catalog: own quotas, prices, models.
    #[arg(long, value_name = "FILE")]
    pub(super) catalog: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct LimitArguments {
    /// Tokens per minute of the account.
    #[arg(long)]
    tpm: Option<u64>,
    /// Requests per minute of the account.
    #[arg(long)]
    rpm: Option<u64>,
    /// Tokens per day of the account.
    #[arg(long)]
    tpd: Option<u64>,
    /// Input tokens per minute, on the mantle endpoint.
    #[arg(long)]
    input_tpm: Option<u64>,
    /// Output tokens per minute, on the mantle endpoint.
    #[arg(long)]
    output_tpm: Option<u64>,
    /// Quota tokens of this minute that are taken already.
    #[arg(long, default_value_t = 0)]
    used_tpm: u64,
    /// Requests made this minute already.
    #[arg(long, default_value_t = 0)]
    used_rpm: u64,
    /// Quota tokens of this day that are taken already.
    #[arg(long, default_value_t = 0)]
    used_tpd: u64,
    /// The most one request may cost, in dollars, such as 0.25.
    #[arg(long, value_name = "USD", value_parser = micro_usd)]
    budget_usd: Option<u64>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct OutputArguments {
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct CountArguments {
    /// The text; - is standard input.
    pub(super) file: String,
    /// The model to count for.
    #[arg(long, short, default_value = "anthropic.claude-sonnet-4-6")]
    pub(super) model: String,
    /// Count it as the only message of a request, what the provider adds included.
    #[arg(long)]
    pub(super) message: bool,
    /// Read {"text": ...} from each line and print {"tokens": ...} for each.
    #[arg(long)]
    pub(super) jsonl: bool,
    /// A JSON file to lay over the compiled-in catalog.
    #[arg(long, value_name = "FILE")]
    pub(super) catalog: Option<String>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct SettleArguments {
    /// The model: a Bedrock id, profile id or ARN, or the maker's own name.
    #[arg(long, short)]
    model: String,
    /// Input tokens that were neither read from the cache nor written to it.
    #[arg(long, required_unless_present = "observed", default_value_t = 0)]
    input: u64,
    /// Output tokens, thinking included.
    #[arg(long, required_unless_present = "observed", default_value_t = 0)]
    output: u64,
    /// The JSON of an answer, or of its usage, in place of the four counts.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["input", "output", "cache_read", "cache_write"])]
    pub(super) observed: Option<String>,
    /// The request that was answered: says what its usage teaches about later ones.
    #[arg(long, value_name = "FILE", requires = "observed")]
    pub(super) request: Option<String>,
    /// Input tokens read from the cache.
    #[arg(long, default_value_t = 0)]
    cache_read: u64,
    /// Input tokens written to the cache.
    #[arg(long, default_value_t = 0)]
    cache_write: u64,
    /// The limit on the answer, for the reservation.
    #[arg(long)]
    max_tokens: Option<u64>,
    /// The inference profile, for the price.
    #[arg(long, short)]
    profile: Option<String>,
    #[command(flatten)]
    pub(super) rules: RuleArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    pub(super) show: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct ModelsArguments {
    /// Only models whose name or id holds this text.
    pub(super) filter: Option<String>,
    /// A JSON file to lay over the compiled-in catalog.
    #[arg(long, value_name = "FILE")]
    pub(super) catalog: Option<String>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CacheArgument {
    /// It is written: the first call.
    Cold,
    /// It is read.
    Warm,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EndpointArgument {
    /// bedrock-runtime.
    Runtime,
    /// bedrock-mantle.
    Mantle,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RatesArgument {
    /// The guide's where it names the model, else the latest.
    Default,
    /// The guide's; where it is silent, the latest, with a note.
    Guide,
    /// The latest published.
    Latest,
    /// The highest published.
    Highest,
}

impl CacheArgument {
    const fn state(self) -> CacheState {
        match self {
            Self::Cold => CacheState::Cold,
            Self::Warm => CacheState::Warm,
        }
    }
}

impl RuleArguments {
    const fn endpoint(&self) -> Endpoint {
        match self.endpoint {
            EndpointArgument::Runtime => Endpoint::Runtime,
            EndpointArgument::Mantle => Endpoint::Mantle,
        }
    }

    fn rates(&self) -> RatesPolicy {
        self.rates.into()
    }
}

impl From<RatesArgument> for RatesPolicy {
    fn from(rates: RatesArgument) -> Self {
        match rates {
            RatesArgument::Default => Self::Default,
            RatesArgument::Guide => Self::Guide,
            RatesArgument::Latest => Self::Latest,
            RatesArgument::Highest => Self::Highest,
        }
    }
}

impl LimitArguments {
    const fn limits(&self) -> Limits {
        Limits {
            tpm: self.tpm,
            rpm: self.rpm,
            tpd: self.tpd,
            input_tpm: self.input_tpm,
            output_tpm: self.output_tpm,
            budget_micro_usd: self.budget_usd,
            used_tpm: self.used_tpm,
            used_rpm: self.used_rpm,
            used_tpd: self.used_tpd,
        }
    }
}

impl CheckArguments {
    pub(super) fn catalog(&self) -> Option<&str> {
        self.rules.catalog.as_deref()
    }

    pub(super) fn options(&self) -> Options {
        Options {
            model: self.model.clone(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            residency: self.residency.clone(),
            dialect: self.dialect,
            max_tokens: self.max_tokens,
            expected_output: self.expected_output,
            endpoint: self.rules.endpoint(),
            rates: self.rules.rates(),
            reserve_cache_reads: self.rules.reserve_cache_reads,
            cache: self.cache.state(),
            allow_unknown: self.rules.allow_unknown,
            observed: None,
            correction: None,
            limits: self.limits.limits(),
        }
    }
}

impl SettleArguments {
    pub(super) fn usage(&self) -> Usage {
        Usage {
            model: self.model.clone(),
            input: self.input,
            output: self.output,
            cache_read: self.cache_read,
            cache_write: self.cache_write,
            max_tokens: self.max_tokens,
            profile: self.profile.clone(),
            endpoint: self.rules.endpoint(),
            rates: self.rules.rates(),
            reserve_cache_reads: self.rules.reserve_cache_reads,
            allow_unknown: self.rules.allow_unknown,
            observed: None,
            limits: self.limits.limits(),
        }
    }
}

/// Dollars with up to six decimals, as micro-dollars.
fn micro_usd(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{text}\" is no amount of dollars: expected digits such as 0.25");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
        return Err(wrong());
    }
    format!("{whole}{fraction:0<6}").parse().map_err(|_| wrong())
}
