//! The ledger: rows of figures, and its laws against a recomputation from its whole history.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use tokenleash::{
    AccountLedger, Admission, Catalog, Endpoint, ErrorKind, InFlight, InputTokens, Ledger, LedgerLimits,
    LimitName, ProfileKind, QuotaRule, Scope, Ticket, Tokens, WindowShape,
};

const SHAPES: [WindowShape; 3] = [WindowShape::Sliding, WindowShape::FixedMinute, WindowShape::TokenBucket];

const MINUTE: u64 = 60_000;
const DAY: u64 = 86_400_000;

fn ledger(limits: LedgerLimits) -> Ledger {
    Ledger::new(limits).unwrap()
}

fn admitted(admission: Admission) -> Ticket {
    let Admission::Admit { ticket } = admission else { panic!("{admission:?}") };
    ticket
}

/// The headroom of a limit.
fn left(ledger: &Ledger, now_ms: u64, limit: LimitName) -> u64 {
    ledger.headroom(now_ms).into_iter().find(|room| room.limit == limit).unwrap().headroom
}

/// Reservations and settlements of requests at a burndown rate of 5, as AWS's worked examples print them
/// (user guide, quotas-token-burndown, texts of October 2025 and September 2026), and those that follow
/// from its rule for an unset, a usual and an exhausted `max_tokens` and for a large cached prefix.
#[test]
fn published_figures_pass_through_a_ledger() {
    // uncached, cache read, cache write, max_tokens, output; reserve cache reads; reserved, settled
    for ([uncached, read, write, max, output], reads, [reserved, settled]) in [
        ([1_000, 0, 0, 100, 100], true, [1_100, 1_500]),
        ([3_000, 4_000, 1_000, 32_000, 1_000], false, [36_000, 9_000]),
        ([3_000, 4_000, 1_000, 32_000, 1_000], true, [40_000, 9_000]),
        ([3_000, 4_000, 1_000, 1_250, 1_000], false, [5_250, 9_000]),
        ([3_000, 4_000, 1_000, 1_250, 1_000], true, [9_250, 9_000]),
        ([1_000, 0, 0, 64_000, 100], true, [65_000, 1_500]),
        ([1_000, 0, 0, 4_096, 1_000], true, [5_096, 6_000]),
        ([1_000, 0, 0, 4_096, 4_096], true, [5_096, 21_480]),
        ([2_000, 50_000, 0, 8_192, 1_500], true, [60_192, 9_500]),
    ] {
        let rule = QuotaRule { endpoint: Endpoint::Runtime, burndown_rate: 5, reserve_cache_reads: reads };
        let input = InputTokens {
            uncached: Tokens::new(uncached),
            cache_read: Tokens::new(read),
            cache_write: Tokens::new(write),
        };
        for window in SHAPES {
            let tpm = 100_000;
            let limits = LedgerLimits { tpm: Some(tpm), tpd: Some(DAY), window, ..LedgerLimits::default() };
            let mut ledger = ledger(limits);
            let ticket = admitted(ledger.reserve(MINUTE, rule.reservation(input, Tokens::new(max))));
            for (limit, of) in [(LimitName::Tpm, tpm), (LimitName::Tpd, DAY)] {
                assert_eq!(left(&ledger, MINUTE, limit), of - reserved, "{window:?}");
            }
            let told = ledger.settle(MINUTE, ticket, rule.settlement(input, Tokens::new(output))).unwrap();
            assert_eq!((told.admitted_ms, told.reserved, told.settled), (MINUTE, reserved, settled));
            for (limit, of) in [(LimitName::Tpm, tpm), (LimitName::Tpd, DAY)] {
                assert_eq!(left(&ledger, MINUTE, limit), of - settled, "{window:?}");
            }
        }
    }
}

