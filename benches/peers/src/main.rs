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

/// Megabytes per second, the best of several rounds.
fn speed(text: &str, mut work: impl FnMut(&str) -> u64) -> f64 {
    let (mut best, begin) = (f64::MAX, Instant::now());
    for round in 0..30 {
        let start = Instant::now();
        black_box(work(black_box(text)));
        best = best.min(start.elapsed().as_secs_f64());
        if round > 2 && begin.elapsed() > Duration::from_millis(700) {
            break;
        }
    }
    text.len() as f64 / best / 1e6
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
    let mut prose = 0.0;
    for corpus in &corpora {
        let v3 = speed(&corpus.text, |text| ours(text, V3));
        let v47 = speed(&corpus.text, |text| ours(text, V47));
        let text = sample(corpus);
        let o200k = speed(text, |text| ours(text, O200K));
        let theirs = speed(text, |text| tiktoken.count(text) as u64);
        let rs = speed(text, |text| tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len() as u64);
        let bpe = speed(text, |text| bpe_openai::o200k_base().count(text) as u64);
        let star = if corpus.kind == Kind::Adversarial { "*" } else { "" };
        println!(
            "{:18} {v3:8.1} {v47:8.1} {o200k:8.1} {theirs:9.1}{star:1} {rs:11.1}{star:1} {bpe:10.1}{star:1} {:8.2} {:8.2} {:8.2}",
            corpus.name,
            v3 / theirs,
            v3 / rs,
            v3 / bpe
        );
        match corpus.kind {
            Kind::Ordinary if corpus.name == "English" => prose = v3.min(v47),
            Kind::Ordinary => {}
            Kind::Adversarial => {
                println!("{:18} {:8.2} times the cost of prose per byte", "", prose / v3.min(v47))
            }
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
