//! What a fit does with each sort of request, row by row.

use serde_json::{Value, json};
use tokenleash::{Catalog, CutAction, Dialect, Fit, FitOptions, LimitName, Request, fit, lint};

const MODEL: &str = "claude-sonnet-4-6";

fn options(words: &Value) -> FitOptions {
    let mut words = words.clone();
    words["model"] = words.get("model").cloned().unwrap_or_else(|| MODEL.into());
    serde_json::from_value(words).unwrap()
}

fn fitted(request: &str, words: &Value) -> Fit {
    let options = options(words);
    fit(&Request::read(request, options.check.dialect).unwrap(), &options, Catalog::builtin()).unwrap()
}

/// A text of about so many tokens, in sentences.
fn prose(tokens: usize) -> String {
    let sentences: Vec<_> =
        (0..tokens.div_ceil(6)).map(|index| format!("This is sentence number {index}. ")).collect();
    sentences.concat()
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": [{"text": text}]})
}

fn assistant(text: &str) -> Value {
    json!({"role": "assistant", "content": [{"text": text}]})
}

fn call(ids: &[&str]) -> Value {
    let calls =
        ids.iter().map(|id| json!({"toolUse": {"toolUseId": id, "name": "read", "input": {"path": id}}}));
    json!({"role": "assistant", "content": calls.collect::<Vec<_>>()})
}

fn results(ids: &[&str], text: &str) -> Value {
    let results = ids.iter().map(|id| json!({"toolResult": {"toolUseId": id, "content": [{"text": text}]}}));
    json!({"role": "user", "content": results.collect::<Vec<_>>()})
}

fn converse(messages: &[Value]) -> Value {
    let tool = |name: &str| json!({"toolSpec": {"name": name, "description": prose(30), "inputSchema": {"json": {"type": "object"}}}});
    json!({"messages": messages, "system": [{"text": "Answer in one sentence."}],
        "toolConfig": {"tools": [tool("read"), tool("write")]}, "inferenceConfig": {"maxTokens": 1_000}})
}

/// Three exchanges of about 400 tokens, the second with two rounds of calls, and a question.
fn history() -> Value {
    converse(&[
        user(&prose(200)),
        assistant(&prose(200)),
        user("Read two files."),
        call(&["a", "b"]),
        results(&["a", "b"], &prose(100)),
        call(&["c"]),
        results(&["c"], &prose(100)),
        assistant(&prose(100)),
        user(&prose(200)),
        assistant(&prose(200)),
        user("And what follows from that?"),
    ])
}

/// The messages that went, by their place.
fn dropped(fit: &Fit) -> Vec<usize> {
    let gone = fit.messages.iter().enumerate().filter(|(_, fate)| fate.dropped);
    gone.map(|(index, _)| index).collect()
}

fn shortened(fit: &Fit) -> Vec<&str> {
    let cuts = fit.cuts.iter().filter(|cut| cut.action == CutAction::Shortened);
    cuts.map(|cut| cut.pointer.as_str()).collect()
}

