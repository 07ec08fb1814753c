//! `replay` and `sql` as a user runs them: folders, gzip, files of many pieces, what is broken, going on later.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::replay::log;

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tokenleash-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn name(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn run(words: &[&str], input: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenleash"));
    command.args(words);
    if let Some(name) = input {
        command.stdin(File::open(name).unwrap());
    }
    command.output().unwrap()
}

/// The findings without what says which files they are from.
fn findings(output: &Output) -> (Value, Value) {
    let mut findings: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|fault| panic!("{fault}: {}", String::from_utf8_lossy(&output.stderr)));
    let input = findings["input"].take();
    (findings, input)
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = lines.join(&b'\n');
    bytes.push(b'\n');
    bytes
}

/// A file of two pieces, gzipped, as a folder, by standard input, with one thread and many, and in
/// two runs with a state file: the same findings.
#[test]
fn however_it_is_read() {
    let folder = Folder::new("ways");
    let lines = log(11, 40_000, 400);
    let whole = joined(&lines);
    assert!(33 << 20 < whole.len(), "more than one piece");
    let plain = folder.file("plain/log.jsonl", &whole);
    let wanted = findings(&run(&["replay", &plain, "--json", "--threads", "1"], None)).0;
    assert_eq!(wanted["calls"].as_u64().unwrap() + wanted["metricRecords"].as_u64().unwrap(), 40_000);
    let packed = folder.file("packed.gz", &gzipped(&whole));
    for (hour, part) in lines.chunks(15_000).enumerate() {
        let name =
            format!("tree/AWSLogs/1/BedrockModelInvocationLogs/ap-southeast-2/2026/11/02/0{hour}/x.json.gz");
        // Two members, as appended files have, and no end of the last line.
        let (one, two) = part.split_at(1_000);
        let mut bytes = gzipped(&joined(one));
        bytes.extend(gzipped(&two.join(&b'\n')));
        folder.file(&name, &bytes);
    }
    folder.file(
        "tree/AWSLogs/1/BedrockModelInvocationLogs/ap-southeast-2/2026/11/02/00/data/body.json.gz",
        b"x",
    );
    folder.file("tree/AWSLogs/1/BedrockModelInvocationLogs/amazon-bedrock-logs-permission-check", b"");
    let tree = folder.0.join("tree").to_string_lossy().into_owned();
    for (words, input) in [
        (vec!["replay", plain.as_str(), "--json", "--threads", "5"], None),
        (vec!["replay", packed.as_str(), "--json"], None),
        (vec!["replay", tree.as_str(), "--json"], None),
        (vec!["replay", "-", "--json"], Some(plain.as_str())),
        (vec!["replay", "-", "--json"], Some(packed.as_str())),
    ] {
        let (found, read) = findings(&run(&words, input));
        assert_eq!(found, wanted, "{words:?}");
        assert_eq!(read["lines"], 40_000);
        assert_eq!(read["unreadable"], 0);
    }
    let state = folder.0.join("state.json").to_string_lossy().into_owned();
    let first = Path::new(&tree).join("AWSLogs/1/BedrockModelInvocationLogs/ap-southeast-2/2026/11/02/00");
    let partial = findings(&run(&["replay", first.to_str().unwrap(), "--json", "--state", &state], None)).0;
    assert_ne!(partial, wanted);
    for _ in 0..2 {
        // The second time there is nothing new to read.
        let (found, read) = findings(&run(&["replay", &tree, "--json", "--state", &state], None));
        assert_eq!(found, wanted);
        assert_eq!(read["files"], 3);
    }
    let other = run(&["replay", &tree, "--state", &state, "--max-tokens", "100"], None);
    assert_eq!(other.status.code(), Some(2), "a state of other settings");
}

