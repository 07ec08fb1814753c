//! A replay as JSON, and back.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::{
    Replay, ReplaySettings,
    tally::{Caller, CallerTally, Scope, ScopeTally},
};
use crate::{Catalog, Error, ErrorKind};

/// The version of a replay's JSON.
const VERSION: u32 = 1;

/// The written form of a replay.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State<'a> {
    version: u32,
    catalog_version: Cow<'a, str>,
    settings: ReplaySettings,
    calls: u64,
    metrics: u64,
    metric_throttles: BTreeMap<String, BTreeMap<i64, u64>>,
    foreign: u64,
    first: Option<i64>,
    last: Option<i64>,
    scopes: Vec<(Scope, ScopeTally)>,
    callers: Vec<(Caller, CallerTally)>,
}

impl<'a> Replay<'a> {
    /// The replay as JSON: the same for the same records, whatever the order they came in.
    pub fn to_json(&self) -> String {
        let (mut scopes, mut callers) = (self.scopes.clone(), self.callers.clone());
        scopes.sort_by(|(one, _), (other, _)| one.cmp(other));
        callers.sort_by(|(one, _), (other, _)| one.cmp(other));
        let state = State {
            version: VERSION,
            catalog_version: Cow::Borrowed(self.catalog.version()),
            settings: self.settings.clone(),
            calls: self.calls,
            metrics: self.metrics,
            metric_throttles: self.metric_throttles.clone(),
            foreign: self.foreign,
            first: self.first,
            last: self.last,
            scopes,
            callers,
        };
        serde_json::to_string(&state).unwrap_or_default()
    }

    /// A replay that [`Replay::to_json`] wrote, to go on with.
    ///
    /// Errors: no such JSON, or it was read with another catalog.
    pub fn from_json(text: &str, catalog: &'a Catalog) -> Result<Self, Error> {
        let wrong = |message: String| Error::new(ErrorKind::InvalidArgument, message);
        let state: State<'_> =
            serde_json::from_str(text).map_err(|fault| wrong(format!("this is no replay: {fault}")))?;
        if state.version != VERSION || state.catalog_version != catalog.version() {
            return Err(wrong(format!(
                "the replay is of version {} with the catalog of {}, and this is version {VERSION} with that of {}: read the log anew",
                state.version,
                state.catalog_version,
                catalog.version()
            )));
        }
        let replay = Self::new(state.settings, catalog)?;
        Ok(Self {
            calls: state.calls,
            metrics: state.metrics,
            metric_throttles: state.metric_throttles,
            foreign: state.foreign,
            first: state.first,
            last: state.last,
            scopes: state.scopes,
            callers: state.callers,
            ..replay
        })
    }
}
