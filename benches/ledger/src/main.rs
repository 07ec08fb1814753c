//! How many requests a second a ledger admits and settles in one thread, beside `governor`, which limits
//! rates with weights too but takes nothing back.

use std::{hint::black_box, num::NonZeroU32, time::Duration};

use governor::{Quota, RateLimiter, clock::FakeRelativeClock};
use tokenleash::{Admission, Ledger, LedgerLimits, Tokens, WindowShape};

/// Requests of one run; ten of them come each millisecond.
const REQUESTS: u64 = 2_000_000;
const TPM: u64 = 600_000_000;

/// Reserves and settles, with so many in flight; gives how many were admitted and what counts in the end.
fn ledger(limits: LedgerLimits, in_flight: usize) -> (u64, u64) {
    let mut ledger = Ledger::new(limits).expect("limits");
    let mut open = std::collections::VecDeque::with_capacity(in_flight + 1);
    let (mut admitted, mut now_ms) = (0, 0);
    for number in 0..REQUESTS {
        now_ms = number / 10;
        let charge = 500 + number % 1_000;
        if let Admission::Admit { ticket } = ledger.reserve(now_ms, Tokens::new(charge)) {
            admitted += 1;
            open.push_back((ticket, charge * 3 / 4));
            if in_flight <= open.len() {
                let (ticket, settlement) = open.pop_front().expect("one in flight");
                ledger.settle(now_ms, ticket, Tokens::new(settlement)).expect("an open ticket");
            }
        }
    }
    for (ticket, settlement) in open {
        ledger.settle(now_ms, ticket, Tokens::new(settlement)).expect("an open ticket");
    }
    (admitted, ledger.headroom(now_ms).first().map_or(0, |room| room.used))
}

/// The same requests through a rate limiter with weights and a clock that is told the time.
fn governor() -> u64 {
    let clock = FakeRelativeClock::default();
    let tpm = NonZeroU32::new(u32::try_from(TPM).expect("fits")).expect("not zero");
    let limiter = RateLimiter::direct_with_clock(Quota::per_minute(tpm), clock.clone());
    let mut admitted = 0;
    for number in 0..REQUESTS {
        if number % 10 == 0 && number != 0 {
            clock.advance(Duration::from_millis(1));
        }
        let charge = NonZeroU32::new(u32::try_from(500 + number % 1_000).expect("fits")).expect("not zero");
        admitted += u64::from(matches!(limiter.check_n(charge), Ok(Ok(()))));
    }
    admitted
}

/// The best of several runs, in nanoseconds for a request.
fn best(run: impl Fn()) -> f64 {
    let once = || {
        let begin = std::time::Instant::now();
        run();
        begin.elapsed().as_secs_f64() * 1e9 / REQUESTS as f64
    };
    (0..5).map(|_| once()).fold(f64::MAX, f64::min)
}

fn main() {
    let limits = |window| LedgerLimits {
        tpm: Some(TPM),
        rpm: Some(1_000_000),
        tpd: Some(TPM * 1_440),
        window,
        ..LedgerLimits::default()
    };
    // Answers first: 600,000 requests of 999.5 tokens come in a minute, so all are admitted. In the end three
    // quarters of what came in the last 241 slots of a quarter of a second, 2,500 requests each, count.
    let counted: u64 = (REQUESTS - 241 * 2_500..REQUESTS).map(|number| (500 + number % 1_000) * 3 / 4).sum();
    for window in [WindowShape::Sliding, WindowShape::FixedMinute, WindowShape::TokenBucket] {
        let (admitted, used) = ledger(limits(window), 100);
        assert_eq!(admitted, REQUESTS);
        assert!(window != WindowShape::Sliding || used == counted, "{used} {counted}");
    }
    assert_eq!(governor(), REQUESTS);

    println!("reserve and settle, one thread, {REQUESTS} requests, limits per minute and day");
    let peer = best(|| {
        black_box(governor());
    });
    println!("  {:<40} {peer:>7.1} ns  {:>5.1} million a second", "governor, check_n only", 1e3 / peer);
    for (name, limits, in_flight) in [
        ("sliding, 1 in flight", limits(WindowShape::Sliding), 1),
        ("sliding, 100 in flight", limits(WindowShape::Sliding), 100),
        ("sliding, 10,000 in flight", limits(WindowShape::Sliding), 10_000),
        (
            "sliding, tokens per minute only",
            LedgerLimits { rpm: None, tpd: None, ..limits(WindowShape::Sliding) },
            100,
        ),
        ("fixed minute, 100 in flight", limits(WindowShape::FixedMinute), 100),
        ("token bucket, 100 in flight", limits(WindowShape::TokenBucket), 100),
    ] {
        let own = best(|| {
            black_box(ledger(limits.clone(), in_flight));
        });
        println!(
            "  {name:<40} {own:>7.1} ns  {:>5.1} million a second  {:>5.2} x governor",
            1e3 / own,
            own / peer
        );
    }
}
