//! A ledger as plain data, and back.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{LATEST_MS, Ledger, LedgerLimits, tickets::Open};
use crate::{Error, ErrorKind, LimitName, Tokens, json};

/// All that a ledger knows.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State {
    limits: LedgerLimits,
    clock_ms: u64,
    #[serde(default)]
    lead_ms: u64,
    next_ticket: u64,
    /// Ticket, time of admission, reserved tokens.
    open: Vec<(u64, u64, u64)>,
    /// What counts to each limit; see `Window::state`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tpm: Vec<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rpm: Vec<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tpd: Vec<(u64, u64)>,
}

impl Ledger {
    /// The whole ledger as JSON; [`Ledger::from_json`] goes on from it.
    pub fn to_json(&self) -> String {
        json::write::line(self)
    }

    /// A ledger from its JSON.
    ///
    /// Errors: it is no ledger's, or its parts contradict each other.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        json::read(text, ErrorKind::InvalidArgument)
            .map_err(|error| error.within(ErrorKind::InvalidArgument, "the ledger cannot be read"))
    }

    fn state(&self) -> State {
        let of = |wanted: LimitName| {
            let window = self.windows.iter().find(|(name, _)| *name == wanted);
            window.map(|(_, window)| window.state()).unwrap_or_default()
        };
        State {
            limits: self.limits.clone(),
            clock_ms: self.clock_ms,
            lead_ms: self.lead_ms,
            next_ticket: self.next_ticket,
            open: self.open.iter().map(|open| (open.id, open.at_ms, open.tokens)).collect(),
            tpm: of(LimitName::Tpm),
            rpm: of(LimitName::Rpm),
            tpd: of(LimitName::Tpd),
        }
    }

    fn restored(state: State) -> Result<Self, String> {
        if 2 * LATEST_MS < state.clock_ms.max(state.lead_ms)
            || Tokens::from_outside(state.next_ticket).is_none()
        {
            return Err("its clock or its tickets are out of range".to_owned());
        }
        let mut ledger = Self::at(state.limits, state.clock_ms).map_err(|error| error.to_string())?;
        ledger.lead_ms = state.lead_ms;
        ledger.next_ticket = state.next_ticket;
        let (mut last_id, mut last_ms) = (0, 0);
        for (id, at_ms, tokens) in state.open {
            let in_order =
                last_id < id && id < state.next_ticket && last_ms <= at_ms && at_ms <= state.clock_ms;
            if !in_order || Tokens::from_outside(tokens).is_none() {
                return Err(format!("its ticket {id} is out of order or range"));
            }
            (last_id, last_ms) = (id, at_ms);
            ledger.open.push(Open { id, at_ms, tokens });
        }
        let states = [(LimitName::Tpm, state.tpm), (LimitName::Rpm, state.rpm), (LimitName::Tpd, state.tpd)];
        for (name, counted) in states {
            let window = ledger.windows.iter_mut().find(|(own, _)| *own == name).map(|(_, window)| window);
            match window {
                Some(window) => {
                    let restored = window.clone().restored(&counted);
                    *window = restored.ok_or("what it counted is none of its windows and clock")?;
                }
                None if counted.is_empty() => {}
                None => return Err("it counted to a limit that it has not".to_owned()),
            }
        }
        Ok(ledger)
    }
}

impl Serialize for Ledger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.state().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ledger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::restored(State::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
