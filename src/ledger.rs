//! Quota over time: what an account has left this minute and this day, and when a request may go.
//!
//! A request is *reserved* when it is admitted: its reservation counts to the tokens of the minute and
//! of the day, and it counts as one request. It is *settled* when it is done. A settlement below the
//! reservation gives the rest back at the moment of admission, where it was taken. One above it (output
//! burns at 5, 10 or 15) counts its excess at the moment of settlement, when it was known. A request
//! that lasts longer than a minute holds nothing beyond its minute but its place in
//! [`Ledger::in_flight`]; AWS does not document otherwise.
//!
//! Time is an argument, in milliseconds of any clock that begins at or before the first call. A clock
//! that goes back by up to a minute is taken to stand still; one that goes back further was put right,
//! and the ledger goes on from where it was. So nothing is counted for a shorter time than its window,
//! and headroom is never negative.
//!
//! Memory is bounded whatever the rate: a sliding window keeps sums of 241 slots instead of requests and
//! errs on the safe side by at most one slot (`ledger/window.rs`), and tickets are at most
//! [`LedgerLimits::in_flight`].

mod account;
mod limits;
mod state;
mod tickets;
mod window;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, LimitName, Tokens};

pub use account::{AccountLedger, AccountTicket, ProfileKind, Scope};
pub use limits::{LedgerLimits, WindowShape};

use tickets::{Open, Tickets};
use window::Window;

pub(crate) const MINUTE_MS: u64 = 60_000;
pub(crate) const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// The latest time there is, as in JavaScript's dates: September of the year 275760.
const LATEST_MS: u64 = 8_640_000_000_000_000;

/// The quota of one model by one way, over time.
///
/// ```
/// use tokenleash::{Admission, Ledger, LedgerLimits, Tokens};
///
/// let mut ledger = Ledger::new(LedgerLimits { tpm: Some(6_000), ..LedgerLimits::default() })?;
/// let Admission::Admit { ticket } = ledger.reserve(0, Tokens::new(5_096)) else { unreachable!() };
/// // Nothing more fits before the first request's quarter of a second is a minute old.
/// let wait = Admission::Wait { until_ms: 60_250, limit: tokenleash::LimitName::Tpm };
/// assert_eq!(ledger.reserve(2_000, Tokens::new(5_096)), wait);
/// // 1,000 in and 200 out on a model that burns at 5.
/// ledger.settle(3_000, ticket, Tokens::new(2_000))?;
/// assert_eq!(ledger.headroom(3_000)[0].headroom, 4_000);
/// # Ok::<(), tokenleash::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    limits: LedgerLimits,
    /// The latest time it knows.
    clock_ms: u64,
    /// How far that is ahead of the caller's clock, which was put back so much.
    lead_ms: u64,
    next_ticket: u64,
    open: Tickets,
    windows: Vec<(LimitName, Window)>,
}

/// The right to send one request, until it is settled, released or expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticket(pub u64);

/// Whether a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Admission<T = Ticket> {
    /// It may; the ticket settles it.
    Admit {
        /// The ticket.
        ticket: T,
    },
    /// Not now.
    Wait {
        /// When it would be admitted if nothing else happened until then, by the caller's clock.
        until_ms: u64,
        /// The limit that keeps it waiting longest.
        limit: LimitName,
    },
    /// It is larger than a whole limit.
    Never {
        /// That limit.
        limit: LimitName,
    },
}

/// What closing a ticket did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    /// When the request was admitted, by the ledger's clock.
    pub admitted_ms: u64,
    /// What it had reserved.
    pub reserved: u64,
    /// What it counts finally.
    pub settled: u64,
}

/// What is left of one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// Which limit.
    pub limit: LimitName,
    /// The limit, in tokens or requests.
    pub of: u64,
    /// What counts now; more than the limit where settlements exceeded their reservations.
    pub used: u64,
    /// What is left.
    pub headroom: u64,
}

/// The requests whose tickets are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InFlight {
    /// How many.
    pub requests: u64,
    /// What they reserved, together.
    pub tokens: u64,
}

impl Ledger {
    /// A ledger in which nothing is counted yet.
    ///
    /// Errors: a limit above [`Tokens::MAX`], or tickets that live no time.
    pub fn new(limits: LedgerLimits) -> Result<Self, Error> {
        Self::at(limits, 0)
    }

    fn at(limits: LedgerLimits, clock_ms: u64) -> Result<Self, Error> {
        limits.validate()?;
        let rows = [
            (LimitName::Tpm, limits.tpm, MINUTE_MS),
            (LimitName::Rpm, limits.rpm, MINUTE_MS),
            (LimitName::Tpd, limits.tpd, DAY_MS),
        ];
        let window = |(name, of, period_ms): (LimitName, Option<u64>, u64)| {
            Some((name, Window::new(of?, period_ms, limits.window, clock_ms)))
        };
        let windows = rows.into_iter().filter_map(window).collect();
        Ok(Self { limits, clock_ms, lead_ms: 0, next_ticket: 1, open: Tickets::default(), windows })
    }

    /// What it holds requests to.
    pub const fn limits(&self) -> &LedgerLimits {
        &self.limits
    }

    /// Admits a request if its charge fits every limit now, and counts it then. The charge is its
    /// reservation, or, for who wants no settlement ever to exceed a limit, the larger of that and its
    /// settlement (`charge` of a report's `quota`).
    pub fn reserve(&mut self, now_ms: u64, charge: Tokens) -> Admission {
        self.tick(now_ms);
        self.refusal(charge).unwrap_or_else(|| Admission::Admit { ticket: self.admit(charge) })
    }

