//! Speed of counting beside other tokenizers, in one run on one machine: the ratios are what counts.
//!
//!     tokenleash-bench            everything
//!     tokenleash-bench --test     answers only, no timing
//!     tokenleash-bench --write D  the corpora into the folder D, and the counts in counts.json
//!
//! Before anything is timed, our counts must be those of `benches/corpus/counts.json`, which
//! `benches/corpus/check.py` holds against the package `ctok`; the peers' must be each other's.

mod corpora;
mod edits;

use std::{
    hint::black_box,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
    time::{Duration, Instant},
};

use corpora::{Corpus, Kind};
use tokenleash::{Catalog, count_tokens};

const V3: &str = "claude-opus-4-6";
const V47: &str = "claude-opus-4-7";
const O200K: &str = "gpt-4o";

/// Peers are quadratic in some of the inputs that are made to be slow; they get this much of them.
const SAMPLE: usize = 16 * 1024;

fn ours(text: &str, model: &str) -> u64 {
    count_tokens(text, model, false, Catalog::builtin()).expect("a known model").tokens
}

/// A text and a way to count it.
type Job<'a> = (&'a str, &'a dyn Fn(&str) -> u64);

/// Each job is timed this long, and at least [`PASSES`] times.
const TIMED: Duration = Duration::from_millis(700);
const PASSES: usize = 3;

/// A job goes on for so long before it is the next one's turn.
const TURN: Duration = Duration::from_millis(20);

/// Megabytes per second of each job, the best of its passes. They take turns, so that what else the machine
/// does hits all of them alike.
fn speeds<const N: usize>(jobs: [Job<'_>; N]) -> [f64; N] {
    let mut best = [f64::MAX; N];
    let (mut spent, mut passes) = ([Duration::ZERO; N], [0; N]);
    let goes_on = |spent: Duration, passes: usize| passes < PASSES || spent < TIMED;
    while (0..N).any(|job| goes_on(spent[job], passes[job])) {
        for (job, (text, work)) in jobs.iter().enumerate() {
            let turn = Instant::now();
            while goes_on(spent[job], passes[job]) && turn.elapsed() < TURN {
                let start = Instant::now();
                black_box(work(black_box(text)));
                let time = start.elapsed();
                best[job] = best[job].min(time.as_secs_f64());
                spent[job] += time;
                passes[job] += 1;
            }
        }
    }
    std::array::from_fn(|job| jobs[job].0.len() as f64 / best[job] / 1e6)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--first"] => first_count(),
        ["--test"] => drop(checked(corpora::all())),
        ["--write", folder] => write(folder),
        [] => {
            throughput(checked(corpora::all()));
            start_up();
            edits::table();
        }
        _ => panic!("unknown arguments: {arguments:?}"),
    }
}

/// The corpora, after every count that will be timed was found right.
fn checked(corpora: Vec<Corpus>) -> Vec<Corpus> {
    let known: serde_json::Value =
        serde_json::from_str(include_str!("../../corpus/counts.json")).expect("counts");
    let tiktoken = tiktoken::get_encoding("o200k_base").expect("o200k");
    for corpus in &corpora {
        let expected = &known[corpus.name];
        assert_eq!(expected["bytes"], corpus.text.len(), "{}", corpus.name);
        for (family, model) in [("v3", V3), ("v47", V47)] {
            assert_eq!(expected[family], ours(&corpus.text, model), "{} {family}", corpus.name);
        }
        let text = sample(corpus);
        let counts = [
            ours(text, O200K),
            tiktoken.count(text) as u64,
            bpe_openai::o200k_base().count(text) as u64,
            tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len() as u64,
        ];
        assert!(counts.iter().all(|count| *count == counts[0]), "{}: {counts:?}", corpus.name);
    }
    corpora
}

fn sample(corpus: &Corpus) -> &str {
    let length = if corpus.kind == Kind::Adversarial { SAMPLE } else { corpus.text.len() };
    &corpus.text[..corpus.text.floor_char_boundary(length)]
}