#[test]
fn policies_and_pins() {
    let whole = fitted(&history().to_string(), &json!({})).before.high;
    let less = |tokens: u64| whole - tokens;
    let none: [&str; 0] = [];
    for (words, gone, short) in [
        (json!({"targetInput": whole}), vec![], none.to_vec()),
        // The oldest exchange gives what it can before it goes; its question stays longest.
        (json!({"targetInput": less(100)}), vec![], vec!["/messages/1/content/0/text"]),
        (
            json!({"targetInput": less(250)}),
            vec![],
            vec!["/messages/0/content/0/text", "/messages/1/content/0/text"],
        ),
        (json!({"targetInput": less(100), "shorten": false}), vec![0, 1], none.to_vec()),
        // Then the rounds of the next, each whole, before the exchange.
        (json!({"targetInput": less(600), "shorten": false}), vec![0, 1, 3, 4], none.to_vec()),
        (json!({"targetInput": less(950), "shorten": false}), vec![0, 1, 3, 4, 5, 6], none.to_vec()),
        (json!({"targetInput": less(1_100), "shorten": false}), vec![0, 1, 2, 3, 4, 5, 6, 7], none.to_vec()),
        // The middle one first.
        (
            json!({"targetInput": less(100), "shorten": false, "policy": "middle-out"}),
            vec![3, 4],
            none.to_vec(),
        ),
        // Results are cut before anything goes.
        (
            json!({"targetInput": less(120), "policy": "tool-results-first"}),
            vec![],
            vec![
                "/messages/4/content/0/toolResult/content/0/text",
                "/messages/4/content/1/toolResult/content/0/text",
            ],
        ),
        // What is pinned stays, and so does what is worth more.
        (json!({"targetInput": less(100), "shorten": false, "keepFirst": true}), vec![3, 4], none.to_vec()),
        (
            json!({"targetInput": less(100), "shorten": false, "pin": ["/messages/1"]}),
            vec![3, 4],
            none.to_vec(),
        ),
        (
            json!({"targetInput": less(100), "shorten": false, "pin": ["/messages/0/content/0/text"]}),
            vec![3, 4],
            none.to_vec(),
        ),
        (
            json!({"targetInput": less(100), "shorten": false, "priorities": {"/messages/0": 5}}),
            vec![3, 4],
            none.to_vec(),
        ),
        (
            json!({"targetInput": less(100), "shorten": false, "priorities": {"/messages/8": -1}}),
            vec![8, 9],
            none.to_vec(),
        ),
        (
            json!({"targetInput": less(100), "shorten": false, "keepFirst": true, "pin": ["/messages/4"]}),
            vec![5, 6],
            none.to_vec(),
        ),
    ] {
        let fit = fitted(&history().to_string(), &words);
        assert!(fit.fits, "{words}");
        assert_eq!(
            (dropped(&fit), shortened(&fit)),
            (gone, short),
            "{words}: {}",
            fit.to_text(tokenleash::Ink::Plain, true)
        );
        assert!(lint(&fit.request).unwrap().is_empty(), "{words}");
    }
}

#[test]
fn the_answer_and_the_history_give_way_as_preferred() {
    let request = history().to_string();
    // Limits are judged at the high end of the range, which is four tokens up.
    let charge = fitted(&request, &json!({})).before.charge + 4;
    for (words, max_tokens, trimmed) in [
        // Sonnet burns at 5 a token: 1,000 tokens of answer are worth 5,000 of quota.
        (json!({"limits": {"tpm": charge - 1_000}}), 800, false),
        (json!({"limits": {"tpm": charge - 3_720}}), 256, false),
        (json!({"limits": {"tpm": charge - 4_200}}), 256, true),
        (json!({"limits": {"tpm": charge - 900}, "minOutput": 900}), 900, true),
        (json!({"limits": {"tpm": charge - 1_000}, "expectedOutput": 900}), 900, true),
        (json!({"limits": {"tpm": charge - 400}, "prefer": "trim"}), 1_000, true),
        (json!({"limits": {"tpm": charge - 3_000}, "prefer": "trim"}), 700, true),
        (json!({"limits": {"tpm": charge + 500, "usedTpm": 1_000}}), 900, false),
        (json!({"targetInput": 1_000}), 1_000, true),
        (json!({"maxTokens": 300}), 300, false),
        (json!({"maxTokens": 5_000}), 1_000, false),
    ] {
        let fit = fitted(&request, &words);
        assert!(fit.fits, "{words}");
        let found = fit.after.max_tokens.unwrap();
        // What room a cut leaves goes to the answer.
        assert!((max_tokens..=max_tokens + 70).contains(&found), "{words}: {found}");
        assert_eq!(fit.after.tokens < fit.before.tokens, trimmed, "{words}");
        let written: Value = serde_json::from_str(fit.request.as_text()).unwrap();
        assert_eq!(written["inferenceConfig"]["maxTokens"], found, "{words}");
    }
    let both = fitted(&request, &json!({"limits": {"tpm": charge - 3_000}, "prefer": "balanced"}));
    let answer = both.after.max_tokens.unwrap();
    assert!(both.fits && 256 < answer && answer < 1_000 && both.after.tokens < both.before.tokens);
}