/// When a request that does not fit may go: limits, then what is reserved when, then the wait.
#[test]
fn waits_end_when_there_is_room() {
    use LimitName::{InFlight, Rpm, Tpd, Tpm};
    use WindowShape::{FixedMinute, Sliding, TokenBucket};
    let wait = |until_ms, limit| Admission::Wait { until_ms, limit };
    let limits = |window| LedgerLimits { tpm: Some(6_000), window, ..LedgerLimits::default() };
    let never = |limit| Admission::Never { limit };
    for (limits, before, (now_ms, charge), expected) in [
        // The slot of 250 ms that holds the first request is a minute old at 60,250.
        (limits(Sliding), &[(0, 5_000)][..], (10, 1_001), wait(60_250, Tpm)),
        (limits(Sliding), &[(249, 5_000)], (250, 1_001), wait(60_250, Tpm)),
        (limits(Sliding), &[(100_000, 2_000), (130_000, 4_000)], (131_000, 2_000), wait(160_250, Tpm)),
        (limits(Sliding), &[(100_000, 2_000), (130_000, 4_000)], (131_000, 2_001), wait(190_250, Tpm)),
        (limits(FixedMinute), &[(59_999, 6_000)], (59_999, 1), wait(60_000, Tpm)),
        (limits(FixedMinute), &[(60_000, 6_000)], (60_001, 6_000), wait(120_000, Tpm)),
        // 6,000 a minute flow back at one every 10 ms.
        (limits(TokenBucket), &[(0, 6_000)], (0, 1), wait(10, Tpm)),
        (limits(TokenBucket), &[(0, 6_000)], (5, 100), wait(1_000, Tpm)),
        (limits(TokenBucket), &[(0, 6_000)], (5, 6_000), wait(60_000, Tpm)),
        (limits(Sliding), &[], (0, 6_001), never(Tpm)),
        (LedgerLimits { rpm: Some(0), ..limits(Sliding) }, &[], (0, 1), never(Rpm)),
        (LedgerLimits { tpd: Some(500), ..limits(Sliding) }, &[], (0, 501), never(Tpd)),
        (LedgerLimits { in_flight: 0, ..limits(Sliding) }, &[], (0, 1), never(InFlight)),
        (
            LedgerLimits { rpm: Some(2), ..limits(Sliding) },
            &[(0, 1), (900, 1)],
            (1_000, 1),
            wait(60_250, Rpm),
        ),
        (
            LedgerLimits { tpd: Some(6_500), ..limits(FixedMinute) },
            &[(0, 6_000)],
            (DAY - 1, 501),
            wait(DAY, Tpd),
        ),
        (
            LedgerLimits { tpd: Some(6_500), ..limits(Sliding) },
            &[(0, 6_000)],
            (DAY, 501),
            wait(DAY + 360_000, Tpd),
        ),
        (
            LedgerLimits { in_flight: 1, ticket_ttl_ms: 90_000, ..limits(Sliding) },
            &[(7, 1)],
            (8, 1),
            wait(90_007, InFlight),
        ),
    ] {
        let mut ledger = ledger(limits);
        for (at_ms, charge) in before {
            admitted(ledger.reserve(*at_ms, Tokens::new(*charge)));
        }
        assert_eq!(ledger.reserve(now_ms, Tokens::new(charge)), expected, "{:?}", ledger.limits());
    }
}

