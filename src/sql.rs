//! The same sums on the engines that have the logs already: queries with the catalog's rates.
//!
//! Each computes for every minute, account, source Region, model and inference profile what a
//! [`Replay`](crate::Replay) finds: calls, throttled calls, reservation, settlement, and the peak of
//! each over sixty seconds. The tests run `DuckDB`'s query and Athena's (in `DuckDB`'s dialect) on
//! generated logs and hold every minute to the replay. That for `CloudWatch` is simpler, says so,
//! and is not run.

use std::fmt::Write;

use crate::{Catalog, Error, Model, ReplaySettings};

/// An engine that a query can be printed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqlEngine {
    /// `DuckDB`, over files of JSON lines, gzipped or not.
    DuckDb,
    /// Amazon Athena, whose language is Trino's, over a table with one column, `line`.
    Athena,
    /// `CloudWatch` Logs Insights, over a log group.
    CloudWatchInsights,
}

/// Where `DuckDB` finds a log if it is not told: Bedrock's folders, below the present one.
const LOG_FILES: &str = "AWSLogs/*/BedrockModelInvocationLogs/**/*.json.gz";
/// The table that Athena reads if it is not told.
const LOG_TABLE: &str = "bedrock_invocation_logs";

/// A query for an engine. `from` is what it reads: files or a glob for `DuckDB`, a table for Athena.
///
/// Errors: a number out of range, or settings that no query knows: what-ifs and caller keys.
pub fn quota_query(
    engine: SqlEngine,
    from: Option<&str>,
    settings: &ReplaySettings,
    catalog: &Catalog,
) -> Result<String, Error> {
    settings.validate()?;
    if settings.what_if.is_any() || settings.caller_key.is_some() {
        let message = "a query says what was; what-ifs and callers are replay's";
        return Err(Error::new(crate::ErrorKind::InvalidArgument, message));
    }
    let (template, reads, limit) = match engine {
        SqlEngine::DuckDb => {
            (include_str!("sql/duckdb.sql"), "cache_read_tokens", "models.max_output_tokens")
        }
        SqlEngine::Athena => {
            (include_str!("sql/athena.sql"), "cache_read_tokens", "models.max_output_tokens")
        }
        SqlEngine::CloudWatchInsights => {
            (include_str!("sql/insights.txt"), "cacheReadTokens", "limitOfModel")
        }
    };
    let from = match engine {
        SqlEngine::DuckDb => quoted(from.unwrap_or(LOG_FILES)),
        SqlEngine::Athena => from.unwrap_or(LOG_TABLE).to_owned(),
        SqlEngine::CloudWatchInsights => String::new(),
    };
    let profiles: Vec<&str> = catalog.profiles().iter().map(|profile| profile.prefix.as_str()).collect();
    let fills = [
        ("catalog_version", catalog.version().to_owned()),
        ("models", models(settings, catalog)),
        ("profiles", profiles.join("|")),
        ("from", from),
        ("reserved_reads", if settings.reserve_cache_reads { reads.to_owned() } else { "0".to_owned() }),
        ("unset", settings.unset_max_tokens.map_or_else(|| limit.to_owned(), |tokens| tokens.to_string())),
        ("highest_rate", catalog.unknown_model().rate(settings.rates, catalog).rate.to_string()),
        ("rates", terms(catalog, |model| model.rate(settings.rates, catalog).rate)),
        ("limits", terms(catalog, |model| model.max_output_tokens.unwrap_or(0))),
    ];
    Ok(fills
        .iter()
        .fold(template.to_owned(), |query, (name, fill)| query.replace(&format!("{{{{{name}}}}}"), fill)))
}

/// A row for every name under which a model can be logged, its inference profile left out.
fn models(settings: &ReplaySettings, catalog: &Catalog) -> String {
    let rows = catalog.models().flat_map(|model| {
        let aliases = model.aliases.iter().filter(|alias| alias.starts_with("arn:"));
        aliases.chain([&model.id]).map(move |name| {
            format!(
                "  ({}, {}, {}, {})",
                quoted(name),
                quoted(&model.id),
                model.rate(settings.rates, catalog).rate,
                model.max_output_tokens.unwrap_or(0)
            )
        })
    });
    rows.collect::<Vec<_>>().join(",\n")
}

/// A number for each model whose id a logged one holds, where it is larger than 1.
fn terms(catalog: &Catalog, number: impl Fn(&Model) -> u64) -> String {
    let mut terms = String::new();
    for model in catalog.models().filter(|model| model.on_bedrock) {
        let number = number(model);
        if 1 < number {
            // Writing to a String cannot fail.
            let _ = write!(terms, ", {number} * strcontains(modelId, \"{}\")", model.id);
        }
    }
    terms
}

/// A text as an SQL literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
