//! The JavaScript boundary, over the same fixtures as the native tests.

use js_sys::{JSON, JsString, Reflect};
use tokenleash::wasm::{
    Document, Ledger, check, count_tokens, fit, lint, models, plan, policy, route, settle,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

#[path = "../fixtures/requests.rs"]
mod requests;

fn parse(text: &str) -> JsValue {
    JSON::parse(text).expect("JSON")
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).expect("JSON").into()
}

#[wasm_bindgen_test]
fn reports_equal_the_native_ones_to_the_byte() {
    for fixture in requests::FIXTURES {
        let report = check(&fixture.request.into(), &parse(fixture.options), &JsValue::UNDEFINED);
        let report = text(&report.expect(fixture.name));
        // A golden report has line breaks between its fields and after it, and no others.
        assert_eq!(report, fixture.report.replace('\n', ""), "{}", fixture.name);
    }
}

#[wasm_bindgen_test]
fn routes_equal_the_native_ones_to_the_byte() {
    for line in include_str!("../fixtures/routes.jsonl").lines() {
        let fixture = parse(line);
        let get = |key: &str| Reflect::get(&fixture, &key.into()).expect("key");
        let report = route(&get("options"), &JsValue::UNDEFINED).expect(line);
        assert_eq!(text(&report), text(&get("report")));
    }
}

#[wasm_bindgen_test]
fn policies_equal_the_native_ones_to_the_byte() {
    for line in include_str!("../fixtures/policies.jsonl").lines() {
        let fixture = parse(line);
        let get = |key: &str| Reflect::get(&fixture, &key.into()).expect("key");
        let document = policy(&get("options"), &JsValue::UNDEFINED).expect(line);
        assert_eq!(text(&document), text(&get("policy")));
    }
}

#[wasm_bindgen_test]
fn a_plain_object_is_read_like_its_text() {
    for fixture in requests::FIXTURES.iter().filter(|fixture| fixture.name.starts_with("messages")) {
        let object = check(&parse(fixture.request), &parse(fixture.options), &JsValue::UNDEFINED);
        let words = check(&fixture.request.into(), &parse(fixture.options), &JsValue::UNDEFINED);
        assert_eq!(text(&object.expect("object")), text(&words.expect("text")), "{}", fixture.name);
    }
}

#[wasm_bindgen_test]
fn the_guides_example() {
    let usage = r#"{"model":"anthropic.claude-opus-4-6-v1","input":200,"output":1000,"limits":{"tpm":6000}}"#;
    let settled = settle(&parse(usage), &JsValue::UNDEFINED).expect("settled");
    let number = |value: &JsValue, key: &str| Reflect::get(value, &key.into()).expect("key").as_f64();
    assert_eq!(number(&settled, "settlement"), Some(5200.0));
    let limits = Reflect::get(&settled, &"limits".into()).expect("limits");
    let tpm = Reflect::get_u32(&limits, 0).expect("a limit");
    assert_eq!(number(&tpm, "headroom"), Some(800.0));
}