#[test]
fn a_ticket_is_closed_once_and_expires() {
    let limits =
        LedgerLimits { tpm: Some(100), rpm: Some(9), ticket_ttl_ms: 1_000, ..LedgerLimits::default() };
    let mut ledger = ledger(limits);
    let unknown = |result: Result<_, tokenleash::Error>| {
        assert_eq!(result.map(|_: tokenleash::Settled| ()).unwrap_err().kind(), ErrorKind::UnknownTicket);
    };
    let first = admitted(ledger.reserve(0, Tokens::new(40)));
    let second = admitted(ledger.reserve(500, Tokens::new(50)));
    assert_eq!((ledger.in_flight().requests, ledger.in_flight().tokens), (2, 90));
    ledger.release(600, second).unwrap();
    unknown(ledger.settle(600, second, Tokens::ZERO));
    assert_eq!((left(&ledger, 600, LimitName::Tpm), left(&ledger, 600, LimitName::Rpm)), (60, 8));
    assert_eq!(ledger.in_flight().requests, 1);
    // What an expired ticket reserved stays counted: nobody knows what became of its request.
    unknown(ledger.settle(1_000, first, Tokens::ZERO));
    assert_eq!((ledger.in_flight().requests, left(&ledger, 1_000, LimitName::Tpm)), (0, 60));
    unknown(ledger.release(1_000, Ticket(77)));
    assert_eq!(left(&ledger, 60_250, LimitName::Tpm), 100);
}

#[test]
fn what_was_sent_without_asking_counts() {
    let limits = LedgerLimits { tpm: Some(100), in_flight: 2, ..LedgerLimits::default() };
    let mut ledger = ledger(limits);
    let first = ledger.record(0, Tokens::new(90));
    ledger.record(0, Tokens::new(90));
    assert_eq!(left(&ledger, 0, LimitName::Tpm), 0);
    assert_eq!(ledger.headroom(0)[0].used, 180);
    ledger.record(0, Tokens::new(1));
    assert_eq!((ledger.in_flight().requests, ledger.in_flight().tokens), (2, 91));
    assert!(ledger.settle(0, first, Tokens::ZERO).is_err());
}

/// A clock that jitters stands still; one that was an hour ahead and is put right does not stop the ledger.
#[test]
fn a_clock_may_go_back() {
    let limits = LedgerLimits { tpm: Some(100), ..LedgerLimits::default() };
    let mut ledger = ledger(limits);
    let hour = 60 * MINUTE;
    admitted(ledger.reserve(2 * hour, Tokens::new(60)));
    assert_eq!(
        ledger.reserve(2 * hour - 50_000, Tokens::new(60)),
        Admission::Wait { until_ms: 2 * hour + 60_250, limit: LimitName::Tpm }
    );
    let put_right = Admission::Wait { until_ms: hour + 60_250, limit: LimitName::Tpm };
    assert_eq!(ledger.reserve(hour, Tokens::new(60)), put_right);
    assert_eq!(left(&ledger, hour + 60_249, LimitName::Tpm), 40);
    admitted(ledger.reserve(hour + 60_250, Tokens::new(60)));
    admitted(ledger.reserve(u64::MAX, Tokens::new(100)));
    assert!(matches!(ledger.reserve(0, Tokens::new(100)), Admission::Wait { until_ms: 60_250, .. }));
}

