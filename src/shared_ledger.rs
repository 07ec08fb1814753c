//! One ledger for many processes, on a Redis or Valkey server.
//!
//! Every call is one atomic script (`shared_ledger.lua`) that does what [`Ledger`](crate::Ledger) with sliding
//! windows does, on the server's clock, so that processes need not agree on the time. All of a ledger
//! lives in three keys of one hash slot, which expire when nobody has asked for as long as anything in
//! them counts.
//!
//! What is promised: no call is counted in part, and however many processes reserve at once, what is
//! admitted never exceeds a limit. What a process reserved before it died stays counted where it was
//! admitted, as does a call whose answer was lost on the way; its ticket expires. After a restart of the
//! server everything is there that the server kept: with `appendonly yes` and `appendfsync always` all that
//! was answered, with `everysec` all but the last seconds, with neither nothing. What is lost, there or by
//! a failover to a replica that lagged behind, is admitted again within its minute. Tickets are never given
//! twice, whatever is lost.

use std::sync::OnceLock;

use redis::{ConnectionLike, RedisError, Script};

use crate::{
    Admission, Error, ErrorKind, InFlight, LedgerLimits, LimitName, Room, Settled, Ticket, Tokens,
    WindowShape,
};

/// A ledger that lives on a server; any number of processes use it by its name, with the same limits.
#[derive(Clone, Debug)]
pub struct SharedLedger {
    keys: [String; 3],
    limits: LedgerLimits,
    now_ms: Option<u64>,
}

/// Why a call on a shared ledger failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum SharedError {
    /// The server did not answer, or not as expected. The call may have been counted.
    Server(RedisError),
    /// The call itself is at fault.
    Ledger(Error),
}

impl From<RedisError> for SharedError {
    fn from(error: RedisError) -> Self {
        Self::Server(error)
    }
}

impl std::fmt::Display for SharedError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Server(error) => write!(out, "the server of the shared ledger: {error}"),
            Self::Ledger(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for SharedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Server(error) => Some(error),
            Self::Ledger(error) => Some(error),
        }
    }
}

impl SharedLedger {
    /// The ledger of a name, such as the model and its source Region. Nothing is asked of a server yet.
    ///
    /// Errors: limits out of range, or windows that do not slide: the others are kept in process only.
    pub fn new(name: &str, limits: LedgerLimits) -> Result<Self, Error> {
        limits.validate()?;
        if limits.window != WindowShape::Sliding {
            let message = "a shared ledger has sliding windows only";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let key = |part: &str| format!("tokenleash:{{{name}}}:{part}");
        Ok(Self { keys: [key("state"), key("tickets"), key("order")], limits, now_ms: None })
    }

    /// The same ledger at a time of the caller's instead of the server's, for tests and simulations.
    #[must_use]
    pub fn at(&self, now_ms: u64) -> Self {
        Self { now_ms: Some(now_ms), ..self.clone() }
    }

    /// As [`Ledger::reserve`](crate::Ledger::reserve).
    pub fn reserve(
        &self,
        server: &mut impl ConnectionLike,
        charge: Tokens,
    ) -> Result<Admission, SharedError> {
        let answer: Vec<redis::Value> = self.call(server, "reserve", [charge.min(Tokens::MAX).get(), 0])?;
        let number = |place: usize| -> Result<u64, SharedError> {
            Ok(redis::from_redis_value_ref(answer.get(place).unwrap_or(&redis::Value::Nil))
                .map_err(RedisError::from)?)
        };
        let kind: String = redis::from_redis_value_ref(answer.first().unwrap_or(&redis::Value::Nil))
            .map_err(RedisError::from)?;
        Ok(match kind.as_str() {
            "admit" => Admission::Admit { ticket: Ticket(number(1)?) },
            "wait" => Admission::Wait { until_ms: number(2)?, limit: limit(number(1)?) },
            _ => Admission::Never { limit: limit(number(1)?) },
        })
    }

    /// As [`Ledger::record`](crate::Ledger::record).
    pub fn record(&self, server: &mut impl ConnectionLike, charge: Tokens) -> Result<Ticket, SharedError> {
        let [ticket]: [u64; 1] = self.call(server, "record", [charge.min(Tokens::MAX).get(), 0])?;
        Ok(Ticket(ticket))
    }

    /// As [`Ledger::settle`](crate::Ledger::settle).
    pub fn settle(
        &self,
        server: &mut impl ConnectionLike,
        ticket: Ticket,
        settlement: Tokens,
    ) -> Result<Settled, SharedError> {
        self.close(server, "settle", ticket, settlement.min(Tokens::MAX).get())
    }

    /// As [`Ledger::release`](crate::Ledger::release).
    pub fn release(&self, server: &mut impl ConnectionLike, ticket: Ticket) -> Result<Settled, SharedError> {
        self.close(server, "release", ticket, 0)
    }

    /// As [`Ledger::headroom`](crate::Ledger::headroom).
    pub fn headroom(&self, server: &mut impl ConnectionLike) -> Result<Vec<Room>, SharedError> {
        let rooms: Vec<(u64, u64, u64)> = self.call(server, "headroom", [0, 0])?;
        let room = |(number, of, used): (u64, u64, u64)| Room {
            limit: limit(number),
            of,
            used,
            headroom: of.saturating_sub(used),
        };
        Ok(rooms.into_iter().map(room).collect())
    }

    /// As [`Ledger::in_flight`](crate::Ledger::in_flight), as of now.
    pub fn in_flight(&self, server: &mut impl ConnectionLike) -> Result<InFlight, SharedError> {
        let (requests, tokens) = self.call(server, "in_flight", [0, 0])?;
        Ok(InFlight { requests, tokens })
    }

    fn close(
        &self,
        server: &mut impl ConnectionLike,
        call: &str,
        ticket: Ticket,
        settlement: u64,
    ) -> Result<Settled, SharedError> {
        let answer: Vec<u64> = self.call(server, call, [ticket.0, settlement])?;
        match answer[..] {
            [admitted_ms, reserved, settled] => Ok(Settled { admitted_ms, reserved, settled }),
            _ => Err(SharedError::Ledger(ticket.not_open())),
        }
    }

    fn call<T: redis::FromRedisValue>(
        &self,
        server: &mut impl ConnectionLike,
        call: &str,
        own: [u64; 2],
    ) -> Result<T, SharedError> {
        let LedgerLimits { tpm, rpm, tpd, in_flight, ticket_ttl_ms, .. } = self.limits;
        let or_none = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let script = SCRIPT.get_or_init(|| Script::new(include_str!("shared_ledger.lua")));
        let mut invocation = script.prepare_invoke();
        invocation.key(&self.keys[..]).arg(call).arg(or_none(self.now_ms));
        invocation.arg([or_none(tpm), or_none(rpm), or_none(tpd)].as_slice());
        invocation.arg(&[in_flight, ticket_ttl_ms][..]).arg(&own[..]);
        Ok(invocation.invoke(server)?)
    }
}

/// Its digest is computed once.
static SCRIPT: OnceLock<Script> = OnceLock::new();

/// A limit by its number in the script.
const fn limit(number: u64) -> LimitName {
    match number {
        1 => LimitName::Tpm,
        2 => LimitName::Rpm,
        3 => LimitName::Tpd,
        _ => LimitName::InFlight,
    }
}