#[wasm_bindgen_test]
fn errors_are_errors_with_a_code_and_a_place() {
    for (request, options, code, key, place) in [
        ("{\"messages\": [}", "{}", "invalid-json", "column", "15"),
        (
            r#"{"messages":[],"max_tokens":-1}"#,
            r#"{"model":"claude-opus-4-6"}"#,
            "out-of-range",
            "pointer",
            "\"/max_tokens\"",
        ),
        ("hello", "{}", "missing-model", "name", "\"TokenleashError\""),
        ("hello", r#"{"model":"claude-opus-46"}"#, "unknown-model", "name", "\"TokenleashError\""),
        (
            "hello",
            r#"{"model":"claude-opus-4-6","maxTokens":-1}"#,
            "invalid-argument",
            "name",
            "\"TokenleashError\"",
        ),
        (
            "hello",
            r#"{"model":"claude-opus-4-6","maxTokens":1.5}"#,
            "invalid-argument",
            "name",
            "\"TokenleashError\"",
        ),
        ("hello", r#"{"modle":"claude-opus-4-6"}"#, "invalid-argument", "name", "\"TokenleashError\""),
        ("", r#"{"model":"claude-opus-4-6"}"#, "empty", "line", "1"),
    ] {
        let error = check(&request.into(), &parse(options), &JsValue::UNDEFINED).expect_err(request);
        assert!(error.is_instance_of::<js_sys::Error>(), "{request}");
        assert_eq!(Reflect::get(&error, &"code".into()).expect("code").as_string().as_deref(), Some(code));
        assert_eq!(text(&Reflect::get(&error, &key.into()).expect("place")), place, "{request}");
    }
}

#[wasm_bindgen_test]
fn numbers_that_are_none_are_refused() {
    for number in [f64::NAN, f64::INFINITY, 1e300, -0.5] {
        let options = parse(r#"{"model":"claude-opus-4-6"}"#);
        Reflect::set(&options, &"maxTokens".into(), &number.into()).expect("set");
        let error = check(&"hello".into(), &options, &JsValue::UNDEFINED).expect_err("no number");
        assert_eq!(
            Reflect::get(&error, &"code".into()).expect("code").as_string().as_deref(),
            Some("invalid-argument")
        );
    }
}

#[wasm_bindgen_test]
fn the_callers_catalog_is_laid_over_ours() {
    let overlay = r#"{"models":[{"id":"anthropic.claude-opus-4-6-v1","quotas":{"tpm":10}}]}"#;
    for catalog in [JsValue::from(overlay), parse(overlay)] {
        let options = parse(r#"{"model":"claude-opus-4-6","maxTokens":5}"#);
        let report = check(&"Kia ora".into(), &options, &catalog).expect("report");
        assert_eq!(Reflect::get(&report, &"fits".into()).expect("fits").as_bool(), Some(false));
    }
}

#[wasm_bindgen_test]
fn models_and_counts() {
    let all: js_sys::Array = models(&JsValue::UNDEFINED).expect("models").into();
    assert!(20 < all.length());
    let count =
        count_tokens(&"Kia ora".into(), &parse(r#"{"model":"gpt-4o"}"#), &JsValue::UNDEFINED).expect("count");
    assert_eq!(Reflect::get(&count, &"basis".into()).expect("basis").as_string().as_deref(), Some("exact"));
}

#[wasm_bindgen_test]
fn a_document_is_edited_as_a_string_is() {
    let none = JsValue::UNDEFINED;
    for model in ["claude-opus-4-6", "gpt-4o", "nova-pro"] {
        let mut document = Document::new(&"Kia ora 😀!".into(), &model.into(), &none).expect("a model");
        for (from, to, insert, expected) in [
            (0, 3, "Tēnā", "Tēnā ora 😀!"),
            (12, 12, "\nWho?", "Tēnā ora 😀!\nWho?"),
            (4, 4, &" and words".repeat(2000), ""),
            (4, 20_004, "", "Tēnā ora 😀!\nWho?"),
        ] {
            let total = document.edit(&from.into(), &to.into(), &insert.into()).expect("in range");
            let text = String::from(document.text());
            assert!(expected.is_empty() || text == expected, "{text}");
            let options = JSON::parse(&format!(r#"{{"model":"{model}"}}"#)).expect("JSON");
            let count = count_tokens(&text.as_str().into(), &options, &none).expect("count");
            let count = Reflect::get(&count, &"tokens".into()).expect("tokens").as_f64();
            assert_eq!((Some(total), Some(document.total())), (count, count), "{model} {text}");
            let ends = document.token_ends(&0.into(), &document.length().into()).expect("in range");
            let ends = ends.map_or(total, |ends| f64::from(ends.length()));
            assert_eq!(
                (ends, document.tokens_in(&0.into(), &document.length().into()).expect("in range")),
                (total, total)
            );
        }
    }
}

/// Half a pair waits for the other half and is in the text until then, as in a JavaScript string.
#[wasm_bindgen_test]
fn halves_of_pairs_come_and_go() {
    let mut document =
        Document::new(&"a😀b".into(), &"claude-opus-4-6".into(), &JsValue::UNDEFINED).expect("a model");
    let whole = document.total();
    document.edit(&2.into(), &2.into(), &"-".into()).expect("inside the pair");
    let expected = JsString::from_char_code(&[0x61, 0xD83D, 0x2D, 0xDE00, 0x62]);
    assert!(document.text() == expected, "{:?}", document.text());
    document.edit(&1.into(), &2.into(), &"".into()).expect("in range");
    assert_eq!(document.length(), 4.0);
    let half = JsString::from_char_code(&[0xD83D]);
    assert_eq!(document.edit(&1.into(), &2.into(), &half).expect("in range"), whole);
    assert_eq!(String::from(document.text()), "a😀b");
}

#[wasm_bindgen_test]
fn offsets_that_cannot_be_are_errors() {
    let mut document =
        Document::new(&"ab".into(), &"claude-opus-4-6".into(), &JsValue::UNDEFINED).expect("a model");
    for (from, to, code) in [
        (0.0, 3.0, "out-of-range"),
        (2.0, 1.0, "invalid-argument"),
        (-1.0, 1.0, "out-of-range"),
        (0.5, 1.0, "out-of-range"),
        (f64::NAN, 1.0, "out-of-range"),
        (0.0, f64::INFINITY, "out-of-range"),
    ] {
        let error = document.edit(&from.into(), &to.into(), &"x".into()).expect_err("no such place");
        assert_eq!(Reflect::get(&error, &"code".into()).expect("code").as_string().as_deref(), Some(code));
        assert!(
            document.tokens_in(&from.into(), &to.into()).is_err()
                & document.token_ends(&from.into(), &to.into()).is_err()
        );
    }
    assert_eq!(String::from(document.text()), "ab");
}

/// The hash that the native tests hold the same fit to, in `tests/it/fit.rs`.
const PLAN: &str = include_str!("../fixtures/fit-plan.txt");

#[wasm_bindgen_test]
fn a_fit_is_the_native_one() {
    let request = include_str!("../fixtures/fit-request.json");
    let options = || parse(r#"{"model":"claude-sonnet-4-6","targetInput":1200,"dropUnusedTools":true}"#);
    let fitted = fit(&request.into(), &options(), &JsValue::UNDEFINED).expect("fit");
    let get = |value: &JsValue, key: &str| Reflect::get(value, &key.into()).expect("key");
    assert_eq!(get(&fitted, "planHash").as_string().as_deref(), Some(PLAN.trim()));
    // Text comes back as text, an object as an object; the caller's own is as it was.
    assert!(get(&fitted, "request").is_string());
    let object = parse(request);
    let before = text(&object);
    let fitted = fit(&object, &options(), &JsValue::UNDEFINED).expect("fit");
    assert!(get(&fitted, "request").is_object());
    assert_eq!(text(&object), before);
    let findings: js_sys::Array = lint(&get(&fitted, "request"), &JsValue::UNDEFINED).expect("lint").into();
    assert_eq!(findings.length(), 0);
    let wrong = parse(r#"{"model":"claude-sonnet-4-6","targetinput":1200}"#);
    let error = fit(&request.into(), &wrong, &JsValue::UNDEFINED).expect_err("misspelt");
    assert_eq!(get(&error, "code").as_string().as_deref(), Some("invalid-argument"));
}

/// The calls and answers that the native tests are held to as well, in `tests/it/ledger.rs`.
#[wasm_bindgen_test]
fn a_ledger_answers_as_the_native_one() {
    let get = |value: &JsValue, key: &str| Reflect::get(value, &key.into()).expect("key");
    for case in js_sys::Array::from(&parse(include_str!("../fixtures/ledger.json"))).iter() {
        let mut ledger = Ledger::new(&get(&case, "limits")).expect("limits");
        for call in js_sys::Array::from(&get(&case, "calls")).iter() {
            let arguments = js_sys::Array::from(&get(&call, "1"));
            let number = |place| JsValue::from(arguments.get(place).as_f64().unwrap_or(f64::NAN));
            let answer = match get(&call, "0").as_string().as_deref() {
                Some("reserve") => ledger.reserve(&number(0), &number(1)),
                Some("record") => ledger.record(&number(0), &number(1)),
                Some("settle") => ledger.settle(&number(0), &number(1), &number(2)),
                Some("release") => ledger.release(&number(0), &number(1)),
                Some("headroom") => ledger.headroom(&number(0)),
                Some("inFlight") => ledger.in_flight(),
                Some("toJSON") => ledger.to_json(),
                other => panic!("{other:?}"),
            };
            let answer = answer.map_or_else(
                |error| format!("{{\"error\":{}}}", text(&get(&error, "code"))),
                |answer| text(&answer),
            );
            assert_eq!(answer, text(&get(&call, "2")));
            let stored = ledger.to_json().expect("state");
            ledger = Ledger::from_json(&stored).expect("its own state");
        }
    }
    assert!(Ledger::new(&parse(r#"{"tmp":1}"#)).is_err());
}

#[wasm_bindgen_test]
fn a_plan_is_the_native_one() {
    let golden = parse(include_str!("../fixtures/plan.json"));
    let get = |key: &str| Reflect::get(&golden, &key.into()).expect("key");
    let planned = plan(&get("load"), &JsValue::UNDEFINED).expect("plan");
    // The golden plan has its keys in another order.
    let sorted = |value: &JsValue| {
        let value: serde_json::Value = serde_json::from_str(&text(value)).expect("JSON");
        value.to_string()
    };
    assert_eq!(sorted(&planned), sorted(&get("plan")));
}