#[test]
fn a_state_that_contradicts_itself_is_refused() {
    let good = r#"{"limits":{"tpm":100,"window":"sliding","inFlight":5,"ticketTtlMs":1000},"clockMs":70100,"leadMs":0,"nextTicket":3,"open":[[2,70000,7]],"tpm":[[69500,3],[70000,7]]}"#;
    assert_eq!(Ledger::from_json(good).unwrap().to_json(), good);
    for (from, to) in [
        ("\"clockMs\":70100", "\"clockMs\":-1"),
        ("\"clockMs\":70100", "\"clockMs\":18000000000000000000"),
        ("\"nextTicket\":3", "\"nextTicket\":2"),
        ("\"nextTicket\":3", "\"nextTicket\":9007199254740993"),
        ("[[2,70000,7]]", "[[2,70101,7]]"),
        ("[[2,70000,7]]", "[[2,70000,7],[1,70000,7]]"),
        ("[[2,70000,7]]", "[[2,70000,7000000000000]]"),
        ("[69500,3]", "[69501,3]"),
        ("[69500,3]", "[9750,3]"),
        ("[69500,3]", "[70000,3]"),
        ("[69500,3]", "[69500,18446744073709551615]"),
        ("\"tpm\":100,", ""),
        ("\"ticketTtlMs\":1000", "\"ticketTtlMs\":0"),
        ("sliding", "leaping"),
        ("\"open\"", "\"opened\""),
        ("\"tpm\":[", "\"tpm\":[[0,"),
    ] {
        assert!(good.contains(from));
        let error = Ledger::from_json(&good.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{to}");
    }
    for (shape, tpm, wrong) in
        [("fixed-minute", "[[60000,7]]", "[[59999,1]]"), ("token-bucket", "[[3,59999]]", "[[3,60000]]")]
    {
        let other = good.replace("sliding", shape).replace("[[69500,3],[70000,7]]", tpm);
        assert_eq!(Ledger::from_json(&other).unwrap().to_json(), other);
        for wrong in [wrong, "[[60000,7],[60000,7]]"] {
            assert!(Ledger::from_json(&other.replace(tpm, wrong)).is_err(), "{shape} {wrong}");
        }
    }
}

/// The calls and answers that wasm and the package are held to as well.
#[test]
fn calls_and_answers_of_the_fixture() {
    let cases: Value = serde_json::from_str(include_str!("../fixtures/ledger.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let mut ledger = ledger(serde_json::from_value(case["limits"].clone()).unwrap());
        for call in case["calls"].as_array().unwrap() {
            let Some(numbers) =
                call[1].as_array().unwrap().iter().map(Value::as_u64).collect::<Option<Vec<_>>>()
            else {
                continue; // Only JavaScript can say it.
            };
            let answer = match (call[0].as_str().unwrap(), &numbers[..]) {
                ("reserve", [now, charge]) => Ok(json!(ledger.reserve(*now, Tokens::new(*charge)))),
                ("record", [now, charge]) => Ok(json!(ledger.record(*now, Tokens::new(*charge)))),
                ("settle", [now, ticket, tokens]) => {
                    ledger.settle(*now, Ticket(*ticket), Tokens::new(*tokens)).map(|settled| json!(settled))
                }
                ("release", [now, ticket]) => {
                    ledger.release(*now, Ticket(*ticket)).map(|settled| json!(settled))
                }
                ("headroom", [now]) => Ok(json!(ledger.headroom(*now))),
                ("inFlight", []) => Ok(json!(ledger.in_flight())),
                ("toJSON", []) => Ok(json!(ledger)),
                other => panic!("{other:?}"),
            };
            assert_eq!(
                answer.unwrap_or_else(|error| json!({"error": error.kind().code()})),
                call[2],
                "{call}"
            );
        }
    }
}

/// What happened to one request.
#[derive(Clone, Debug)]
struct Past {
    at_ms: u64,
    reserved: u64,
    /// When it was closed, and with what; `None` tokens where it was released.
    closed: Option<(u64, Option<u64>)>,
}

/// A ledger that remembers everything and computes what counts from its whole history, each time anew.
struct Oracle {
    limits: LedgerLimits,
    history: Vec<Past>,
}

impl Oracle {
    /// Every amount with its sign and the moment it was counted at, in the order of the calls.
    fn counted(&self, limit: LimitName, upto_ms: u64) -> Vec<(u64, u64)> {
        let mut amounts = Vec::new();
        for past in &self.history {
            let (mut here, mut later) = (past.reserved, None);
            match past.closed {
                Some((_, None)) => here = 0,
                Some((at_ms, Some(settled))) => {
                    here = past.reserved.min(settled);
                    later = Some((at_ms, settled.saturating_sub(past.reserved)));
                }
                None => {}
            }
            if limit == LimitName::Rpm {
                here = u64::from(!matches!(past.closed, Some((_, None))));
                later = None;
            }
            amounts.push((past.at_ms, here));
            amounts.extend(later);
        }
        amounts.retain(|(at_ms, _)| *at_ms <= upto_ms);
        amounts
    }

    /// What counts at a moment.
    fn used(&self, limit: LimitName, now_ms: u64) -> u64 {
        let period = if limit == LimitName::Tpd { DAY } else { MINUTE };
        match self.limits.window {
            WindowShape::Sliding => {
                let slot = |ms: u64| ms / (period / 240);
                let amounts = self.counted(limit, now_ms).into_iter();
                amounts.filter(|(at, _)| slot(now_ms) - slot(*at) <= 240).map(|(_, amount)| amount).sum()
            }
            WindowShape::FixedMinute => {
                let amounts = self.counted(limit, now_ms).into_iter();
                amounts.filter(|(at, _)| at / period == now_ms / period).map(|(_, amount)| amount).sum()
            }
            WindowShape::TokenBucket => self.bucket(limit, period, now_ms),
        }
    }

    /// A bucket is followed through time, in exact fractions of a token.
    fn bucket(&self, limit: LimitName, period: u64, now_ms: u64) -> u64 {
        let rpm = limit == LimitName::Rpm;
        let weight = |tokens: u64| if rpm { 1 } else { i128::from(tokens) };
        let mut flows: Vec<(u64, usize, i128)> = Vec::new();
        for (order, past) in self.history.iter().enumerate() {
            flows.push((past.at_ms, order, weight(past.reserved)));
            match past.closed {
                Some((at, None)) => flows.push((at, order, -weight(past.reserved))),
                Some((at, Some(settled))) if !rpm => {
                    flows.push((at, order, i128::from(settled) - i128::from(past.reserved)));
                }
                _ => {}
            }
        }
        // Whatever happens in one millisecond is told apart by the test.
        flows.sort_by_key(|(at, order, _)| (*at, *order));
        let of = i128::from(self.of(limit).unwrap());
        let (mut missing, mut last) = (0_i128, 0);
        for (at, _, amount) in flows {
            missing = (missing - i128::from(at - last) * of).max(0);
            missing = (missing + amount * i128::from(period)).max(0);
            last = at;
        }
        missing = (missing - i128::from(now_ms - last) * of).max(0);
        u64::try_from((missing + i128::from(period) - 1) / i128::from(period)).unwrap()
    }

    fn of(&self, limit: LimitName) -> Option<u64> {
        match limit {
            LimitName::Tpm => self.limits.tpm,
            LimitName::Rpm => self.limits.rpm,
            _ => self.limits.tpd,
        }
    }

    fn in_flight(&self, now_ms: u64) -> Vec<usize> {
        let open = |past: &Past| past.closed.is_none() && now_ms < past.at_ms + self.limits.ticket_ttl_ms;
        (0..self.history.len()).filter(|place| open(&self.history[*place])).collect()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Reserve(u64),
    Settle(prop::sample::Index, u64),
    Release(prop::sample::Index),
    Store,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0_u64..450).prop_map(Step::Reserve),
        4 => (any::<prop::sample::Index>(), 0_u64..700).prop_map(|(which, tokens)| Step::Settle(which, tokens)),
        1 => any::<prop::sample::Index>().prop_map(Step::Release),
        1 => Just(Step::Store),
    ]
}

/// Mostly short pauses, at times hours; never none, so that events have an order.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 1_u64..400, 6 => 1_u64..20_000, 1 => 1_u64..9_000_000, 1 => 50_000_u64..70_000]
}

