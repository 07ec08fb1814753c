//! The way to start with a model by a route: a page of Markdown with every command, figure and fact.
//!
//! The words are a template; what is put in is what [`route()`](crate::route), [`policy()`](crate::policy),
//! [`plan()`](crate::plan) and the quota rule say, and facts of the catalog with the key and day of their source.

use std::fmt::Write;

use serde::Deserialize;

use crate::{
    Catalog, Endpoint, Error, ErrorKind, Fact, InputTokens, Load, Model, PolicyKind, PolicyOptions,
    QuotaRequest, QuotaRule, RatesPolicy, RouteOptions, RouteReport, Source, Tokens, Way, dollars, grouped,
    plan, policy, route, sorted,
};

/// What a runbook is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunbookOptions {
    /// The model, in any spelling.
    pub model: String,
    /// The inference profile by its prefix.
    pub profile: Option<String>,
    /// The Region the API is called in.
    pub source_region: Option<String>,
    /// The account, twelve digits.
    pub account: String,
    /// Where a prompt may be processed; see [`RouteOptions`].
    pub residency: Option<String>,
    /// Tokens per minute of the account; AWS's default without it.
    pub tpm: Option<u64>,
    /// The input of a typical request, in tokens.
    pub input: u64,
    /// The limit on its answer, in tokens.
    pub max_tokens: u64,
    /// How many such requests a minute are wanted.
    pub per_minute: u64,
}

/// Facts that only a runbook tells, with their sources.
#[derive(Deserialize)]
struct Operations {
    facts: crate::ByName<Fact>,
    sources: crate::ByName<Source>,
}

const TEMPLATE: &str = include_str!("runbook/template.md");
/// The quota tokens of a minute that an alarm lets pass, in hundredths of the quota.
const ALARM_PER_CENT: u64 = 80;

/// Writes the runbook.
///
/// Errors: as for [`route()`](crate::route) and [`policy()`](crate::policy); a route that is not offered or
/// may leave is refused.
pub fn runbook(options: &RunbookOptions, catalog: &Catalog) -> Result<String, Error> {
    let asked = RouteOptions {
        model: options.model.clone(),
        profile: options.profile.clone(),
        source_region: options.source_region.clone(),
        residency: options.residency.clone(),
    };
    let report = route(&asked, catalog)?;
    if let Some(reason) = &report.reason {
        return Err(Error::new(ErrorKind::Refused, reason.clone()));
    }
    let Some(way) = report.way.as_ref().filter(|way| way.profile.is_some()) else {
        let message = "a runbook is for one inference profile: name it (--profile)";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    };
    let Some(model) = catalog.model(&report.model.id) else {
        return Err(Error::new(ErrorKind::UnknownModel, report.model.id.clone()));
    };
    for tokens in [options.input, options.max_tokens, options.per_minute, options.tpm.unwrap_or_default()] {
        if Tokens::from_outside(tokens).is_none() {
            return Err(Error::new(
                ErrorKind::OutOfRange,
                format!("a number is larger than {}", Tokens::MAX),
            ));
        }
    }
    let operations = serde_json::from_str(include_str!("catalog/operations.json"))
        .map_err(|error| Error::new(ErrorKind::InvalidCatalog, error.to_string()))?;
    let mut page = Page { catalog, operations, cited: Vec::new() };
    let values = Values { options, report: &report, way, model };
    page.write(&values)
}

/// The catalog with the runbook's own facts, and which sources were cited so far.
struct Page<'a> {
    catalog: &'a Catalog,
    operations: Operations,
    cited: Vec<String>,
}

struct Values<'a> {
    options: &'a RunbookOptions,
    report: &'a RouteReport,
    way: &'a Way,
    model: &'a Model,
}

