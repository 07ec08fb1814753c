//! The shared ledger on a real server: the same answers as in process, many processes at once, a process
//! that is killed, a server that is killed.
//!
//! Starts a Redis or Valkey server of its own on a free port with a directory of its own, and ends it.
//! `TOKENLEASH_SHARED_RESERVATIONS=10000` makes each of the eight processes reserve so often; the
//! default is 1,000.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use redis::{Client, Connection};
use tokenleash::{
    Admission, ErrorKind, Ledger, LedgerLimits, LimitName, SharedError, SharedLedger, Ticket, Tokens,
    WindowShape,
};

const MINUTE_MS: u64 = 60_000;
const PROCESSES: u64 = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [call, rest @ ..] = &arguments[..]
        && call.starts_with("worker-")
    {
        worker(call, rest);
        return ExitCode::SUCCESS;
    }
    let server = Server::start();
    for (name, test) in [
        ("it answers as the ledger in process does", the_same_answers as fn(&Server)),
        ("what it cannot do is an error", faults),
        ("eight processes never admit more than the quota", eight_processes),
        ("a killed process loses nothing", a_killed_process),
    ] {
        let begin = Instant::now();
        test(&server);
        println!("ok  {name}  ({:.1} s)", begin.elapsed().as_secs_f64());
    }
    let begin = Instant::now();
    a_killed_server(server);
    println!("ok  a killed server loses nothing  ({:.1} s)", begin.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}