#[test]
fn the_limit_on_the_answer_is_written_where_each_dialect_has_it() {
    for (request, pointer, number) in [
        (
            r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[]}}"#,
            "/inferenceConfig/maxTokens",
            100,
        ),
        (
            r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"topP":1}}"#,
            "/inferenceConfig/maxTokens",
            100,
        ),
        (
            r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":null,"modelId":"m"}"#,
            "/inferenceConfig/maxTokens",
            100,
        ),
        (r#"{"system":"x","messages":[{"role":"user","content":"hi"}]}"#, "/max_tokens", 100),
        (r#"{"model":"x","n":1,"messages":[{"role":"user","content":"hi"}]}"#, "/max_completion_tokens", 100),
        // Two limits at once: both go down, and none goes up.
        (
            r#"{"n":1,"messages":[{"role":"user","content":"hi"}],"max_completion_tokens":5000,"max_tokens":4000}"#,
            "/max_tokens",
            100,
        ),
        (
            r#"{"n":1,"messages":[{"role":"user","content":"hi"}],"max_completion_tokens":5000,"max_tokens":7}"#,
            "/max_tokens",
            7,
        ),
        (
            r#"{"schemaVersion":"messages-v1","messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"max_new_tokens":900}}"#,
            "/inferenceConfig/max_new_tokens",
            100,
        ),
        (
            r#"{"modelId":"x","body":{"anthropic_version":"b","messages":[{"role":"user","content":"hi"}]}}"#,
            "/body/max_tokens",
            100,
        ),
    ] {
        let fit = fitted(request, &json!({"maxTokens": 100, "limits": {"tpm": 1_000}}));
        let written: Value = serde_json::from_str(fit.request.as_text()).unwrap();
        assert_eq!(written.pointer(pointer), Some(&number.into()), "{request}: {}", fit.request.as_text());
        assert!(fit.fits && fit.changed, "{request}");
    }
    // A body that was sent as a string is a string again.
    let quoted = r#"{"modelId":"x","body":"{\"anthropic_version\": \"b\", \"max_tokens\": 900, \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"}"#;
    let fit = fitted(quoted, &json!({"maxTokens": 100}));
    assert_eq!(fit.request.as_text(), quoted.replace("900", "100"));
    // A plain prompt has no place for it.
    let fit = fitted("Kia ora", &json!({"limits": {"tpm": 5_000}}));
    assert!(fit.fits && !fit.changed && fit.notes.iter().any(|note| note.code == "cap-not-written"));
}

#[test]
fn what_cannot_be_had_is_said() {
    let cached = |place: &str| {
        let mark = json!({"cachePoint": {"type": "default"}});
        let mut request = history();
        request[place].as_array_mut().unwrap().push(mark);
        request
    };
    let in_message = {
        let mut request = history();
        request["messages"][0]["content"]
            .as_array_mut()
            .unwrap()
            .push(json!({"cachePoint": {"type": "default"}}));
        request
    };
    for (request, words, codes) in [
        (history(), json!({"minOutput": 1_000}), &[][..]),
        (history(), json!({"minOutput": 1_001}), &["min-output-above-max-tokens"]),
        (history(), json!({"minOutput": 500, "maxTokens": 499}), &["min-output-above-max-tokens"]),
        (history(), json!({"keepCachedPrefix": true}), &["no-cached-prefix"]),
        (cached("system"), json!({"keepCachedPrefix": true}), &[]),
        (in_message, json!({"keepCachedPrefix": true}), &[]),
    ] {
        let fit = fitted(&request.to_string(), &words);
        let said: Vec<_> = fit
            .notes
            .iter()
            .map(|note| note.code)
            .filter(|code| ["min-output-above-max-tokens", "no-cached-prefix"].contains(code))
            .collect();
        assert_eq!(said, codes, "{words}");
    }
}

