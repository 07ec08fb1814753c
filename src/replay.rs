//! What an account's quota went through, from Bedrock's own invocation logs.
//!
//! One request is a charge; an account lives in minutes. A [`Replay`] takes the lines of a log one
//! by one, in any order, and remembers sums: for each quota (account, source Region, model,
//! inference profile) what was reserved and what settled in every second with calls, for each
//! caller how long inputs and answers were. It remembers no record, so its size depends on the
//! seconds, quotas and callers of a log and not on its length. Partial replays of parts of a log
//! add up to that of the whole in any order, and one that was written as JSON can be read again
//! and go on.
//!
//! A call's reservation and settlement count to the second of its `timestamp`. A throttled call or
//! one that failed takes nothing. A call without `max_tokens` reserves its model's limit, as AWS
//! documents; one whose body is not in the record reserved at least its answer. What is not in the
//! log cannot be replayed: `bedrock-mantle` and calls from where logging is off.

mod advise;
mod chart;
mod find;
mod findings;
mod flow;
mod histogram;
mod html;
mod record;
mod settings;
mod span;
mod state;
mod tally;
mod terms;
mod text;
mod throttle;
mod timestamp;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use serde_json::value::RawValue;

pub use find::FindOptions;
pub use findings::*;
pub use settings::{ReplaySettings, WhatIf};

use crate::{Catalog, Error, ErrorKind, InputTokens, Tokens};
use record::{Call, Counts, Line, Metrics};
use tally::{Caller, CallerTally, Scope, ScopeTally, Volume};
use terms::{Asked, Terms};

/// A log as far as it was read.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    catalog: &'a Catalog,
    settings: ReplaySettings,
    /// The terms of the model that is asked for in `settings.what_if`.
    other_model: Option<Terms>,
    calls: u64,
    metrics: u64,
    /// Throttled calls that metric records tell of, by logged model id and minute.
    metric_throttles: BTreeMap<String, BTreeMap<i64, u64>>,
    foreign: u64,
    first: Option<i64>,
    last: Option<i64>,
    scopes: Vec<(Scope, ScopeTally)>,
    callers: Vec<(Caller, CallerTally)>,
    /// Places in `scopes` and terms by what identifies them in a record.
    ways: HashMap<String, Way>,
    callers_by_name: HashMap<String, usize>,
    key: String,
}

/// What a record's account, Region and model id lead to.
#[derive(Clone, Debug)]
struct Way {
    scope: usize,
    terms: Terms,
}

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A call of a model.
    Call,
    /// Metrics in the embedded metric format.
    Metrics,
    /// JSON, but nothing of Bedrock's.
    Foreign,
}

impl<'a> Replay<'a> {
    /// A replay of nothing yet.
    ///
    /// Errors: a number out of range, or a what-if model nobody knows.
    pub fn new(settings: ReplaySettings, catalog: &'a Catalog) -> Result<Self, Error> {
        settings.validate()?;
        let other_model = match &settings.what_if.model {
            None => None,
            Some(spelling) => {
                catalog.resolve(spelling)?;
                Some(Terms::of(spelling, &settings, catalog))
            }
        };
        Ok(Self {
            catalog,
            settings,
            other_model,
            calls: 0,
            metrics: 0,
            metric_throttles: BTreeMap::new(),
            foreign: 0,
            first: None,
            last: None,
            scopes: Vec::new(),
            callers: Vec::new(),
            ways: HashMap::new(),
            callers_by_name: HashMap::new(),
            key: String::new(),
        })
    }

    /// Takes a line of a log, without its end.
    ///
    /// Errors: the line cannot be read; it changes nothing then.
    pub fn take(&mut self, line: &[u8]) -> Result<LineKind, Error> {
        match record::read(without_prefix(line))? {
            Line::Call(call) => {
                self.call(&call);
                Ok(LineKind::Call)
            }
            Line::Metrics(metrics) => {
                self.metrics(&metrics);
                Ok(LineKind::Metrics)
            }
            Line::Foreign => {
                self.foreign += 1;
                Ok(LineKind::Foreign)
            }
        }
    }

