//! Quota over time, for JavaScript: times are milliseconds, as of `Date.now()`.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{read, to_js, whole::count, write};
use crate::{Ticket, Tokens};

/// The quota of one model by one way, over time.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Ledger(crate::Ledger);

#[wasm_bindgen]
impl Ledger {
    /// A ledger in which nothing is counted yet.
    #[wasm_bindgen(constructor)]
    pub fn new(limits: &JsValue) -> Result<Self, JsValue> {
        crate::Ledger::new(read(limits)?).map(Self).map_err(to_js)
    }

    /// A ledger from its JSON.
    #[wasm_bindgen(js_name = fromJSON)]
    pub fn from_json(state: &JsValue) -> Result<Self, JsValue> {
        crate::Ledger::from_json(&super::text_of(state)?).map(Self).map_err(to_js)
    }

    /// The whole ledger as a plain object.
    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> Result<JsValue, JsValue> {
        write(&self.0)
    }

    /// Admits a request if its charge fits every limit now.
    pub fn reserve(&mut self, now_ms: &JsValue, charge: &JsValue) -> Result<JsValue, JsValue> {
        write(&self.0.reserve(count(now_ms, "a time")?, tokens(charge)?))
    }

    /// Counts a request that was sent without asking; gives its ticket.
    pub fn record(&mut self, now_ms: &JsValue, charge: &JsValue) -> Result<JsValue, JsValue> {
        write(&self.0.record(count(now_ms, "a time")?, tokens(charge)?))
    }

    /// Closes a ticket with what its request counted finally.
    pub fn settle(
        &mut self,
        now_ms: &JsValue,
        ticket: &JsValue,
        settlement: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let settled =
            self.0.settle(count(now_ms, "a time")?, Ticket(count(ticket, "a ticket")?), tokens(settlement)?);
        write(&settled.map_err(to_js)?)
    }

    /// Closes the ticket of a request that was not sent.
    pub fn release(&mut self, now_ms: &JsValue, ticket: &JsValue) -> Result<JsValue, JsValue> {
        let released = self.0.release(count(now_ms, "a time")?, Ticket(count(ticket, "a ticket")?));
        write(&released.map_err(to_js)?)
    }

    /// What is left of each limit.
    pub fn headroom(&self, now_ms: &JsValue) -> Result<JsValue, JsValue> {
        write(&self.0.headroom(count(now_ms, "a time")?))
    }

    /// The requests whose tickets are open.
    #[wasm_bindgen(js_name = inFlight)]
    pub fn in_flight(&self) -> Result<JsValue, JsValue> {
        write(&self.0.in_flight())
    }
}

fn tokens(number: &JsValue) -> Result<Tokens, JsValue> {
    count(number, "a number of tokens").map(Tokens::new)
}
