//! What must hold for any input.

use crate::fixtures::requests::FIXTURES;
use proptest::{collection::vec, prelude::*};
use tokenleash::{
    Catalog, Dialect, Endpoint, InputTokens, Options, QuotaRule, Request, Tokens, check, count_tokens,
    token_ends,
};

/// Cases of the reader's test: 100,000 together, more by `TOKENLEASH_CASES`.
pub(crate) fn cases(default: u32) -> ProptestConfig {
    let asked = std::env::var("TOKENLEASH_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(default), failure_persistence: None, ..ProptestConfig::default() }
}

/// Reads bytes as every dialect, and checks what can be read; the law is that nothing panics.
fn read_all_ways(bytes: &[u8]) {
    let options = Options { model: Some("claude-opus-4-6".to_owned()), ..Options::default() };
    for dialect in std::iter::once(None).chain(Dialect::ALL.map(Some)) {
        if let Ok(request) = Request::read_bytes(bytes, dialect) {
            let _ = check(&request, &options, Catalog::builtin()).map(|report| report.to_json());
        }
    }
}

proptest! {
    #![proptest_config(cases(30_000))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        read_all_ways(&bytes);
    }

    #[test]
    fn any_json_like_text_is_read_without_a_panic(
        pieces in vec(prop::sample::select(&PIECES[..]), 0..60),
    ) {
        read_all_ways(pieces.concat().as_bytes());
    }

    #[test]
    fn mutated_requests_are_read_without_a_panic(
        fixture in prop::sample::select(FIXTURES.iter().map(|f| f.request).collect::<Vec<_>>()),
        edits in vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..4),
    ) {
        let mut bytes = fixture.as_bytes().get(..fixture.len().min(3_000)).unwrap_or_default().to_vec();
        for (place, byte, kind) in edits {
            let at = place.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match kind {
                0 if !bytes.is_empty() => drop(bytes.remove(at)),
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at + 1),
                _ => if let Some(old) = bytes.get_mut(at) { *old = byte },
            }
        }
        read_all_ways(&bytes);
    }

    /// `serde_json` is the oracle of what is JSON; only keys given twice are our own refusal.
    #[test]
    fn json_is_what_serde_json_says(pieces in vec(prop::sample::select(&PIECES[..]), 0..40)) {
        let text = format!("{{\"messages\":[],\"x\":{}}}", pieces.concat());
        let theirs = serde_json::from_str::<serde_json::Value>(&text).map_err(|error| error.to_string());
        match (Request::read(&text, Some(Dialect::Messages)), theirs) {
            (Ok(_), Ok(_)) | (Err(_), Err(_)) => {}
            // A number stays text here, so none is too large.
            (Ok(_), Err(error)) => prop_assert!(error.contains("number out of range"), "{text}: {error}"),
            (Err(error), Ok(_)) => prop_assert_eq!(error.kind().code(), "duplicate-key", "{}", text),
        }
    }
}

/// Pieces of JSON and of requests.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "d83d",
    "\"a\"",
    "\"messages\"",
    "\"role\"",
    "\"user\"",
    "\"content\"",
    "\"text\"",
    "\"toolUse\"",
    "\"toolResult\"",
    "\"name\"",
    "\"x\":1",
    "0",
    "-1",
    "1.5",
    "1e9",
    "01",
    "true",
    "null",
    "fals",
    " ",
    "\n",
    "\u{0}",
    "é",
    "😀",
    "\"type\":\"text\"",
    "\"image\"",
    "\"source\"",
    "\"bytes\":\"AAAA\"",
    "{\"role\":\"user\",\"content\":[",
    "]}",
    "\"max_tokens\":",
];

fn tokens() -> impl Strategy<Value = Tokens> {
    (0_u64..=1_000_000_000_000).prop_map(Tokens::new)
}

proptest! {
    #![proptest_config(cases(10_000))]

    /// More of anything never charges less; the charge covers both ends; what is said to fit fits.
    #[test]
    fn quota_is_monotone_and_its_inverse_is_tight(
        (uncached, cache_read, cache_write) in (tokens(), tokens(), tokens()),
        (max, more, headroom) in (tokens(), tokens(), tokens()),
        burndown_rate in prop::sample::select(vec![1_u64, 5, 10, 15]),
        reserve_cache_reads: bool,
        mantle: bool,
    ) {
        let endpoint = if mantle { Endpoint::Mantle } else { Endpoint::Runtime };
        let rule = QuotaRule { endpoint, burndown_rate, reserve_cache_reads };
        let input = InputTokens { uncached, cache_read, cache_write };
        let charge = rule.charge(input, max);
        prop_assert!(charge <= rule.charge(input, max + more));
        let longer = InputTokens { uncached: uncached + more, ..input };
        prop_assert!(charge <= rule.charge(longer, max));
        prop_assert!(rule.reservation(input, max) <= charge);
        prop_assert!(rule.settlement(input, max) <= charge);
        match rule.max_tokens_within(input, headroom) {
            Some(most) => {
                prop_assert!(rule.charge(input, most) <= headroom);
                prop_assert!(headroom < rule.charge(input, most + Tokens::new(1)));
            }
            None => prop_assert!(headroom < rule.charge(input, Tokens::new(1))),
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// The cap that is advised fits, and one more does not.
    #[test]
    fn the_advised_cap_is_the_largest(tpm in 1_u64..20_000, asked in 1_u64..30_000, words in 0_usize..500) {
        let text = "word ".repeat(words) + "end";
        let request = Request::read(&text, Some(Dialect::Text)).unwrap();
        let with = |max_tokens| {
            let limits = tokenleash::Limits { tpm: Some(tpm), ..tokenleash::Limits::default() };
            let model = Some("claude-opus-4-6".to_owned());
            let options = Options { model, max_tokens: Some(max_tokens), limits, ..Options::default() };
            check(&request, &options, Catalog::builtin()).unwrap()
        };
        let report = with(asked);
        let cap = report.advice.iter().find(|advice| advice.code == "cap-max-tokens");
        match cap.and_then(|advice| advice.max_tokens) {
            Some(cap) => prop_assert!(!report.fits && with(cap).fits && !with(cap + 1).fits),
            None => prop_assert!(report.fits || !with(1).fits),
        }
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// Tokens end where characters end, in order, and there are as many as are counted.
    #[test]
    fn token_ends_are_the_count(text in "\\PC{0,60}|[a-zA-Z0-9 \n\t.,'\"(){}]{0,200}") {
        for model in MODELS {
            let count = count_tokens(&text, model, false, Catalog::builtin()).unwrap();
            let ends = token_ends(&text, model, Catalog::builtin()).unwrap().unwrap();
            prop_assert_eq!(ends.len() as u64, count.tokens, "{} {:?}", model, text);
            prop_assert!(ends.is_sorted() && ends.iter().all(|end| text.is_char_boundary(*end)), "{} {:?}", model, text);
        }
    }
}

/// A model of each vocabulary.
const MODELS: [&str; 5] = ["claude-sonnet-4-6", "claude-opus-4-7", "claude-opus-4-8", "gpt-4o", "gpt-4"];