    fn call(&mut self, call: &Call<'_>) {
        self.calls += 1;
        self.first = Some(self.first.map_or(call.at.0, |first| first.min(call.at.0)));
        self.last = Some(self.last.map_or(call.at.0, |last| last.max(call.at.0)));
        self.way(&call.account, &call.region, &call.model_id);
        let caller = call.error_code.is_none().then(|| self.caller(call));
        let Some(way) = self.ways.get(&self.key) else { return };
        let Some((_, tally)) = self.scopes.get_mut(way.scope) else { return };
        if let Some(code) = &call.error_code {
            if is_throttled(code) {
                *tally.throttled.entry(call.at.minute()).or_default() += 1;
            } else {
                tally.failed += 1;
            }
            return;
        }
        let asked = asked(call);
        let taken = way.terms.charge(asked);
        tally.add(asked, taken, way.terms.is_long(asked.input));
        tally.uncounted += u64::from(call.counts.input.is_none() || call.counts.output.is_none());
        tally.untimed += u64::from(call.latency_ms.is_none());
        let latency_ms = call.latency_ms.unwrap_or_else(|| usual_latency_ms(asked.output));
        tally.flow.add(call.at, taken, latency_ms);
        let what_if = &self.settings.what_if;
        if what_if.is_any() {
            let terms = self.other_model.as_ref().unwrap_or(&way.terms);
            let instead = terms.ask_if(asked, &self.settings);
            tally.what_if.add(call.at, terms.charge(instead), latency_ms);
            tally.what_if_volumes.add(Volume::of(instead), terms.is_long(instead.input));
            tally.prefixed +=
                u64::from(what_if.cache_prefix.is_some_and(|prefix| prefix <= asked.input.uncached.get()));
            tally.would_be_cut += u64::from(what_if.max_tokens.is_some_and(|cap| cap < asked.output.get()));
        }
        let ran_in = call.inference_region.as_ref().unwrap_or(&call.region);
        match tally.ran_in.get_mut(ran_in.as_ref()) {
            Some(count) => *count += 1,
            None => {
                tally.ran_in.insert(ran_in.to_string(), 1);
            }
        }
        if let Some((_, tally)) = caller.and_then(|caller| self.callers.get_mut(caller)) {
            tally.add(asked, taken);
        }
    }

    /// Metrics tell of throttled calls, which the log may lack. The tokens they sum up are those of
    /// calls that the log has.
    fn metrics(&mut self, metrics: &Metrics<'_>) {
        self.metrics += 1;
        if metrics.throttles != 0 {
            let minutes = self.metric_throttles.entry(metrics.model_id.to_string()).or_default();
            *minutes.entry(metrics.at.minute()).or_default() += metrics.throttles;
        }
    }

    /// Sees to it that `ways` holds the way under `key`.
    fn way(&mut self, account: &str, region: &str, model_id: &str) {
        self.key.clear();
        for part in [account, "\n", region, "\n", model_id] {
            self.key.push_str(part);
        }
        if self.ways.contains_key(&self.key) {
            return;
        }
        let terms = Terms::of(model_id, &self.settings, self.catalog);
        let scope = self.scope(Scope {
            account: account.to_owned(),
            region: region.to_owned(),
            model: terms.model.clone(),
            profile: terms.profile.clone(),
        });
        self.ways.insert(self.key.clone(), Way { scope, terms });
    }

    fn scope(&mut self, scope: Scope) -> usize {
        // There are few, and each is looked for once.
        self.scopes.iter().position(|(known, _)| *known == scope).unwrap_or_else(|| {
            self.scopes.push((scope, ScopeTally::default()));
            self.scopes.len() - 1
        })
    }