#[test]
fn thinking_keeps_its_floor() {
    let request = json!({"max_tokens": 4_000, "thinking": {"type": "enabled", "budget_tokens": 2_000},
        "messages": [{"role": "user", "content": "hi"}]});
    let fit = fitted(&request.to_string(), &json!({"limits": {"tpm": 12_000}}));
    assert!(fit.fits && (2_001..2_500).contains(&fit.after.max_tokens.unwrap()));
    let fit = fitted(&request.to_string(), &json!({"limits": {"tpm": 10_000}}));
    assert!(!fit.fits && fit.conflict.unwrap().max_tokens == Some(2_001));
}

#[test]
fn bad_input_has_a_clear_answer() {
    let orphan = converse(&[
        user(&prose(300)),
        assistant("Yes."),
        results(&["nobody"], "42"),
        assistant("So?"),
        user("Go on."),
    ]);
    let same_ids = converse(&[
        user("one"),
        call(&["a", "a"]),
        results(&["a"], &prose(100)),
        assistant("done"),
        user("two"),
        call(&["a"]),
        results(&["a"], &prose(100)),
    ]);
    let image = json!({"messages": [
        {"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://example.org/x.png"}}, {"type": "text", "text": prose(50)}]},
        {"role": "assistant", "content": "A cat."}, {"role": "user", "content": "Sure?"}], "max_tokens": 100});
    let giant = converse(&[user(&prose(5_000))]);
    for (name, request, words, fits, conflict) in [
        (
            "no messages",
            json!({"messages": [], "system": "x"}),
            json!({"targetInput": 1}),
            false,
            Some(LimitName::Input),
        ),
        (
            "only system",
            json!({"n": 1, "messages": [{"role": "system", "content": prose(100)}]}),
            json!({"targetInput": 20}),
            false,
            Some(LimitName::Input),
        ),
        ("one giant message", giant.clone(), json!({"targetInput": 1_000}), false, Some(LimitName::Input)),
        ("an orphan result", orphan.clone(), json!({"targetInput": 1_150}), true, None),
        ("ids used twice", same_ids, json!({"targetInput": 880}), true, None),
        ("an image of unknown size", image, json!({"targetInput": 400}), true, None),
        ("a budget of nothing", history(), json!({"targetInput": 0}), false, Some(LimitName::Input)),
        ("less than the frame", history(), json!({"targetInput": 10}), false, Some(LimitName::Input)),
        (
            "everything pinned",
            history(),
            json!({"targetInput": 1_000, "keepLast": 99}),
            false,
            Some(LimitName::Input),
        ),
        (
            "no requests left",
            history(),
            json!({"limits": {"rpm": 10, "usedRpm": 10}}),
            false,
            Some(LimitName::Rpm),
        ),
        (
            "no quota left",
            history(),
            json!({"limits": {"tpm": 9_000, "usedTpm": 9_000}}),
            false,
            Some(LimitName::Tpm),
        ),
        ("no money", history(), json!({"limits": {"budgetMicroUsd": 1}}), false, Some(LimitName::Cost)),
    ] {
        let text = request.to_string();
        let fit = fitted(&text, &words);
        assert_eq!(fit.fits, fits, "{name}: {}", fit.to_text(tokenleash::Ink::Plain, true));
        assert_eq!(fit.conflict.as_ref().map(|conflict| conflict.limits[0].limit), conflict, "{name}");
        if let Some(conflict) = &fit.conflict {
            assert_eq!(fit.request.as_text(), text, "{name}");
            assert!(conflict.limits[0].smallest.is_some(), "{name}");
            assert!(!fit.to_text(tokenleash::Ink::Plain, false).is_empty());
        }
    }
    let conflict = fitted(&giant.to_string(), &json!({"targetInput": 1_000})).conflict.unwrap();
    assert_eq!(conflict.pinned[0].pointer, "/messages/0/content/0/text");
    let smallest = conflict.limits[0].smallest.unwrap();
    assert!(fitted(&giant.to_string(), &json!({"targetInput": smallest})).fits);
    assert!(!fitted(&giant.to_string(), &json!({"targetInput": smallest - 1})).fits);
    // What stays is told with what the provider adds: together they are what would do, the range aside.
    let stays: u64 = conflict.pinned.iter().map(|part| part.tokens).sum();
    assert!((stays + conflict.frame).abs_diff(conflict.smallest_input) < conflict.smallest_input / 100);
    // A prompt has no pointer, and is called by its name.
    let shorter = fitted(&prose(300), &json!({"targetInput": 200})).to_text(tokenleash::Ink::Plain, true);
    assert!(shorter.contains("the prompt") && shorter.contains("shorter"), "{shorter}");
    // The orphan stands where it stood, and is told of.
    let fit = fitted(&orphan.to_string(), &json!({"targetInput": 1_150}));
    assert!(fit.request.as_text().contains("nobody"));
    assert!(fit.notes.iter().any(|note| note.code == "orphan-tool-result"));
}