#[test]
fn broken_input_is_named_and_the_rest_is_read() {
    let folder = Folder::new("broken");
    let lines = log(12, 3_000, 60);
    let mut broken = lines.clone();
    broken[9].truncate(70);
    broken[19] = b"2026-11-02 INFO started".to_vec();
    broken[29].clear();
    let plain = folder.file("plain.jsonl", &joined(&broken));
    let (found, read) = findings(&run(&["replay", &plain, "--json"], None));
    let places: Vec<_> = read["firstUnreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["line"].as_u64().unwrap())
        .collect();
    assert_eq!((places, read["unreadable"].as_u64()), (vec![10, 20], Some(2)));
    assert!(2_980 < found["calls"].as_u64().unwrap());

    let packed = gzipped(&joined(&lines));
    let cut = folder.file("cut.json.gz", &packed[..packed.len() / 2]);
    let (found, read) = findings(&run(&["replay", &cut, "--json"], None));
    assert!(1_000 < found["calls"].as_u64().unwrap());
    assert_eq!(read["unreadable"], 1);
    let fault = &read["firstUnreadable"][0];
    assert!(fault["why"].as_str().unwrap().contains("ends in the middle"), "{fault}");
    assert_eq!(fault["line"].as_u64().unwrap(), read["lines"].as_u64().unwrap() + 1);

    // A line of 40 MB between good ones, across pieces.
    let mut long = lines[0].clone();
    long.push(b'\n');
    long.resize(40 << 20, b'x');
    long.push(b'\n');
    long.extend(&lines[1]);
    let long = folder.file("long.jsonl", &long);
    let (found, read) = findings(&run(&["replay", &long, "--json"], None));
    assert_eq!(found["calls"], 2);
    assert_eq!(read["firstUnreadable"][0]["line"], 2);
    assert!(read["firstUnreadable"][0]["why"].as_str().unwrap().contains("longer than 16 MiB"));
}

#[test]
fn exit_codes() {
    let folder = Folder::new("codes");
    let plain = folder.file("log.jsonl", &joined(&log(13, 500, 10)));
    let nothing = folder.file("nothing/readme.md", b"# no log");
    let foreign = folder.file("foreign.json", b"{\"a\": 1}\n");
    let empty = folder.file("empty.json", b"");
    let page = folder.0.join("page.html").to_string_lossy().into_owned();
    let nothing_there = Path::new(&nothing).parent().unwrap().to_str().unwrap();
    let nowhere = format!("{}/nowhere", folder.name());
    for (words, code) in [
        (vec!["replay", plain.as_str()], 0),
        (vec!["replay", plain.as_str(), "--html", page.as_str()], 0),
        (vec!["replay", plain.as_str(), "--tpm", "100000000"], 0),
        (vec!["replay", plain.as_str(), "--tpm", "1000"], 1),
        (vec!["replay", plain.as_str(), "--tpm", "claude-opus-4-6=1000"], 1),
        (vec!["replay", plain.as_str(), "--residency", "anz"], 1),
        (vec!["replay", plain.as_str(), "--residency", "none"], 0),
        (vec!["replay", plain.as_str(), "--residency", "atlantis"], 2),
        (vec!["replay", plain.as_str(), "--tpm", "many"], 2),
        (vec!["replay", plain.as_str(), "--model", "nobody"], 2),
        (vec!["replay", nothing_there], 2),
        (vec!["replay", foreign.as_str()], 2),
        (vec!["replay", empty.as_str()], 2),
        (vec!["replay", nowhere.as_str()], 2),
        (vec!["replay"], 2),
        (vec!["sql", "--engine", "duckdb"], 0),
        (vec!["sql", "--engine", "oracle"], 2),
    ] {
        let output = run(&words, None);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(fs::read_to_string(page).unwrap().starts_with("<!doctype html>"));
}

/// `DuckDB`'s query as it is printed, and Athena's in `DuckDB`'s dialect, on three logs.
#[test]
fn the_queries_equal_the_replay() {
    let folder = Folder::new("sql");
    let logs: Vec<String> = [(21, 4_000, 60), (22, 6_000, 1_440), (23, 5_000, 5)]
        .into_iter()
        .map(|(seed, records, minutes)| {
            folder.file(&format!("log-{seed}.jsonl"), &joined(&log(seed, records, minutes)))
        })
        .collect();
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(format!("{root}/scripts/python"))
        .arg(format!("{root}/tests/sql/requirements.txt"))
        .arg(format!("{root}/tests/sql/compare.py"))
        .arg(env!("CARGO_BIN_EXE_tokenleash"))
        .args(&logs)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(3) {
        println!("skipped: no Python of 3.12 or newer, so the queries are not run");
        return;
    }
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().filter(|line| line.contains(" equals replay in ")).count(), 6, "{said}");
    print!("{said}");
}
