//! What a ledger holds requests to.

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Tokens};

/// The limits of a [`Ledger`](super::Ledger), and how they are measured over time. `None` is "no limit".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LedgerLimits {
    /// Quota tokens per minute. Of mantle's two quotas, the input or the output: each is a ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tpm: Option<u64>,
    /// Requests per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpm: Option<u64>,
    /// Quota tokens per day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tpd: Option<u64>,
    /// How a minute and a day are measured.
    pub window: WindowShape,
    /// The most requests at a time. It bounds the ledger's memory too: about 32 bytes for each.
    pub in_flight: u64,
    /// How long a ticket may stay open, in milliseconds. One that is not settled by then, because its
    /// process died, is closed; what it reserved stays counted where it was admitted.
    pub ticket_ttl_ms: u64,
}

impl Default for LedgerLimits {
    fn default() -> Self {
        Self {
            tpm: None,
            rpm: None,
            tpd: None,
            window: WindowShape::default(),
            in_flight: 100_000,
            ticket_ttl_ms: 3_600_000,
        }
    }
}

/// How a quota per minute or day is measured over time. AWS does not document which it is, so the
/// default is the strictest: what it admits, the others would admit too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowShape {
    /// The last 60 seconds (24 hours) at any moment.
    #[default]
    Sliding,
    /// The minute of the clock (the day in UTC): all is free again when a new one begins. Twice the
    /// quota can pass around its beginning.
    FixedMinute,
    /// A bucket of one minute's (day's) quota that refills evenly. Twice the quota can pass within a
    /// minute that begins with a full bucket.
    TokenBucket,
}

impl LedgerLimits {
    /// Refuses numbers that are no counts.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let bounded = [
            ("tpm", self.tpm),
            ("rpm", self.rpm),
            ("tpd", self.tpd),
            ("inFlight", Some(self.in_flight)),
            ("ticketTtlMs", Some(self.ticket_ttl_ms)),
        ];
        for (name, number) in bounded {
            if number.is_some_and(|number| Tokens::from_outside(number).is_none()) {
                let message = format!("{name} is larger than {}", Tokens::MAX);
                return Err(Error::new(ErrorKind::OutOfRange, message));
            }
        }
        if self.ticket_ttl_ms == 0 {
            return Err(Error::new(ErrorKind::OutOfRange, "ticketTtlMs must be at least 1"));
        }
        Ok(())
    }
}