fn limits() -> impl Strategy<Value = LedgerLimits> {
    let some = |range: std::ops::Range<u64>| prop::option::weighted(0.8, range);
    let shape = prop::sample::select(&SHAPES[..]);
    (some(1..1_000), some(1..12), some(1..8_000), shape, 1_u64..8, 1_u64..200_000).prop_map(
        |(tpm, rpm, tpd, window, in_flight, ticket_ttl_ms)| LedgerLimits {
            tpm,
            rpm,
            tpd,
            window,
            in_flight,
            ticket_ttl_ms,
        },
    )
}

/// Admission, in the oracle's words.
fn expected(oracle: &Oracle, now_ms: u64, charge: u64) -> Option<()> {
    let names = [LimitName::Tpm, LimitName::Rpm, LimitName::Tpd];
    let fits = |limit: LimitName| {
        let amount = if limit == LimitName::Rpm { 1 } else { charge };
        oracle.of(limit).is_none_or(|of| oracle.used(limit, now_ms) + amount <= of)
    };
    let free = (oracle.in_flight(now_ms).len() as u64) < oracle.limits.in_flight;
    (names.into_iter().all(fits) && free).then_some(())
}

proptest! {
    #![proptest_config(super::laws::cases(3_000))]

    /// Whatever happens, a ledger says what follows from its history: what is used, who is in flight, who
    /// is admitted, and when the next one is. Its state, stored and read again, is the same ledger.
    #[test]
    fn a_ledger_is_what_follows_from_its_history(
        limits in limits(),
        begin in 0_u64..2_000_000_000_000,
        steps in vec((pause(), step()), 1..80),
    ) {
        let mut ledger = ledger(limits.clone());
        let mut oracle = Oracle { limits: limits.clone(), history: Vec::new() };
        let mut tickets: Vec<Ticket> = Vec::new();
        let mut now = begin;
        for (pause, step) in steps {
            now += pause;
            match step {
                Step::Reserve(charge) => {
                    let admission = ledger.reserve(now, Tokens::new(charge));
                    prop_assert_eq!(
                        matches!(admission, Admission::Admit { .. }),
                        expected(&oracle, now, charge).is_some(),
                        "{:?}", admission
                    );
                    match admission {
                        Admission::Admit { ticket } => {
                            tickets.push(ticket);
                            oracle.history.push(Past { at_ms: now, reserved: charge, closed: None });
                        }
                        Admission::Wait { until_ms, .. } => {
                            prop_assert!(now < until_ms);
                            // Exactly then, and not a millisecond sooner.
                            prop_assert!(expected(&oracle, until_ms, charge).is_some());
                            prop_assert!(expected(&oracle, until_ms - 1, charge).is_none());
                            admitted(ledger.clone().reserve(until_ms, Tokens::new(charge)));
                        }
                        Admission::Never { limit } => {
                            prop_assert!(oracle.of(limit).unwrap() < charge);
                        }
                    }
                }
                Step::Settle(which, tokens) if !tickets.is_empty() => {
                    let place = which.index(tickets.len());
                    let open = oracle.in_flight(now).contains(&place);
                    let told = ledger.settle(now, tickets[place], Tokens::new(tokens));
                    prop_assert_eq!(told.is_ok(), open);
                    if open {
                        oracle.history[place].closed = Some((now, Some(tokens)));
                    }
                }
                Step::Release(which) if !tickets.is_empty() => {
                    let place = which.index(tickets.len());
                    let open = oracle.in_flight(now).contains(&place);
                    prop_assert_eq!(ledger.release(now, tickets[place]).is_ok(), open);
                    if open {
                        oracle.history[place].closed = Some((now, None));
                    }
                }
                Step::Settle(..) | Step::Release(_) => {}
                Step::Store => {
                    let text = ledger.to_json();
                    let again = Ledger::from_json(&text).unwrap();
                    prop_assert_eq!(&again, &ledger);
                    prop_assert_eq!(again.to_json(), text);
                    ledger = again;
                }
            }
            // A ticket nobody has tells the time and nothing else.
            let mut told = ledger.clone();
            prop_assert!(told.release(now, Ticket(0)).is_err());
            let open = oracle.in_flight(now);
            let reserved: u64 = open.iter().map(|place| oracle.history[*place].reserved).sum();
            prop_assert_eq!(told.in_flight(), InFlight { requests: open.len() as u64, tokens: reserved });
            for room in ledger.headroom(now) {
                let used = oracle.used(room.limit, now);
                prop_assert_eq!((room.of, room.used), (oracle.of(room.limit).unwrap(), used));
                prop_assert_eq!(room.headroom, room.of.saturating_sub(used));
            }
        }
    }

    /// No exact window of 60 seconds, wherever it begins, ever holds more than the quota, nor does a
    /// clock's minute; and a bucket lets through no more than it holds and what flows in meanwhile. Time
    /// may stand still or go back.
    #[test]
    fn no_window_ever_holds_more_than_the_quota(
        tpm in 1_u64..1_000,
        shape in prop::sample::select(&SHAPES[..]),
        steps in vec((-40_000_i64..20_000, 0_u64..400, 0_u64..=100), 1..120),
    ) {
        let mut ledger = ledger(LedgerLimits { tpm: Some(tpm), window: shape, ..LedgerLimits::default() });
        let mut now = 1_000_000_u64;
        let mut latest = 0_u64;
        // Admitted when, and what it holds in the end: never more than it reserved.
        let mut admitted: Vec<(u64, u64)> = Vec::new();
        for (pause, charge, percent) in steps {
            now = now.saturating_add_signed(pause).max(latest.saturating_sub(MINUTE));
            latest = latest.max(now);
            if let Admission::Admit { ticket } = ledger.reserve(now, Tokens::new(charge)) {
                admitted.push((latest, charge));
                if percent < 50 {
                    ledger.settle(now, ticket, Tokens::new(charge * percent / 100)).unwrap();
                    admitted.last_mut().unwrap().1 = charge * percent / 100;
                }
            }
            prop_assert!(ledger.headroom(now)[0].used <= tpm);
        }
        for (place, (end, _)) in admitted.iter().enumerate() {
            for (begin, _) in &admitted[..=place] {
                let within: u64 = admitted[..=place].iter().filter(|(at, _)| begin <= at).map(|(_, sum)| sum).sum();
                let length = end - begin;
                // What slides is held to all three: it is the strictest.
                let sliding = shape == WindowShape::Sliding;
                if sliding && length < MINUTE {
                    prop_assert!(within <= tpm);
                }
                if (sliding || shape == WindowShape::FixedMinute) && begin / MINUTE == end / MINUTE {
                    prop_assert!(within <= tpm);
                }
                if sliding || shape == WindowShape::TokenBucket {
                    prop_assert!(within * MINUTE <= tpm * (MINUTE + length));
                }
            }
        }
    }

    /// Any text is a ledger or an error, and a ledger that was read works.
    #[test]
    fn any_state_is_read_without_a_panic(
        numbers in vec(prop::sample::select(&[0_u64, 1, 2, 250, 60_000, 70_000, 1 << 53, u64::MAX][..]), 12),
        shape in prop::sample::select(&["sliding", "fixed-minute", "token-bucket"][..]),
    ) {
        let [tpm, in_flight, ttl, clock, lead, next, id, at, tokens, start, sum, now] = numbers[..] else {
            unreachable!()
        };
        let text = format!(
            r#"{{"limits":{{"tpm":{tpm},"window":"{shape}","inFlight":{in_flight},"ticketTtlMs":{ttl}}},"clockMs":{clock},
            "leadMs":{lead},"nextTicket":{next},"open":[[{id},{at},{tokens}]],"tpm":[[{start},{sum}]]}}"#
        );
        if let Ok(mut ledger) = Ledger::from_json(&text) {
            prop_assert_eq!(&Ledger::from_json(&ledger.to_json()).unwrap(), &ledger);
            ledger.reserve(now, Tokens::new(tokens));
            let ticket = ledger.record(now, Tokens::new(sum));
            let _ = ledger.settle(at, ticket, Tokens::new(next));
            let _ = ledger.release(lead, Ticket(id));
            prop_assert!(ledger.headroom(now).iter().all(|room| room.headroom <= room.of));
        }
    }
}