#[test]
fn faults_in_the_settings_are_errors() {
    for (words, code) in [
        (json!({"pin": ["/messages/99"]}), "invalid-argument"),
        (json!({"pin": ["/nowhere"]}), "invalid-argument"),
        (json!({"pin": [""]}), "invalid-argument"),
        (json!({"priorities": {"/messages/99": 1}}), "invalid-argument"),
        (json!({"marker": " \n"}), "invalid-argument"),
        (json!({"targetInput": 2_000_000_000_000_u64}), "out-of-range"),
        (json!({"model": "nobody"}), "unknown-model"),
    ] {
        let request = Request::read(&history().to_string(), None).unwrap();
        let error = fit(&request, &options(&words), Catalog::builtin()).unwrap_err();
        assert_eq!(error.kind().code(), code, "{words}");
    }
    for words in [json!({"targetinput": 5}), json!({"policy": "newest-first"}), json!({"limits": {"tmp": 5}})]
    {
        assert!(serde_json::from_value::<FitOptions>(words.clone()).is_err(), "{words}");
    }
}

#[test]
fn texts_are_cut_where_their_kind_says() {
    let text = prose(3_000);
    for (words, starts, ends) in [
        (json!({"targetInput": 500}), true, true),
        (json!({"targetInput": 500, "cut": "head"}), false, true),
        (json!({"targetInput": 500, "cut": "tail"}), true, false),
        (json!({"targetInput": 500, "cut": "middle", "marker": "<left out>"}), true, true),
    ] {
        let fit = fitted(&text, &words);
        let left = fit.request.as_text();
        let marker = words.get("marker").and_then(Value::as_str).unwrap_or("[...]");
        assert!(fit.fits && (460..=500).contains(&fit.after.high), "{words}: {}", fit.after.high);
        assert_eq!(
            (left.starts_with("This is sentence number 0. "), left.ends_with("499. ")),
            (starts, ends),
            "{words}"
        );
        assert_eq!(left.matches(marker).count(), 1, "{words}");
        // Whole sentences stay.
        assert!(left.split(marker).all(|piece| piece.is_empty() || piece.ends_with(". ")), "{words}: {left}");
    }
    // A result of the turn that is to be answered is cut, never dropped; JSON stays JSON.
    let rows: Vec<Value> = (0..500).map(|id| json!({"id": id, "name": format!("row {id}")})).collect();
    let rows = json!({"status": "ok", "rows": rows});
    for content in [json!([{"text": rows.to_string()}]), json!([{"json": rows}])] {
        let result =
            json!({"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": content}}]});
        let fit = fitted(
            &converse(&[user("List them."), call(&["a"]), result]).to_string(),
            &json!({"targetInput": 1_500}),
        );
        assert!(fit.fits && 1_400 < fit.after.high, "{}", fit.after.high);
        let written: Value = serde_json::from_str(fit.request.as_text()).unwrap();
        let left = &written["messages"][2]["content"][0]["toolResult"]["content"][0];
        let left = left["text"]
            .as_str()
            .map_or_else(|| left["json"].clone(), |text| serde_json::from_str(text).unwrap());
        assert_eq!(left["status"], "ok");
        assert!(left["rows"].as_array().unwrap().contains(&"[...]".into()));
        assert_eq!(left["rows"][0]["id"], 0);
    }
}