/// A server of our own.
struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    fn start() -> Self {
        let folder = env::temp_dir().join(format!("tokenleash-shared-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Self::run(port, &folder);
        let server = Self { child, port, folder };
        server.connect();
        server
    }

    fn run(port: u16, folder: &std::path::Path) -> Child {
        let started = ["redis-server", "valkey-server"].into_iter().find_map(|program| {
            let mut command = Command::new(program);
            command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]).arg(folder);
            command.args(["--save", "", "--appendonly", "yes", "--appendfsync", "always"]);
            command.stdout(Stdio::null()).spawn().ok()
        });
        started.expect("a redis-server or valkey-server: scripts/setup installs one")
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Waits for the server to be up.
    fn connect(&self) -> Connection {
        let client = Client::open(self.url()).unwrap();
        for _ in 0..500 {
            let ready = client.get_connection().ok().and_then(|mut connection| {
                redis::cmd("PING").query::<String>(&mut connection).is_ok().then_some(connection)
            });
            if let Some(connection) = ready {
                return connection;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the server does not answer");
    }

    /// Ends it as a crash does, and starts it again on what it kept.
    fn crash_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Self::run(self.port, &self.folder);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Reserve(u64),
    Record(u64),
    Settle(prop::sample::Index, u64),
    Release(prop::sample::Index),
}

/// Any sequence of calls has the same answers as on a ledger in process.
fn the_same_answers(server: &Server) {
    let connection = std::cell::RefCell::new(server.connect());
    let step = prop_oneof![
        6 => (0_u64..450).prop_map(Step::Reserve),
        1 => (0_u64..450).prop_map(Step::Record),
        4 => (any::<prop::sample::Index>(), 0_u64..700).prop_map(|(which, tokens)| Step::Settle(which, tokens)),
        1 => any::<prop::sample::Index>().prop_map(Step::Release),
    ];
    let pause = prop_oneof![
        6 => 0_i64..400,
        6 => 0_i64..20_000,
        1 => 0_i64..9_000_000,
        1 => 50_000_i64..70_000,
        1 => -100_000_i64..0
    ];
    let some = |range: std::ops::Range<u64>| prop::option::weighted(0.8, range);
    let limits = (some(1..1_000), some(1..12), some(1..8_000), 0_u64..8, 1_u64..200_000);
    let cases = 60;
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let number = std::cell::Cell::new(0);
    let ran = runner.run(
        &(limits, vec((pause, step), 1..60)),
        |((tpm, rpm, tpd, in_flight, ticket_ttl_ms), steps)| {
            let connection = &mut *connection.borrow_mut();
            number.set(number.get() + 1);
            let limits = LedgerLimits { tpm, rpm, tpd, in_flight, ticket_ttl_ms, ..LedgerLimits::default() };
            let shared = SharedLedger::new(&format!("same-{}", number.get()), limits.clone()).unwrap();
            let mut own = Ledger::new(limits).unwrap();
            let mut now = 1_700_000_000_000_u64;
            // The tickets of both: the shared ones tell the time as well.
            let mut tickets: Vec<(Ticket, Ticket)> = Vec::new();
            for (pause, step) in steps {
                now = now.saturating_add_signed(pause);
                let shared = shared.at(now);
                match step {
                    Step::Reserve(charge) => {
                        let charge = Tokens::new(charge);
                        match (own.reserve(now, charge), shared.reserve(connection, charge).unwrap()) {
                            (Admission::Admit { ticket }, Admission::Admit { ticket: other }) => {
                                prop_assert!(tickets.iter().all(|(_, earlier)| *earlier < other));
                                tickets.push((ticket, other));
                            }
                            (one, other) => prop_assert_eq!(one, other),
                        }
                    }
                    Step::Record(charge) => {
                        let ticket = own.record(now, Tokens::new(charge));
                        tickets.push((ticket, shared.record(connection, Tokens::new(charge)).unwrap()));
                    }
                    Step::Settle(which, tokens) if !tickets.is_empty() => {
                        let (ticket, other) = tickets[which.index(tickets.len())];
                        let one = own.settle(now, ticket, Tokens::new(tokens)).ok();
                        prop_assert_eq!(one, shared.settle(connection, other, Tokens::new(tokens)).ok());
                    }
                    Step::Release(which) if !tickets.is_empty() => {
                        let (ticket, other) = tickets[which.index(tickets.len())];
                        prop_assert_eq!(
                            own.release(now, ticket).ok(),
                            shared.release(connection, other).ok()
                        );
                    }
                    Step::Settle(..) | Step::Release(_) => {
                        let _ = own.release(now, Ticket(0));
                    }
                }
                prop_assert_eq!(own.headroom(now), shared.headroom(connection).unwrap());
                prop_assert_eq!(own.in_flight(), shared.in_flight(connection).unwrap());
            }
            Ok(())
        },
    );
    ran.unwrap();
}

fn faults(server: &Server) {
    for window in [WindowShape::FixedMinute, WindowShape::TokenBucket] {
        let limits = LedgerLimits { window, ..LedgerLimits::default() };
        assert_eq!(SharedLedger::new("faults", limits).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    let shared = SharedLedger::new("faults", LedgerLimits::default()).unwrap();
    let connection = &mut server.connect();
    match shared.settle(connection, Ticket(1), Tokens::ZERO) {
        Err(SharedError::Ledger(error)) => assert_eq!(error.kind(), ErrorKind::UnknownTicket),
        other => panic!("{other:?}"),
    }
    // What nobody asks about goes away.
    let brief = LedgerLimits { tpm: Some(5), ticket_ttl_ms: 1, ..LedgerLimits::default() };
    let brief = SharedLedger::new("brief", brief).unwrap();
    brief.reserve(connection, Tokens::new(5)).unwrap();
    for key in ["state", "tickets", "order"] {
        let left: i64 =
            redis::cmd("PTTL").arg(format!("tokenleash:{{brief}}:{key}")).query(connection).unwrap();
        assert!((1..=60_250).contains(&left), "{key}: {left}");
    }
    redis::cmd("SET").arg("tokenleash:{broken}:state").arg("no hash").exec(connection).unwrap();
    let broken = SharedLedger::new("broken", LedgerLimits::default()).unwrap();
    assert!(matches!(broken.reserve(connection, Tokens::new(1)), Err(SharedError::Server(_))));
}

const CONTENDED: LedgerLimits = LedgerLimits {
    tpm: Some(20_000),
    rpm: Some(300),
    tpd: None,
    window: WindowShape::Sliding,
    in_flight: 1_000,
    ticket_ttl_ms: 3_600_000,
};

/// Eight processes reserve and settle on one ledger, on clocks of their own that run 200 times too fast.
/// Afterwards every window of a minute, wherever it begins, holds at most the quota.
fn eight_processes(server: &Server) {
    let each = env::var("TOKENLEASH_SHARED_RESERVATIONS").unwrap_or_else(|_| "1000".to_owned());
    let begin = Instant::now();
    let clock = micros().to_string();
    let workers: Vec<Child> = (0..PROCESSES)
        .map(|seed| start("worker-contend", &[&server.url(), &each, &seed.to_string(), &clock]))
        .collect();
    // Admitted when, and settled at what.
    let mut admitted: Vec<(u64, u64)> = Vec::new();
    let mut calls = 0_u64;
    for mut worker in workers {
        let mut text = String::new();
        worker.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(worker.wait().unwrap().success());
        for line in text.lines() {
            let numbers: Vec<u64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
            match numbers[..] {
                [at_ms, settled] => admitted.push((at_ms, settled)),
                [made] => calls += made,
                _ => panic!("{line}"),
            }
        }
    }
    let took = begin.elapsed();
    let asked = PROCESSES * each.parse::<u64>().unwrap();
    admitted.sort_unstable();
    let (mut sum, mut count, mut most, mut most_requests) = (0, 0, 0, 0);
    let mut oldest = admitted.iter();
    for (at_ms, settled) in &admitted {
        sum += settled;
        count += 1;
        while let Some((old_ms, old)) =
            oldest.as_slice().first().filter(|(old_ms, _)| old_ms + MINUTE_MS <= *at_ms)
        {
            assert!(old_ms < at_ms);
            sum -= old;
            count -= 1;
            oldest.next();
        }
        (most, most_requests) = (most.max(sum), most_requests.max(count));
    }
    assert!(most <= 20_000 && most_requests <= 300, "{most} tokens, {most_requests} requests in a minute");
    // The quota was contended for, and used.
    assert!(admitted.len() as u64 + 100 < asked, "{} of {asked} admitted", admitted.len());
    assert!(10_000 < most, "only {most} of 20,000 were used");

    // The server's account is what the processes were told: nothing lost, nothing counted twice.
    let connection = &mut server.connect();
    let last = admitted.last().unwrap().0;
    let shared = SharedLedger::new("contended", CONTENDED).unwrap().at(last);
    assert_eq!(shared.in_flight(connection).unwrap().requests, 0);
    let rooms = shared.headroom(connection).unwrap();
    let clock: u64 =
        redis::cmd("HGET").arg("tokenleash:{contended}:state").arg("clock").query(connection).unwrap();
    let counted = admitted.iter().filter(|(at_ms, _)| clock / 250 - at_ms / 250 <= 240);
    let used: u64 = counted.clone().map(|(_, settled)| settled).sum();
    assert_eq!((rooms[0].used, rooms[1].used), (used, counted.count() as u64));
    println!(
        "    {asked} reservations by {PROCESSES} processes: {} admitted and settled, {calls} calls in {:.1} s, at most \
         {most} of 20,000 tokens and {most_requests} of 300 requests in any minute",
        admitted.len(),
        took.as_secs_f64()
    );
}

fn micros() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()
}

fn start(call: &str, arguments: &[&str]) -> Child {
    let program = env::current_exe().unwrap();
    Command::new(program)
        .arg(call)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn worker(call: &str, arguments: &[String]) {
    let mut connection = Client::open(arguments[0].as_str()).unwrap().get_connection().unwrap();
    let mut out = std::io::stdout().lock();
    match call {
        "worker-contend" => {
            let (each, mut random): (u64, u64) =
                (arguments[1].parse().unwrap(), arguments[2].parse().unwrap());
            let shared = SharedLedger::new("contended", CONTENDED).unwrap();
            let begin: u128 = arguments[3].parse().unwrap();
            // Two hundred milliseconds in one, from a common beginning.
            let fast = || 1_700_000_000_000 + u64::try_from((micros() - begin) / 5).unwrap();
            let mut next = |below: u64| {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % below
            };
            let mut calls = 0;
            for _ in 0..each {
                let charge = 20 + next(200);
                calls += 1;
                let admission = shared.at(fast()).reserve(&mut connection, Tokens::new(charge)).unwrap();
                if let Admission::Admit { ticket } = admission {
                    let settlement = Tokens::new(if next(3) == 0 { charge } else { next(charge) });
                    calls += 1;
                    let settled = shared.at(fast()).settle(&mut connection, ticket, settlement).unwrap();
                    writeln!(out, "{} {}", settled.admitted_ms, settled.settled).unwrap();
                }
            }
            writeln!(out, "{calls}").unwrap();
        }
        "worker-hang" => {
            let shared = SharedLedger::new(&arguments[1], HANGING).unwrap();
            for _ in 0..10 {
                shared.reserve(&mut connection, Tokens::new(50)).unwrap();
            }
            writeln!(out, "reserved").unwrap();
            out.flush().unwrap();
            // Until it is killed, or its parent is gone.
            let _ = std::io::stdin().read(&mut [0]);
        }
        other => panic!("{other}"),
    }
}

const HANGING: LedgerLimits = LedgerLimits {
    tpm: Some(1_000),
    rpm: None,
    tpd: None,
    window: WindowShape::Sliding,
    in_flight: 10,
    ticket_ttl_ms: 3_000,
};

/// What it reserved stays counted, its tickets expire, and others go on.
fn a_killed_process(server: &Server) {
    let connection = &mut server.connect();
    let mut worker = start("worker-hang", &[&server.url(), "killed"]);
    let mut line = String::new();
    BufReader::new(worker.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "reserved\n");
    worker.kill().unwrap();
    worker.wait().unwrap();
    let shared = SharedLedger::new("killed", HANGING).unwrap();
    assert_eq!(shared.in_flight(connection).unwrap().requests, 10);
    match shared.reserve(connection, Tokens::new(50)).unwrap() {
        Admission::Wait { limit, .. } => assert_eq!(limit, LimitName::InFlight),
        other => panic!("{other:?}"),
    }
    thread::sleep(Duration::from_millis(3_100));
    assert_eq!(shared.in_flight(connection).unwrap().requests, 0);
    assert_eq!(shared.headroom(connection).unwrap()[0].used, 500);
    assert!(matches!(shared.reserve(connection, Tokens::new(500)).unwrap(), Admission::Admit { .. }));
    assert!(matches!(shared.reserve(connection, Tokens::new(1)).unwrap(), Admission::Wait { .. }));
}

/// Everything that was answered is there when the server is back: amounts, tickets, and their numbers.
fn a_killed_server(mut server: Server) {
    let limits = LedgerLimits { tpm: Some(1_000), tpd: Some(5_000), ..LedgerLimits::default() };
    let shared = SharedLedger::new("restart", limits).unwrap();
    let connection = &mut server.connect();
    let mut tickets = Vec::new();
    for charge in [100, 200, 300] {
        match shared.reserve(connection, Tokens::new(charge)).unwrap() {
            Admission::Admit { ticket } => tickets.push(ticket),
            other => panic!("{other:?}"),
        }
    }
    shared.settle(connection, tickets[0], Tokens::new(150)).unwrap();
    let before = (shared.headroom(connection).unwrap(), shared.in_flight(connection).unwrap());
    server.crash_and_restart();
    assert!(matches!(shared.headroom(connection), Err(SharedError::Server(_))));
    let connection = &mut server.connect();
    assert_eq!((shared.headroom(connection).unwrap(), shared.in_flight(connection).unwrap()), before);
    assert_eq!(before.0[0].used, 650);
    assert!(shared.settle(connection, tickets[0], Tokens::ZERO).is_err());
    assert_eq!(shared.settle(connection, tickets[2], Tokens::ZERO).unwrap().reserved, 300);
    match shared.reserve(connection, Tokens::new(1)).unwrap() {
        Admission::Admit { ticket } => assert!(tickets.iter().all(|earlier| *earlier < ticket)),
        other => panic!("{other:?}"),
    }
    assert_eq!(shared.headroom(connection).unwrap()[0].used, 351);
}