    /// Counts a request that was sent without asking, whether it fits or not. Where as many are in flight
    /// as may be, the oldest ticket is closed as if it had expired.
    pub fn record(&mut self, now_ms: u64, charge: Tokens) -> Ticket {
        self.tick(now_ms);
        if self.is_full() {
            self.open.close_first();
        }
        self.admit(charge)
    }

    /// Closes a ticket with what its request counted finally. What it reserved more is given back
    /// where it was taken; what it exceeds that by counts now.
    ///
    /// Errors: the ticket is not open.
    pub fn settle(&mut self, now_ms: u64, ticket: Ticket, settlement: Tokens) -> Result<Settled, Error> {
        let Open { at_ms, tokens, .. } = self.close(now_ms, ticket)?;
        let settled = quota_tokens(settlement);
        for (name, window) in &mut self.windows {
            if *name == LimitName::Rpm {
                continue;
            }
            if settled < tokens {
                window.give_back(at_ms, tokens - settled);
            } else {
                window.take(settled - tokens);
            }
        }
        Ok(Settled { admitted_ms: at_ms, reserved: tokens, settled })
    }

    /// Closes the ticket of a request that was not sent: as if it had never been admitted.
    ///
    /// Errors: the ticket is not open.
    pub fn release(&mut self, now_ms: u64, ticket: Ticket) -> Result<Settled, Error> {
        let Open { at_ms, tokens, .. } = self.close(now_ms, ticket)?;
        for (name, window) in &mut self.windows {
            window.give_back(at_ms, amount(*name, tokens));
        }
        Ok(Settled { admitted_ms: at_ms, reserved: tokens, settled: 0 })
    }

    /// What is left of each limit.
    pub fn headroom(&self, now_ms: u64) -> Vec<Room> {
        let (now_ms, _) = self.time(now_ms);
        let rooms = self.windows.iter().map(|(limit, window)| {
            let mut window = window.clone();
            window.advance(now_ms);
            (*limit, window.of, window.used())
        });
        rooms.map(|(limit, of, used)| Room { limit, of, used, headroom: of.saturating_sub(used) }).collect()
    }

    /// The requests whose tickets are open, as of the latest time that the ledger was told.
    pub fn in_flight(&self) -> InFlight {
        InFlight { requests: self.open.len() as u64, tokens: self.open.tokens() }
    }

    /// The ledger's time for the caller's, and how far it is ahead then.
    fn time(&self, now_ms: u64) -> (u64, u64) {
        let now_ms = now_ms.min(LATEST_MS).saturating_add(self.lead_ms);
        let back_ms = self.clock_ms.saturating_sub(now_ms);
        let lead_ms = if MINUTE_MS < back_ms { self.lead_ms.saturating_add(back_ms) } else { self.lead_ms };
        (now_ms.max(self.clock_ms), lead_ms)
    }

    fn tick(&mut self, now_ms: u64) {
        (self.clock_ms, self.lead_ms) = self.time(now_ms);
        for (_, window) in &mut self.windows {
            window.advance(self.clock_ms);
        }
        if let Some(at_ms) = self.clock_ms.checked_sub(self.limits.ticket_ttl_ms) {
            self.open.expire(at_ms);
        }
    }

    /// Why a request is not admitted now, if it is not.
    fn refusal<T>(&self, charge: Tokens) -> Option<Admission<T>> {
        let tokens = quota_tokens(charge);
        let too_large = self.windows.iter().find(|(name, window)| window.of < amount(*name, tokens));
        if let Some((limit, _)) = too_large {
            return Some(Admission::Never { limit: *limit });
        }
        if self.limits.in_flight == 0 {
            return Some(Admission::Never { limit: LimitName::InFlight });
        }
        let (until_ms, limit) = self.wait(tokens)?;
        Some(Admission::Wait { until_ms: until_ms.saturating_sub(self.lead_ms), limit })
    }

    /// Until when a request must wait, and for what.
    fn wait(&self, tokens: u64) -> Option<(u64, LimitName)> {
        let first = self.open.first().filter(|_| self.is_full());
        let a_ticket_expires =
            first.map(|first| (first.at_ms.saturating_add(self.limits.ticket_ttl_ms), LimitName::InFlight));
        let there_is_room = self
            .windows
            .iter()
            .map(|(name, window)| (window.room_at(self.clock_ms, amount(*name, tokens)), *name));
        let longest = there_is_room.chain(a_ticket_expires).max_by_key(|(until_ms, _)| *until_ms);
        longest.filter(|(until_ms, _)| self.clock_ms < *until_ms)
    }

    fn is_full(&self) -> bool {
        self.limits.in_flight <= self.open.len() as u64
    }

    fn admit(&mut self, charge: Tokens) -> Ticket {
        let tokens = quota_tokens(charge);
        for (name, window) in &mut self.windows {
            window.take(amount(*name, tokens));
        }
        let id = self.next_ticket;
        self.next_ticket += 1;
        self.open.push(Open { id, at_ms: self.clock_ms, tokens });
        Ticket(id)
    }

    fn close(&mut self, now_ms: u64, ticket: Ticket) -> Result<Open, Error> {
        self.tick(now_ms);
        self.open.close(ticket.0).ok_or_else(|| ticket.not_open())
    }
}

impl Ticket {
    pub(crate) fn not_open(self) -> Error {
        let message = format!("ticket {} is not open: it was settled or released, or it expired", self.0);
        Error::new(ErrorKind::UnknownTicket, message)
    }
}

/// A count from outside.
fn quota_tokens(tokens: Tokens) -> u64 {
    tokens.min(Tokens::MAX).get()
}

/// What a request of so many tokens takes of a limit.
fn amount(name: LimitName, tokens: u64) -> u64 {
    if name == LimitName::Rpm { 1 } else { tokens }
}