#[test]
fn tools_go_only_when_nothing_names_them() {
    let whole = fitted(&history().to_string(), &json!({})).before.high;
    let words = json!({"targetInput": whole - 20, "dropUnusedTools": true});
    let fit = fitted(&history().to_string(), &words);
    let written: Value = serde_json::from_str(fit.request.as_text()).unwrap();
    assert_eq!(written["toolConfig"]["tools"].as_array().unwrap().len(), 1);
    assert_eq!(fit.cuts[0].pointer, "/toolConfig/tools/1");
    let mut chosen = history();
    chosen["toolConfig"]["toolChoice"] = json!({"tool": {"name": "write"}});
    let fit = fitted(&chosen.to_string(), &words);
    assert!(fit.cuts.iter().all(|cut| !cut.pointer.starts_with("/toolConfig")));
    let unused = converse(&[user(&prose(100))]);
    let fit = fitted(&unused.to_string(), &json!({"targetInput": 250, "dropUnusedTools": true}));
    let written: Value = serde_json::from_str(fit.request.as_text()).unwrap();
    assert!(fit.fits && written.get("toolConfig").is_none(), "{}", fit.request.as_text());
}

#[test]
fn results_and_a_question_in_one_message_come_apart() {
    let block = |kind: &str, rest: Value| {
        let mut block = rest;
        block["type"] = kind.into();
        block
    };
    let request = json!({"max_tokens": 100, "tools": [{"name": "read", "input_schema": {"type": "object"}}], "messages": [
        {"role": "user", "content": prose(300)},
        {"role": "assistant", "content": [block("tool_use", json!({"id": "a", "name": "read", "input": {}}))]},
        {"role": "user", "content": [
            block("tool_result", json!({"tool_use_id": "a", "content": prose(100), "cache_control": {"type": "ephemeral"}})),
            block("text", json!({"text": "Thanks. What now?"}))]},
        {"role": "assistant", "content": "This."},
        {"role": "user", "content": "Good."}]});
    let fit = fitted(&request.to_string(), &json!({"targetInput": 620, "shorten": false}));
    let written: Value = serde_json::from_str(fit.request.as_text()).unwrap();
    assert!(fit.fits);
    assert_eq!(written["messages"].as_array().unwrap().len(), 3, "{written}");
    assert_eq!(written["messages"][0]["content"], json!([{"type": "text", "text": "Thanks. What now?"}]));
    assert!(fit.cuts.iter().any(|cut| cut.pointer == "/messages/2/content/0"));
    assert_eq!(fit.dialect, Dialect::Messages);
    assert!(lint(&fit.request).unwrap().is_empty());
}

#[test]
fn a_broken_cache_is_told_with_its_price() {
    let mut request = history();
    let mark = json!({"cachePoint": {"type": "default"}});
    request["messages"][9]["content"].as_array_mut().unwrap().push(mark);
    request["messages"][0]["content"][0]["text"] = prose(3_000).into();
    let text = request.to_string();
    let whole = fitted(&text, &json!({})).before.high;
    let fit = fitted(&text, &json!({"targetInput": whole - 1_000}));
    let cache = fit.cache.unwrap();
    assert!(cache.prefix_after < cache.prefix_before && cache.quota_tokens == cache.prefix_after);
    assert!(cache.read_micro_usd.unwrap() < cache.write_micro_usd.unwrap());
    let kept = fitted(&text, &json!({"targetInput": whole - 1_000, "keepCachedPrefix": true}));
    assert!(
        !kept.fits
            && kept.conflict.unwrap().pinned.iter().any(|part| part.reason == "before the last cache point")
    );
}

