//! What an observed usage says, and what it teaches about later requests.

use proptest::prelude::*;
use tokenleash::{Catalog, Correction, ErrorKind, Observed, Options, Request, calibrate, check};

#[test]
fn every_spelling_of_a_usage() {
    let counts = |input, output, cache_read, cache_write| Observed { input, output, cache_read, cache_write };
    for (text, expected) in [
        (
            r#"{"inputTokens": 10, "outputTokens": 20, "totalTokens": 30, "cacheReadInputTokens": 4}"#,
            counts(10, 20, 4, 0),
        ),
        (
            r#"{"id": "m", "usage": {"input_tokens": 3, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7,
                "cache_creation": {"ephemeral_5m_input_tokens": 5}, "output_tokens": 9, "service_tier": "standard"}}"#,
            counts(3, 9, 7, 5),
        ),
        (
            r#"{"usage": {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 14}}"#,
            counts(12, 2, 0, 0),
        ),
        (
            r#"{"inputTokenCount": 1, "cacheReadInputTokenCount": 2, "cacheWriteInputTokenCount": 3, "outputTokenCount": 4}"#,
            counts(1, 4, 2, 3),
        ),
        (r#"{"usage": {"input_tokens": 1, "cache_read_input_tokens": null}}"#, counts(1, 0, 0, 0)),
    ] {
        assert_eq!(Observed::read(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn what_is_no_usage() {
    for text in [
        "",
        "{",
        "[]",
        "3",
        "{}",
        r#"{"usage": {}}"#,
        r#"{"inputTokens": -1}"#,
        r#"{"inputTokens": 1.5}"#,
        r#"{"inputTokens": 9007199254740993}"#,
    ] {
        assert_eq!(Observed::read(text).unwrap_err().kind(), ErrorKind::InvalidArgument, "{text}");
    }
}

const MODEL: &str = "claude-sonnet-4-6";

fn request(tools: &str, text: &str, choice: &str) -> Request {
    let text = serde_json::to_string(text).unwrap();
    let body = format!(
        r#"{{"model": "{MODEL}", "max_tokens": 9, "messages": [{{"role": "user", "content": {text}}}]{tools}{choice}}}"#
    );
    Request::read(&body, None).unwrap()
}

const TOOL: &str = r#", "tools": [{"name": "clock", "description": "Time", "input_schema": {"type": "object", "properties": {}}}]"#;
const SAME_TOOL: &str =
    r#", "tools": [{"input_schema":{"properties":{},"type":"object"},"description":"Time","name":"clock"}]"#;
const OTHER_TOOL: &str =
    r#", "tools": [{"name": "clock", "description": "Date", "input_schema": {"type": "object"}}]"#;

#[test]
fn a_correction_holds_for_the_same_model_and_tools() {
    let catalog = Catalog::builtin();
    let counted = check(&request(TOOL, "hi", ""), &Options::default(), catalog).unwrap().input;
    let observed = Observed { input: counted.tokens + 10, ..Observed::default() };
    let learnt = calibrate(&request(TOOL, "hi", ""), observed, &Options::default(), catalog).unwrap();
    assert_eq!((learnt.shift(), learnt.expected), (10, counted.tokens));
    for (tools, choice, model, shift) in [
        (TOOL, "", MODEL, Some(10)),
        (SAME_TOOL, "", MODEL, Some(10)),
        (OTHER_TOOL, "", MODEL, None),
        ("", "", MODEL, None),
        (TOOL, r#", "tool_choice": {"type": "any"}"#, MODEL, None),
        (TOOL, "", "claude-haiku-4-5", None),
    ] {
        let request = request(tools, "a longer question than before", choice);
        let plain = Options { model: Some(model.to_owned()), ..Options::default() };
        let corrected = Options { correction: Some(learnt.clone()), ..plain.clone() };
        let before = check(&request, &plain, catalog).unwrap();
        let after = check(&request, &corrected, catalog).unwrap();
        assert_eq!(after.input.shift, shift, "{tools} {choice} {model}");
        let expected = before.input.tokens + u64::try_from(shift.unwrap_or(0)).unwrap();
        assert_eq!(after.input.tokens, expected, "{tools} {choice} {model}");
        let noted = after.notes.iter().any(|note| note.code == "correction-not-applied");
        assert_eq!(noted, shift.is_none(), "{tools} {choice} {model}");
    }
}

#[test]
fn without_tools_one_request_teaches_nothing() {
    let catalog = Catalog::builtin();
    let observed = Observed { input: 50, ..Observed::default() };
    let learnt = calibrate(&request("", "hi", ""), observed, &Options::default(), catalog).unwrap();
    let options = Options { correction: Some(learnt), ..Options::default() };
    let report = check(&request("", "hi", ""), &options, catalog).unwrap();
    assert_eq!(report.input.shift, None);
    assert!(report.notes.iter().any(|note| note.code == "correction-not-applied"));
}

proptest! {
    /// An observed request counts what was observed; its correction, written and read again, gives
    /// the same for the same request.
    #[test]
    fn what_was_observed_holds(text in "\\PC{0,40}", input in 0_u64..5000, read in 0_u64..5000) {
        let catalog = Catalog::builtin();
        let request = request(TOOL, &text, "");
        let observed = Observed { input, cache_read: read, ..Observed::default() };
        let options = Options { observed: Some(observed), ..Options::default() };
        let report = check(&request, &options, catalog).unwrap();
        prop_assert_eq!((report.input.low, report.input.tokens, report.input.high), (input + read, input + read, input + read));
        let learnt = serde_json::to_string(&report.correction.unwrap()).unwrap();
        let learnt: Correction = serde_json::from_str(&learnt).unwrap();
        let options = Options { correction: Some(learnt), ..Options::default() };
        let again = check(&request, &options, catalog).unwrap();
        prop_assert_eq!(again.input.tokens, input + read);
    }
}