impl Page<'_> {
    fn write(&mut self, values: &Values<'_>) -> Result<String, Error> {
        let mut out = String::new();
        let mut rest = TEMPLATE;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { break };
            out.push_str(before);
            out.push_str(&self.value(name, values)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A source by its key and day; it is listed at the end.
    fn cite(&mut self, key: &str) -> String {
        if !self.cited.iter().any(|own| own == key) {
            self.cited.push(key.to_owned());
        }
        match self.source(key) {
            Some(source) => format!("[{key}, {}]", source.date),
            None => format!("[{key}]"),
        }
    }

    fn source(&self, key: &str) -> Option<&Source> {
        self.catalog.source(key).or_else(|| self.operations.sources.get(key))
    }

    fn fact(&mut self, key: &str) -> Result<String, Error> {
        let fact = self.catalog.facts().get(key).or_else(|| self.operations.facts.get(key));
        let Some(Fact { says, source }) = fact.cloned() else {
            return Err(Error::new(ErrorKind::InvalidCatalog, format!("no fact has the key \"{key}\"")));
        };
        Ok(format!("{says} {}", self.cite(&source)))
    }

    fn value(&mut self, name: &str, values: &Values<'_>) -> Result<String, Error> {
        let Values { options, report, way, model } = values;
        let region = way.quota.region.as_str();
        let partition = self.catalog.region(region)?.partition.clone();
        if let Some(key) = name.strip_prefix("fact:") {
            return self.fact(key).map(|fact| capital(&fact));
        }
        if let Some(key) = name.strip_prefix("and:") {
            return self.fact(key);
        }
        Ok(match name {
            "model" => model.name.clone(),
            "model_id" => way.model_id.clone(),
            "base_id" => model.id.clone(),
            "profile" => way.profile.clone().unwrap_or_default(),
            "region" => region.to_owned(),
            "place" => place(report, region),
            "account" => options.account.clone(),
            "partition" => partition,
            "version" => env!("CARGO_PKG_VERSION").to_owned(),
            "catalog_version" => report.catalog_version.clone(),
            "slug" => way.model_id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"),
            "facts_table" => self.chosen(values),
            "disagreements" => disagreements(report),
            "expected_arns" => expected(values),
            "iam_fact" => {
                capital(&self.fact(if way.anywhere { "three-statements" } else { "two-statements" })?)
            }
            "policy" => policy(&values.policy(PolicyKind::Identity), self.catalog)?.to_json(),
            "scp_commands" => scp_commands(values, self.catalog)?,
            "baseline_quota" => grouped(values.charge(20, 16, self.catalog).get().saturating_mul(10)),
            "usage_alarm" => usage_alarm(values),
            "quota_figures" => self.quota_figures(values)?,
            "quota_name" => model.name.strip_prefix("Claude ").unwrap_or(&model.name).to_owned(),
            "quota_family" => if way.anywhere { "Global" } else { "Cross-" }.to_owned(),
            "quota_wanted" => values.busiest(self.catalog)?.peak_tpm.to_string(),
            "max_tokens_rule" => values.max_tokens_rule(self.catalog),
            "cache_rule" => self.cache_rule(model)?,
            "tpm_flag" => options.tpm.map(|tpm| format!(" --tpm {tpm}")).unwrap_or_default(),
            "residency_flag" => {
                options.residency.as_ref().map(|rule| format!(" --residency {rule}")).unwrap_or_default()
            }
            "sources" => self.sources(),
            other => {
                return Err(Error::new(ErrorKind::InvalidCatalog, format!("the template asks for {other}")));
            }
        })
    }

    /// What was chosen, a row each.
    fn chosen(&mut self, values: &Values<'_>) -> String {
        let Values { options, report, way, model } = values;
        let mut rows = vec![
            ("model", format!("{}, `{}`", model.name, model.id)),
            (
                "call",
                format!("`modelId` {}, on bedrock-runtime in {}", code(&way.model_id), way.quota.region),
            ),
            ("may be processed in", format!("{} {}", destinations(report, way), self.cite(&way.source))),
            ("data at rest", place(report, &way.data_at_rest_region)),
        ];
        let residency = report.residency.as_ref().map(|rule| format!("{}: holds", rule.name));
        rows.extend(residency.map(|rule| ("residency", rule)));
        let default = way.quota.tpm.map(|tpm| {
            let cite = way.quota.source.as_deref().map(|key| self.cite(key)).unwrap_or_default();
            format!("AWS's default {} tokens a minute {cite}", grouped(tpm))
        });
        let own = options.tpm.map(|tpm| format!("this account's {} tokens a minute", grouped(tpm)));
        let amounts: Vec<String> = own.into_iter().chain(default).collect();
        rows.push((
            "quota",
            format!(
                "{}cross-Region of {}: {}",
                if way.anywhere { "global " } else { "" },
                way.quota.region,
                amounts.join("; ")
            ),
        ));
        let rate = model.rate(RatesPolicy::default(), self.catalog);
        let by = rate.source.map_or_else(|| "(assumed)".to_owned(), |key| self.cite(key));
        let mut burndown = format!("{} quota tokens for each token of the answer {by}", rate.rate);
        for other in &rate.disputed {
            let _ = write!(burndown, "; {} by {}", other.rate, self.cite(&other.source));
        }
        rows.push(("burndown", burndown));
        if let Some(price) = &way.price {
            let more = match price.dearer_than_global_per_mille {
                Some(more @ 1..) => format!(", {}.{} % more than by global", more / 10, more % 10),
                _ => String::new(),
            };
            let by = self.cite(&price.source);
            let (input, output) = (dollars(price.input), dollars(price.output));
            rows.push(("price", format!("{input} in, {output} out for a million tokens{more} {by}")));
        }
        let number = |number: Option<u64>| number.map_or_else(|| "not known".to_owned(), grouped);
        let by = model.limits_source.as_deref().map(|key| self.cite(key)).unwrap_or_default();
        let (window, longest) = (number(model.context_window), number(model.max_output_tokens));
        rows.push(("size", format!("context window {window}, longest answer {longest} tokens {by}")));
        let others: Vec<String> = report.alternatives.iter().map(|other| code(&other.model_id)).collect();
        if !others.is_empty() {
            rows.push(("also possible", others.join(", ")));
        }
        rows.into_iter().map(|(name, text)| format!("| {name} | {text} |")).collect::<Vec<_>>().join("\n")
    }

    fn quota_figures(&mut self, values: &Values<'_>) -> Result<String, Error> {
        let Values { options, way, model, .. } = values;
        let rate = model.rate(RatesPolicy::default(), self.catalog).rate;
        let (input, answer) = (options.input, options.max_tokens);
        let rule = values.rule(self.catalog);
        let (size, max_tokens) = (uncached(input), Tokens::new(answer));
        let charge = rule.charge(size, max_tokens).get();
        let mut out = format!(
            "| a request of {} tokens in and `max_tokens` {} | quota tokens |\n|---|---|\n\
             | reserved when it is admitted | {} |\n\
             | counted in the end, the answer {rate} times | {} |\n\
             | to plan with: the larger | {} |",
            grouped(input),
            grouped(answer),
            grouped(rule.reservation(size, max_tokens).get()),
            grouped(rule.settlement(size, max_tokens).get()),
            grouped(charge),
        );
        let (tpm, whose) = match (options.tpm, way.quota.tpm) {
            (Some(tpm), _) => (Some(tpm), "this account's"),
            (None, default) => (default, "the default"),
        };
        if let Some(tpm) = tpm {
            let carried = tpm.checked_div(charge).unwrap_or_default();
            let _ = write!(
                out,
                "\n| such requests a minute within {whose} {} | {} |",
                grouped(tpm),
                grouped(carried)
            );
        }
        let busiest = values.busiest(self.catalog)?;
        let _ = write!(
            out,
            "\n| for {} such requests a minute, {} in the busiest, ask for | {} |\n\n\
             The last is what `tokenleash plan` gives: random arrivals come three standard deviations thicker now and\n\
             then. With measured lengths of answers it needs less:\n\
             `tokenleash plan --model {} --input {} --output-p50 N --output-p95 N --per-minute {}`.",
            grouped(options.per_minute),
            grouped(busiest.peak_rpm),
            grouped(busiest.peak_tpm),
            way.model_id,
            options.input,
            options.per_minute,
        );
        Ok(out)
    }

    fn cache_rule(&mut self, model: &Model) -> Result<String, Error> {
        let Some(cache) = &model.prompt_cache else {
            return Ok("- **Prompt cache**: none is known for this model.".to_owned());
        };
        let by = self.cite(&cache.source);
        let free = capital(&self.fact("cache-reads")?);
        Ok(format!(
            "- **Prompt cache**: put what stays the same first (tools, then the system prompt), and a cache point after\n  \
             it, from {} tokens on; at most {} points, kept {}, in {} {by}. {free}.",
            grouped(cache.min_tokens),
            cache.max_checkpoints,
            cache.ttls.join(" or "),
            cache.fields.join(", "),
        ))
    }

    fn sources(&self) -> String {
        let row = |key: &String| {
            let source = self.source(key)?;
            let sure = format!("{:?}", source.sure).to_lowercase();
            Some(format!("| {key} | [{}]({}) | {} | {sure} |", source.title, source.url, source.date))
        };
        let mut cited = self.cited.clone();
        sorted::sort(&mut cited);
        cited.iter().filter_map(row).collect::<Vec<_>>().join("\n")
    }
}

impl Values<'_> {
    fn policy(&self, kind: PolicyKind) -> PolicyOptions {
        PolicyOptions {
            kind,
            models: vec![self.model.id.clone()],
            profile: self.way.profile.clone(),
            source_region: Some(self.way.quota.region.clone()),
            account: Some(self.options.account.clone()),
            residency: self.options.residency.clone(),
            ..PolicyOptions::default()
        }
    }

    fn rule(&self, catalog: &Catalog) -> QuotaRule {
        let rate = self.model.rate(RatesPolicy::default(), catalog).rate;
        QuotaRule { endpoint: Endpoint::Runtime, burndown_rate: rate, reserve_cache_reads: true }
    }

    fn charge(&self, input: u64, max_tokens: u64, catalog: &Catalog) -> Tokens {
        self.rule(catalog).charge(uncached(input), Tokens::new(max_tokens))
    }

    /// The busiest minute of the requests that are wanted, every answer as long as it may be.
    fn busiest(&self, catalog: &Catalog) -> Result<QuotaRequest, Error> {
        let load = Load {
            model: self.model.id.clone(),
            profile: self.way.profile.clone(),
            source_region: Some(self.way.quota.region.clone()),
            input: self.options.input,
            outputs: vec![self.options.max_tokens],
            max_tokens: Some(self.options.max_tokens),
            per_minute: Some(self.options.per_minute),
            ..Load::default()
        };
        plan(&load, catalog)?
            .quota_request
            .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "how many requests a minute are wanted?"))
    }

    /// The longest answer of which one request fits into the account's minute.
    fn max_tokens_rule(&self, catalog: &Catalog) -> String {
        let Some(tpm) = self.options.tpm.or(self.way.quota.tpm) else { return String::new() };
        let rate = self.rule(catalog).burndown_rate;
        let most = tpm.saturating_sub(self.options.input).checked_div(rate).unwrap_or_default();
        let most = self.model.max_output_tokens.map_or(most, |limit| most.min(limit));
        format!(
            "  With {} tokens of input, one request fits into {} tokens a minute up to `max_tokens` {}.",
            grouped(self.options.input),
            grouped(tpm),
            grouped(most)
        )
    }
}