#[test]
fn faults_are_found_where_they_stand() {
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    for (request, dialect, findings) in [
        (history(), Dialect::Converse, vec![]),
        (
            converse(&[user("hi"), results(&["x"], "y")]),
            Dialect::Converse,
            vec![("orphan-tool-result", "/messages/1/content/0/toolResult")],
        ),
        (
            converse(&[user("hi"), call(&["a", "b"]), results(&["a"], "y")]),
            Dialect::Converse,
            vec![("unanswered-tool-call", "/messages/1/content/1/toolUse")],
        ),
        (converse(&[user("hi"), call(&["a"])]), Dialect::Converse, vec![]),
        (
            converse(&[user("hi"), call(&["a"]), results(&["a", "a"], "y")]),
            Dialect::Converse,
            vec![("duplicate-tool-result", "/messages/2/content/1/toolResult")],
        ),
        (
            converse(&[user("hi"), assistant("a"), assistant("b"), user("c")]),
            Dialect::Converse,
            vec![("roles-not-alternating", "/messages/2")],
        ),
        (
            json!({"messages": [assistant("hi"), user("x")]}),
            Dialect::Nova,
            vec![("first-not-user", "/messages/0")],
        ),
        (
            json!({"messages": [user("hi"), call(&["a"]), results(&["a"], "x")]}),
            Dialect::Converse,
            vec![("tools-missing", "/messages/1/content/0/toolUse")],
        ),
        (
            json!({"messages": [{"role": "user", "content": [{"cachePoint": {"type": "default"}}, {"text": "x"}]}]}),
            Dialect::Converse,
            vec![("cache-point-misplaced", "/messages/0/content/0/cachePoint")],
        ),
        (
            json!({"messages": [{"role": "user", "content": text("")}]}),
            Dialect::Messages,
            vec![("blank-text", "/messages/0/content/0/text")],
        ),
        (
            json!({"messages": [{"role": "user", "content": []}]}),
            Dialect::Messages,
            vec![("empty-message", "/messages/0")],
        ),
        (
            json!({"messages": [{"role": "user", "content": "x"}], "max_tokens": 900, "thinking": {"type": "enabled", "budget_tokens": 1_000}}),
            Dialect::Messages,
            vec![("thinking-budget-too-small", ""), ("thinking-over-max-tokens", "/max_tokens")],
        ),
        (
            json!({"messages": [{"role": "user", "content": "x"}], "tool_choice": {"type": "tool", "name": "gone"}}),
            Dialect::Messages,
            vec![("tool-choice-unknown", "")],
        ),
        (
            json!({"messages": [{"role": "user", "content": "x"}], "max_tokens": 9, "max_completion_tokens": 8}),
            Dialect::Chat,
            vec![("max-tokens-twice", "/max_tokens")],
        ),
        (
            json!({"messages": [{"role": "user", "content": [{"text": "x"}]}], "inferenceConfig": {"maxTokens": 9},
                "additionalModelRequestFields": {"max_tokens": 9}}),
            Dialect::Converse,
            vec![("max-tokens-twice", "/additionalModelRequestFields/max_tokens")],
        ),
        (
            json!({"messages": [{"role": "user", "content": vec![json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}); 5]}]}),
            Dialect::Messages,
            vec![("cache-too-many-points", "/messages/0/content/4/cache_control")],
        ),
        (
            json!({"messages": [{"role": "tool", "tool_call_id": "x", "content": "y"}]}),
            Dialect::Chat,
            vec![("orphan-tool-result", "/messages/0")],
        ),
    ] {
        let found = lint(&Request::read(&request.to_string(), Some(dialect)).unwrap()).unwrap();
        let found: Vec<_> =
            found.iter().map(|note| (note.code, note.pointer.as_deref().unwrap_or_default())).collect();
        assert_eq!(found, findings, "{request}");
    }
}

/// The fit that wasm is held to as well, in `tests/boundary`.
#[test]
fn a_plan_has_the_same_hash_everywhere() {
    let request = include_str!("../fixtures/fit-request.json");
    let fit = fitted(request, &json!({"targetInput": 1_200, "dropUnusedTools": true}));
    assert!(fit.fits && 4 < fit.cuts.len());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/fit-plan.txt");
    if std::env::var_os("TOKENLEASH_BLESS").is_some() {
        std::fs::write(path, format!("{}\n", fit.plan_hash)).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap().trim(), fit.plan_hash);
}
