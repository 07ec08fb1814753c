//! What one edit of a [`Document`] costs.

use std::{hint::black_box, time::Instant};

use tokenleash::{Catalog, Document};

use crate::{O200K, V3, corpora};

/// Keystrokes that are timed.
const EDITS: usize = 4000;

/// Types and deletes single characters at places all over the document; the median and the
/// 99th percentile in microseconds.
fn typing(document: &mut Document) -> (f64, f64) {
    let mut place = 12_345_usize;
    let mut times = Vec::with_capacity(2 * EDITS);
    for round in 0..EDITS {
        // A person types some characters at one place, then goes elsewhere.
        if round % 8 == 0 {
            place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        }
        let length = document.len_utf16();
        let at = (place >> 16) % length;
        let key = ["e", " ", "a", "\n", "T", "7", ".", "(x)"][round % 8];
        let mut edit = |from, to, insert| {
            let start = Instant::now();
            let total = document.edit_utf16(from, to, insert);
            times.push(start.elapsed().as_nanos() as f64 / 1e3);
            black_box(total).is_ok()
        };
        if edit(at, at, key) {
            edit(at, at + key.len(), "");
        }
    }
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

pub fn table() {
    let corpora = corpora::all();
    let text = |name: &str| corpora.iter().find(|corpus| corpus.name == name).expect("a corpus").text.clone();
    let (prose, code) = (text("English"), text("Rust"));
    let line = prose.replace('\n', " ");
    println!(
        "\nan edit of a Document, µs\n\n{:34} {:8} {:>10} {:>8} {:>8} {:>9}",
        "", "model", "tokens", "p50", "p99", "open ms"
    );
    for (name, unit) in [("prose", &prose), ("Rust", &code), ("prose in one line", &line)] {
        for model in [V3, O200K] {
            for tokens in [100_000, 1_000_000] {
                let per_megabyte = crate::ours(unit, model) as usize;
                let copies = tokens / per_megabyte;
                let rest = unit.len() * (tokens % per_megabyte) / per_megabyte;
                let text = unit.repeat(copies) + &unit[..unit.floor_char_boundary(rest)];
                row(name, model, &text);
            }
        }
    }
    for (name, unit) in [("one letter, no safe split", "a"), ("spaces, no safe split", " ")] {
        for length in [10_000, 100_000] {
            row(&format!("{length} bytes of {name}"), V3, &unit.repeat(length));
        }
    }
}

fn row(name: &str, model: &str, text: &str) {
    let start = Instant::now();
    let mut document = Document::new(text, model, Catalog::builtin()).expect("a known model");
    let open = start.elapsed().as_secs_f64() * 1e3;
    let tokens = document.total().get();
    let (median, late) = typing(&mut document);
    assert_eq!(document.total().get(), crate::ours(&document.text(), model), "{name}");
    println!(
        "{name:34} {:8} {tokens:10} {median:8.1} {late:8.1} {open:9.1}",
        if model == V3 { "v3" } else { "o200k" }
    );
}