/// The quotas of an account: each scope its own, and a day that all models of a Region share.
#[test]
fn an_account_has_a_quota_for_each_scope() {
    let scope = |model: &str, region| Scope::find(model, region, Endpoint::Runtime, Catalog::builtin());
    let auckland = scope("au.anthropic.claude-opus-4-6-v1", Some("ap-southeast-6")).unwrap();
    assert_eq!(
        (auckland.model.as_str(), auckland.profile),
        ("anthropic.claude-opus-4-6-v1", ProfileKind::Geographic)
    );
    let sydney = scope("au.anthropic.claude-opus-4-6-v1", Some("ap-southeast-2")).unwrap();
    let global = scope("global.anthropic.claude-opus-4-6-v1", Some("ap-southeast-6")).unwrap();
    let haiku = scope("au.anthropic.claude-haiku-4-5-20251001-v1:0", Some("ap-southeast-6")).unwrap();
    assert_eq!(scope("claude-opus-4-6", None).unwrap_err().kind(), ErrorKind::InvalidArgument);

    let mut account = AccountLedger::default();
    for scope in [&auckland, &sydney, &global, &haiku] {
        account.set(scope.clone(), LedgerLimits { tpm: Some(1_000), ..LedgerLimits::default() }).unwrap();
    }
    account.set_cross_model_tpd("ap-southeast-6", 2_500, WindowShape::Sliding).unwrap();
    let mut reserve = |now, scope: &Scope, tokens| account.reserve(now, scope, Tokens::new(tokens)).unwrap();
    let taken = |admission| match admission {
        Admission::Admit { ticket } => ticket,
        other => panic!("{other:?}"),
    };
    // A full minute in one scope leaves the others theirs.
    let first = taken(reserve(0, &auckland, 1_000));
    let by_minute = Admission::Wait { until_ms: 60_250, limit: LimitName::Tpm };
    assert_eq!(reserve(0, &auckland, 1), by_minute);
    taken(reserve(0, &sydney, 1_000));
    taken(reserve(0, &global, 1_000));
    // The day of the Region has 500 left for any model; its oldest slot is a day old six minutes late.
    let by_day = Admission::Wait { until_ms: DAY + 360_000, limit: LimitName::CrossModelTpd };
    assert_eq!(reserve(0, &haiku, 501), by_day);
    assert_eq!(reserve(0, &haiku, 1_001), Admission::Never { limit: LimitName::Tpm });
    assert_eq!(reserve(0, &global, 501), by_day);
    taken(reserve(0, &haiku, 500));
    // What was refused counts nowhere, and what is given back is there for other models.
    let left = account.cross_model_headroom(0, "ap-southeast-6").unwrap();
    assert_eq!((left.limit, left.used, left.headroom), (LimitName::CrossModelTpd, 2_500, 0));
    assert_eq!(account.ledger(&haiku).unwrap().headroom(0)[0].used, 500);
    account.settle(0, first, Tokens::new(600)).unwrap();
    assert_eq!(account.settle(0, first, Tokens::ZERO).unwrap_err().kind(), ErrorKind::UnknownTicket);
    assert_eq!(account.cross_model_headroom(0, "ap-southeast-6").unwrap().headroom, 400);
    let last = taken(account.reserve(0, &haiku, Tokens::new(400)).unwrap());
    account.release(0, last).unwrap();
    let again: AccountLedger = serde_json::from_str(&serde_json::to_string(&account).unwrap()).unwrap();
    assert_eq!(again, account);
    // A quota that AWS raised begins anew, and knows no tickets of the old one.
    account.set(haiku.clone(), LedgerLimits::default()).unwrap();
    let new = taken(account.reserve(0, &haiku, Tokens::new(1)).unwrap());
    assert_ne!(new, last);
    assert!(account.settle(0, last, Tokens::ZERO).is_err());
    let mantle = Scope { endpoint: Endpoint::Mantle, ..haiku };
    assert_eq!(account.reserve(0, &mantle, Tokens::new(1)).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert!(account.ledger(&mantle).is_none() && account.cross_model_headroom(0, "ap-southeast-2").is_none());
}