    /// The place of a call's caller; `key` holds the call's way.
    fn caller(&mut self, call: &Call<'_>) -> usize {
        let name = self.settings.caller_key.as_deref().map_or_else(
            || Cow::Borrowed(principal(&call.arn)),
            |key| metadata(call.metadata, key).map_or(Cow::Borrowed(""), Cow::Owned),
        );
        let way = self.key.len();
        self.key.push('\n');
        self.key.push_str(&name);
        let found = self.callers_by_name.get(&self.key).copied();
        let place = found.unwrap_or_else(|| {
            let ways = self.key.get(..way).and_then(|key| self.ways.get(key));
            let model = ways.map_or_else(String::new, |way| way.terms.model.clone());
            let caller = Caller { name: name.into_owned(), model };
            let known = self.callers.iter().position(|(known, _)| *known == caller);
            let place = known.unwrap_or_else(|| {
                self.callers.push((caller, CallerTally::default()));
                self.callers.len() - 1
            });
            self.callers_by_name.insert(self.key.clone(), place);
            place
        });
        self.key.truncate(way);
        place
    }

    /// Adds another part of the log.
    ///
    /// Errors: it was read with other settings or another catalog.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.settings != other.settings || self.catalog.version() != other.catalog.version() {
            let message = "the replays were read with different settings or catalogs and do not add up";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        self.calls += other.calls;
        self.metrics += other.metrics;
        for (model_id, minutes) in &other.metric_throttles {
            tally::add_all(self.metric_throttles.entry(model_id.clone()).or_default(), minutes);
        }
        self.foreign += other.foreign;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
        for (scope, tally) in &other.scopes {
            let place = self.scope(scope.clone());
            if let Some((_, own)) = self.scopes.get_mut(place) {
                own.merge(tally);
            }
        }
        let mut places: HashMap<Caller, usize> =
            self.callers.iter().enumerate().map(|(place, (caller, _))| (caller.clone(), place)).collect();
        for (caller, tally) in &other.callers {
            let next = self.callers.len();
            let place = *places.entry(caller.clone()).or_insert(next);
            if place == next {
                self.callers.push((caller.clone(), CallerTally::default()));
            }
            if let Some((_, own)) = self.callers.get_mut(place) {
                own.merge(tally);
            }
        }
        Ok(())
    }

    /// The catalog it is charged by.
    pub const fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// How the log was charged.
    pub const fn settings(&self) -> &ReplaySettings {
        &self.settings
    }

    /// How many calls were read, refused ones included.
    pub const fn calls(&self) -> u64 {
        self.calls
    }
}

/// A line without the moment that exports from `CloudWatch` put before it.
fn without_prefix(line: &[u8]) -> &[u8] {
    match line.iter().take(40).position(|byte| *byte == b'{') {
        Some(start) if line.first().is_some_and(u8::is_ascii_digit) => line.get(start..).unwrap_or(line),
        _ => line,
    }
}

fn asked(call: &Call<'_>) -> Asked {
    let tokens = |count: Option<u64>| Tokens::new(count.unwrap_or(0));
    let Counts { input, cache_read, cache_write, output } = call.counts;
    Asked {
        input: InputTokens {
            uncached: tokens(input),
            cache_read: tokens(cache_read),
            cache_write: tokens(cache_write),
        },
        output: tokens(output),
        max_tokens: call.max_tokens,
    }
}

/// How long a call is taken to last whose record does not say: a second, and 20 ms for each token.
fn usual_latency_ms(output: Tokens) -> u64 {
    1_000 + output.times(20).get()
}

fn is_throttled(code: &str) -> bool {
    code.contains("Throttl") || code.contains("TooManyRequests")
}

/// The role or user of an ARN, without the session: `role/SupportChat`.
fn principal(arn: &str) -> &str {
    let resource = arn.rsplit(':').next().unwrap_or(arn);
    match resource.strip_prefix("assumed-") {
        Some(role) => role.rsplit_once('/').map_or(role, |(role, _)| role),
        None => resource,
    }
}

/// A value of a call's own metadata.
fn metadata(raw: Option<&RawValue>, key: &str) -> Option<String> {
    let pairs: BTreeMap<Cow<'_, str>, serde_json::Value> = serde_json::from_str(raw?.get()).ok()?;
    match pairs.get(key)? {
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
