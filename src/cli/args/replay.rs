//! What can be typed after `replay` and `sql`.

// The help shows these comments as they are written.
#![allow(clippy::doc_markdown)]

use clap::{Args, ValueEnum};

use tokenleash::{Catalog, Error, FindOptions, ReplaySettings, SqlEngine, WhatIf};

use super::{OutputArguments, RatesArgument};

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// Invocation logs: files or folders as Bedrock writes them to S3, gzipped or not; - is standard input.
    #[arg(required = true)]
    pub(crate) paths: Vec<String>,
    /// Tokens per minute of the account, for every quota, or MODEL=N for one model; may be repeated.
    #[arg(long, value_name = "[MODEL=]N", value_parser = tpm)]
    tpm: Vec<(Option<String>, u64)>,
    /// What if: no request asks for an answer of more tokens.
    #[arg(long, value_name = "TOKENS")]
    max_tokens: Option<u64>,
    /// What if: every request goes to this model.
    #[arg(long)]
    model: Option<String>,
    /// What if: the first so many tokens of every long enough input are read from the cache.
    #[arg(long, value_name = "TOKENS")]
    cache_prefix: Option<u64>,
    /// Where requests may run: rules such as anz, au or nz, and Regions; separated by commas.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    residency: Vec<String>,
    /// The key of requestMetadata that names the caller, in place of the IAM role or user.
    #[arg(long, value_name = "KEY")]
    caller_key: Option<String>,
    /// Of a hundred answers, how many a recommended limit may cut.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=50))]
    cut_percent: u64,
    #[command(flatten)]
    charge: ChargeArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    /// Write the report as a web page too, with charts; it needs no network.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<String>,
    /// Keep what was read in this file, and read only what is new next time.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<String>,
    /// How many threads read; all cores if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

/// How a log is charged: the same for `replay` and `sql`.
#[derive(Debug, Args)]
struct ChargeArguments {
    /// Which of several published burndown rates holds.
    #[arg(long, value_enum, default_value = "default")]
    rates: RatesArgument,
    /// Whether admission deducts cache reads; AWS's texts disagree, and yes is the safe answer.
    #[arg(long, value_name = "BOOL", default_value = "true", default_missing_value = "true", num_args = 0..=1)]
    #[arg(action = clap::ArgAction::Set)]
    reserve_cache_reads: bool,
    /// What is reserved for the answer to a request that sets no limit; the model's limit if not given.
    #[arg(long, value_name = "TOKENS")]
    unset_max_tokens: Option<u64>,
    /// A JSON file to lay over the compiled-in catalog: own quotas, prices, models and their aliases.
    #[arg(long, value_name = "FILE")]
    catalog: Option<String>,
}

impl ChargeArguments {
    fn settings(&self) -> ReplaySettings {
        ReplaySettings {
            rates: self.rates.into(),
            reserve_cache_reads: self.reserve_cache_reads,
            unset_max_tokens: self.unset_max_tokens,
            ..ReplaySettings::default()
        }
    }
}

impl ReplayArguments {
    pub(crate) fn catalog(&self) -> Option<&str> {
        self.charge.catalog.as_deref()
    }

    pub(crate) fn settings(&self) -> ReplaySettings {
        ReplaySettings {
            caller_key: self.caller_key.clone(),
            what_if: WhatIf {
                max_tokens: self.max_tokens,
                model: self.model.clone(),
                cache_prefix: self.cache_prefix,
            },
            ..self.charge.settings()
        }
    }

    pub(crate) fn find_options(&self, now: Option<i64>) -> FindOptions {
        let of_model = |(model, tpm): &(Option<String>, u64)| Some((model.clone()?, *tpm));
        FindOptions {
            tpm: self.tpm.iter().rev().find(|(model, _)| model.is_none()).map(|(_, tpm)| *tpm),
            tpm_of: self.tpm.iter().filter_map(of_model).collect(),
            residency: self.residency.clone(),
            cut_per_mille: self.cut_percent * 10,
            now,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SqlArguments {
    /// The engine to print the query for.
    #[arg(long, value_enum)]
    engine: EngineArgument,
    /// What the query reads: a file, a glob or a list of them for DuckDB, a table with one column
    /// `line` for Athena.
    #[arg(long, value_name = "NAME")]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    charge: ChargeArguments,
}

impl SqlArguments {
    pub(crate) fn catalog(&self) -> Option<&str> {
        self.charge.catalog.as_deref()
    }

    pub(crate) fn query(&self, catalog: &Catalog) -> Result<String, Error> {
        let engine = match self.engine {
            EngineArgument::Duckdb => SqlEngine::DuckDb,
            EngineArgument::Athena => SqlEngine::Athena,
            EngineArgument::CloudwatchInsights => SqlEngine::CloudWatchInsights,
        };
        tokenleash::quota_query(engine, self.from.as_deref(), &self.charge.settings(), catalog)
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineArgument {
    /// DuckDB, over files.
    Duckdb,
    /// Amazon Athena (Trino), over the bucket.
    Athena,
    /// CloudWatch Logs Insights, over the log group.
    CloudwatchInsights,
}

fn tpm(text: &str) -> Result<(Option<String>, u64), String> {
    let (model, number) = match text.rsplit_once('=') {
        Some((model, number)) => (Some(model.to_owned()), number),
        None => (None, text),
    };
    let number = number.parse().map_err(|_| format!("{number:?} is no number of tokens"))?;
    Ok((model, number))
}