fn throughput(corpora: Vec<Corpus>) {
    println!(
        "\nMB/s, warm; x: ours (Claude v3) to the peer. * {} kB only: the peer is quadratic in it.\n",
        SAMPLE / 1024
    );
    println!(
        "{:18} {:>8} {:>8} {:>8} {:>10} {:>12} {:>11} {:>8} {:>8} {:>8}",
        "corpus", "v3", "v4.7", "o200k", "tiktoken", "tiktoken-rs", "bpe-openai", "x", "x -rs", "x bpe"
    );
    let tiktoken = tiktoken::get_encoding("o200k_base").expect("o200k");
    let prose = &corpora.iter().find(|corpus| corpus.name == "English").expect("prose").text;
    for corpus in &corpora {
        let text = sample(corpus);
        let [v3, v47, o200k, theirs, rs, bpe] = speeds([
            (&corpus.text, &|text| ours(text, V3)),
            (&corpus.text, &|text| ours(text, V47)),
            (text, &|text| ours(text, O200K)),
            (text, &|text| tiktoken.count(text) as u64),
            (text, &|text| tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len() as u64),
            (text, &|text| bpe_openai::o200k_base().count(text) as u64),
        ]);
        let star = if corpus.kind == Kind::Adversarial { "*" } else { "" };
        println!(
            "{:18} {v3:8.1} {v47:8.1} {o200k:8.1} {theirs:9.1}{star:1} {rs:11.1}{star:1} {bpe:10.1}{star:1} {:8.2} {:8.2} {:8.2}",
            corpus.name,
            v3 / theirs,
            v3 / rs,
            v3 / bpe
        );
        if corpus.kind == Kind::Adversarial {
            let [prose_v3, v3, prose_v47, v47] = speeds([
                (prose, &|text| ours(text, V3)),
                (&corpus.text, &|text| ours(text, V3)),
                (prose, &|text| ours(text, V47)),
                (&corpus.text, &|text| ours(text, V47)),
            ]);
            let times = (prose_v3 / v3).max(prose_v47 / v47);
            println!("{:18} {times:8.2} times the cost of prose per byte", "");
        }
    }
}

/// The first count of a process, as the process sees it.
fn first_count() {
    let start = Instant::now();
    black_box(ours("The first count.", V3));
    let ascii = start.elapsed();
    black_box(ours("Żółw ’x’ 漢字", V3));
    println!("{} {}", ascii.as_micros(), start.elapsed().as_micros());
}

fn start_up() {
    let program = std::env::current_exe().expect("this program");
    let (mut whole, mut first, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..41 {
        let start = Instant::now();
        let output = Command::new(&program).arg("--first").output().expect("this program");
        whole.push(start.elapsed().as_micros() as f64 / 1e3);
        let text = String::from_utf8(output.stdout).expect("numbers");
        let micros: Vec<f64> =
            text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        first.push(micros[0] / 1e3);
        beyond.push(micros[1] / 1e3);
    }
    println!("\nstart-up, 41 fresh processes, ms\n\n{:42} {:>8} {:>8}", "", "median", "best");
    for (name, mut times) in [
        ("first Claude count", first),
        ("first and second count, beyond ASCII", beyond),
        ("whole process", whole),
    ] {
        times.sort_by(f64::total_cmp);
        println!("{name:42} {:8.2} {:8.2}", times[times.len() / 2], times[0]);
    }
}

fn write(folder: &str) {
    let mut counts = serde_json::Map::new();
    std::fs::create_dir_all(folder).expect("a folder");
    for corpus in corpora::all() {
        std::fs::write(format!("{folder}/{}.txt", corpus.name), &corpus.text).expect("a file");
        // The library that counts o200k gives up on some of these where they are long.
        let o200k = catch_unwind(AssertUnwindSafe(|| ours(sample(&corpus), O200K))).ok();
        let count = serde_json::json!({
            "bytes": corpus.text.len(),
            "v3": ours(&corpus.text, V3),
            "v47": ours(&corpus.text, V47),
            "o200k": if corpus.kind == Kind::Ordinary { o200k } else { None },
        });
        counts.insert(corpus.name.to_owned(), count);
    }
    let text = serde_json::to_string_pretty(&counts).expect("JSON");
    std::fs::write(format!("{folder}/counts.json"), text + "\n").expect("a file");
}
