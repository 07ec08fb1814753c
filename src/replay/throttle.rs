//! What a limiter would have refused: the log once more, through a [`Ledger`].

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{findings::WouldThrottle, flow::Flow, timestamp::Moment};
use crate::{Admission, Ledger, LedgerLimits, Tokens};

/// What a quota of `tpm` would have refused, calls being as large and as long as the mean of their
/// second, spread over it evenly, and nobody trying again.
pub(super) fn would_throttle(flow: &Flow, tpm: u64) -> WouldThrottle {
    let limits = LedgerLimits { tpm: Some(tpm), in_flight: u64::from(u32::MAX), ..LedgerLimits::default() };
    let Ok(mut ledger) = Ledger::new(limits) else { return WouldThrottle::default() };
    let mut found = WouldThrottle::default();
    let mut running = BinaryHeap::new();
    let mut last_minute = None;
    let start = flow.seconds().next().map_or(0, |(at, _)| at);
    for (at, second) in flow.seconds() {
        let calls = u64::from(second.calls);
        let begin_ms = u64::try_from(at - start).unwrap_or(0).saturating_mul(1_000);
        let last_ms = u64::from(second.tenths) * 100 / calls.max(1);
        for call in 0..calls {
            let now_ms = begin_ms + call * 1_000 / calls;
            while let Some(Reverse((end_ms, ticket, settlement))) = running.peek().copied()
                && end_ms <= now_ms
            {
                running.pop();
                // A ticket is open until it is settled here.
                let _ = ledger.settle(end_ms, ticket, Tokens::new(settlement));
            }
            // The first calls of a second take what does not divide evenly.
            let share = |whole: u64| whole / calls + u64::from(call < whole % calls);
            match ledger.reserve(now_ms, Tokens::new(share(second.reservation))) {
                Admission::Admit { ticket } => {
                    running.push(Reverse((now_ms + last_ms, ticket, share(second.settlement))));
                    continue;
                }
                Admission::Wait { .. } => {}
                Admission::Never { .. } => found.never += 1,
            }
            found.calls += 1;
            let minute = Moment(at).minute();
            found.minutes += u64::from(last_minute != Some(minute));
            last_minute = Some(minute);
            found.first.get_or_insert_with(|| Moment(at).to_string());
        }
    }
    found
}