/// A sentence's beginning with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

fn uncached(tokens: u64) -> InputTokens {
    InputTokens { uncached: Tokens::new(tokens), ..InputTokens::default() }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A Region with its city and country.
fn place(report: &RouteReport, id: &str) -> String {
    match report.regions.iter().find(|place| place.id == id) {
        Some(place) => format!("{} ({}, {})", id, place.city, place.country),
        None => id.to_owned(),
    }
}

fn destinations(report: &RouteReport, way: &Way) -> String {
    match &way.destination_regions {
        Some(regions) => regions.iter().map(|id| place(report, id)).collect::<Vec<_>>().join(", "),
        None => "any commercial Region of AWS".to_owned(),
    }
}

/// What sources disagree on, a line each.
fn disagreements(report: &RouteReport) -> String {
    let lines = report.notes.iter().filter(|note| note.code.ends_with("disputed"));
    lines.map(|note| format!("- {}", note.message)).collect::<Vec<_>>().join("\n")
}

/// What `get-inference-profile` must print.
fn expected(values: &Values<'_>) -> String {
    match &values.way.destination_regions {
        Some(regions) => format!("one ARN for each of {} and no other", regions.join(", ")),
        None => "the model's ARN without a Region, for a global profile".to_owned(),
    }
}

fn scp_commands(values: &Values<'_>, catalog: &Catalog) -> Result<String, Error> {
    let mut kinds = vec![
        (PolicyKind::ScpRegions, "regions", "Bedrock in the Regions of the route alone"),
        (PolicyKind::ScpRequireProfile, "by-profile", "No call of the model but by an inference profile"),
    ];
    if !values.way.anywhere {
        kinds.push((PolicyKind::ScpDenyGlobal, "no-global", "No global inference profile"));
    }
    let mut out = Vec::new();
    for (kind, name, says) in kinds {
        let document = policy(&values.policy(kind), catalog)?.to_json();
        out.push(format!(
            "cat > scp-{name}.json <<'JSON'\n{document}\nJSON\n\
             aws organizations attach-policy --target-id \"$ACCOUNT\" --policy-id \"$(aws organizations create-policy \\\n  \
             --type SERVICE_CONTROL_POLICY --name bedrock-{name} --description '{says}' \\\n  \
             --content file://scp-{name}.json --query Policy.PolicySummary.Id --output text)\""
        ));
    }
    Ok(out.join("\n"))
}

fn usage_alarm(values: &Values<'_>) -> String {
    let Some(tpm) = values.options.tpm.or(values.way.quota.tpm) else { return String::new() };
    let id = &values.way.model_id;
    let slug = id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    format!(
        "aws cloudwatch put-metric-alarm --alarm-name bedrock-{slug}-quota --namespace AWS/Bedrock \\\n  \
         --metric-name EstimatedTPMQuotaUsage --dimensions Name=ModelId,Value={id} \\\n  \
         --statistic Sum --period 60 --evaluation-periods 2 --threshold {} --comparison-operator GreaterThanThreshold \\\n  \
         --treat-missing-data notBreaching --alarm-actions \"$TOPIC\" --region {}",
        tpm.saturating_mul(ALARM_PER_CENT) / 100,
        values.way.quota.region
    )
}
