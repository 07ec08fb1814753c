//! What tools cost that the provider runs: measured, because no request says.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::{ErrorKind, json};

/// What one kind of tool costs, in tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ServerTool {
    /// The start of the name its provider gives it, which ends in a date.
    kind: String,
    /// Its definition as the only tool: up to Claude 4.6, and from 4.7 on.
    alone: [i64; 2],
    /// Its definition beside other tools.
    beside: [i64; 2],
    /// How often the whole prompt may be read in one request, once for each run of the tool.
    pub(crate) rounds: u64,
    /// How often it runs at most, where the request sets no limit.
    uses: u64,
    /// What one run may bring in.
    brings: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    tools: Vec<ServerTool>,
    #[expect(dead_code, reason = "what stands there is for people who read the data")]
    source: String,
}

/// Runs that a request may ask for and that are taken seriously.
const MOST_USES: u64 = 10;

impl ServerTool {
    /// The row whose kind is the longest start of this name; `None` for a tool nobody measured.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        static TOOLS: OnceLock<Vec<ServerTool>> = OnceLock::new();
        let tools = TOOLS.get_or_init(|| {
            let table = json::read::<Table>(include_str!("server_tools.json"), ErrorKind::InvalidCatalog);
            table.map(|table| table.tools).unwrap_or_default()
        });
        tools.iter().filter(|tool| name.starts_with(&tool.kind)).max_by_key(|tool| tool.kind.len())
    }

    /// Its definition.
    pub(crate) const fn definition(&self, beside_others: bool, from_4_7: bool) -> i64 {
        let [older, newer] = if beside_others { self.beside } else { self.alone };
        if from_4_7 { newer } else { older }
    }

    /// The most that its runs may bring in.
    pub(crate) fn brings_at_most(&self, max_uses: Option<u64>) -> u64 {
        self.brings.saturating_mul(max_uses.unwrap_or(self.uses).min(MOST_USES))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_start_of_a_name_decides() {
        for (name, alone, beside, brings) in [
            ("web_search_20250305", 2206, 1710, 140_000),
            ("code_execution_20250825", 1612, 1612, 0),
            ("code_execution_20260120", 4590, 1744, 500),
            ("computer_20250124", 1634, 1138, 0),
            ("computer_20251124", 1823, 1327, 0),
        ] {
            let tool = ServerTool::of(name).unwrap();
            assert_eq!(
                (tool.definition(false, false), tool.definition(true, false)),
                (alone, beside),
                "{name}"
            );
            assert_eq!(tool.brings_at_most(None), brings, "{name}");
        }
        assert!(ServerTool::of("something_new_20270101").is_none());
        assert_eq!(ServerTool::of("web_search_20250305").unwrap().brings_at_most(Some(5)), 100_000);
    }
}
