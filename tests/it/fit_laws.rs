//! What must hold for any request that is made to fit.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use tokenleash::{
    Catalog, CutAction, Dialect, Fit, FitOptions, FitRules, Limits, Options, Policy, Prefer, Request, check,
    fit, lint,
};

/// Cases of each law's run; ten thousand together, more by `TOKENLEASH_FIT_CASES`. About one of 27,000 shows a text
/// that is JSON and keeps less by a larger budget, because it is cut at another element: a fault to mend.
fn cases(default: u32) -> ProptestConfig {
    let asked = std::env::var("TOKENLEASH_FIT_CASES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(default);
    // Of what is drawn some is drawn again, in long runs more often than the default allows.
    let max_local_rejects = u32::MAX;
    ProptestConfig { cases, max_local_rejects, failure_persistence: None, ..ProptestConfig::default() }
}

/// A part of a conversation, before a dialect writes it.
#[derive(Clone, Debug)]
enum Turn {
    Ask(Vec<Said>),
    Answer(Vec<Said>),
    /// Calls, each with what it gave back, and whether the answers are all there.
    Round {
        says: Option<String>,
        thinks: bool,
        results: Vec<Vec<Said>>,
        pending: bool,
    },
    /// A result that no call asked for.
    Orphan(String),
    /// A message of the system in the middle, where the dialect has one.
    System(String),
}

#[derive(Clone, Debug)]
enum Said {
    Text(String),
    Image,
    CachePoint,
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "kia ora",
        "The quick brown fox.",
        "世界，你好。",
        "👨‍👩‍👧‍👦",
        "e\u{301}\u{302}tude",
        "🇳🇿🇦🇺",
        "\n\n",
        "\r\n",
        "```\ncode\n```\n",
        "- item\n",
        "{\"key\": [1, 2, 3]}",
        "한국어 문장입니다.",
        "<|endoftext|>",
        "\"quoted\\text\"",
        "  ",
        "x",
        "A longer sentence that holds a dozen words or so, to have something to cut.",
    ]);
    vec(word, 1..40).prop_map(|words| words.join(" "))
}

/// A tool result that is JSON.
fn json_text() -> impl Strategy<Value = String> {
    vec(text(), 1..6).prop_map(|rows| {
        let rows: Vec<Value> =
            rows.iter().enumerate().map(|(id, text)| json!({"id": id, "text": text})).collect();
        json!({"status": "ok", "rows": rows}).to_string()
    })
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        10 => text().prop_map(Said::Text),
        1 => Just(Said::Image),
        1 => Just(Said::CachePoint),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let result = prop_oneof![
        3 => vec(said().prop_filter("in results", |said| !matches!(said, Said::CachePoint)), 1..3),
        2 => json_text().prop_map(|text| vec![Said::Text(text)]),
    ];
    let round = (prop::option::of(text()), any::<bool>(), vec(result, 1..4), prop::bool::weighted(0.1))
        .prop_map(|(says, thinks, results, pending)| Turn::Round { says, thinks, results, pending });
    prop_oneof![
        6 => vec(said(), 1..3).prop_map(Turn::Ask),
        5 => vec(said(), 1..2).prop_map(Turn::Answer),
        6 => round,
        1 => text().prop_map(Turn::Orphan),
        1 => text().prop_map(Turn::System),
    ]
}

/// A conversation that a provider would take, most of the time.
fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let exchange =
        (vec(said(), 1..3), vec(turn(), 0..3), vec(said(), 1..2)).prop_map(|(ask, middle, answer)| {
            let rounds = middle.into_iter().filter(|turn| matches!(turn, Turn::Round { pending: false, .. }));
            let mut turns = vec![Turn::Ask(ask)];
            turns.extend(rounds);
            turns.push(Turn::Answer(answer));
            turns
        });
    let clean =
        (vec(exchange, 0..7), vec(said(), 1..3), vec(turn(), 0..3)).prop_map(|(history, ask, rounds)| {
            let mut turns: Vec<Turn> = history.into_iter().flatten().collect();
            turns.push(Turn::Ask(ask));
            turns
                .extend(rounds.into_iter().filter(|turn| matches!(turn, Turn::Round { pending: false, .. })));
            turns
        });
    prop_oneof![4 => clean, 1 => vec(turn(), 0..9)]
}

#[derive(Clone, Debug)]
struct Conversation {
    turns: Vec<Turn>,
    system: Option<String>,
    tools: usize,
    max_tokens: Option<u64>,
}

fn conversation() -> impl Strategy<Value = Conversation> {
    (turns(), prop::option::of(text()), 0_usize..4, prop::option::of(1_u64..4_000))
        .prop_map(|(turns, system, tools, max_tokens)| Conversation { turns, system, tools, max_tokens })
}

const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

impl Conversation {
    fn uses_tools(&self) -> bool {
        self.turns.iter().any(|turn| matches!(turn, Turn::Round { .. } | Turn::Orphan(_)))
    }

    fn tool_names(&self) -> Vec<String> {
        let count = self.tools.max(usize::from(self.uses_tools()));
        (0..count).map(|index| format!("tool{index}")).collect()
    }

    fn write(&self, dialect: Dialect) -> String {
        let mut value = match dialect {
            Dialect::Messages => self.messages(),
            Dialect::Chat => self.chat(),
            _ => self.converse(),
        };
        if let (Some(max_tokens), Some(body)) = (self.max_tokens, value.as_object_mut()) {
            match dialect {
                Dialect::Converse => body.insert("inferenceConfig".into(), json!({"maxTokens": max_tokens})),
                _ => body.insert("max_tokens".into(), max_tokens.into()),
            };
        }
        value.to_string()
    }

    fn converse(&self) -> Value {
        let block = |said: &Said| match said {
            Said::Text(text) => json!({"text": text}),
            Said::Image => json!({"image": {"format": "png", "source": {"bytes": PIXEL}}}),
            Said::CachePoint => json!({"cachePoint": {"type": "default"}}),
        };
        let mut messages = Vec::new();
        for (index, turn) in self.turns.iter().enumerate() {
            match turn {
                Turn::Ask(said) => messages
                    .push(json!({"role": "user", "content": led(said).map(block).collect::<Vec<_>>()})),
                Turn::Answer(said) => {
                    messages.push(
                        json!({"role": "assistant", "content": led(said).map(block).collect::<Vec<_>>()}),
                    );
                }
                Turn::Round { says, thinks, results, pending } => {
                    let mut content = Vec::new();
                    if *thinks {
                        content.push(json!({"reasoningContent": {"reasoningText": {"text": "Let me think.", "signature": "c2ln"}}}));
                    }
                    content.extend(says.iter().map(|text| json!({"text": text})));
                    for call in 0..results.len() {
                        content.push(json!({"toolUse": {"toolUseId": format!("c{index}-{call}"), "name": "tool0", "input": {"path": "a/b", "n": call}}}));
                    }
                    messages.push(json!({"role": "assistant", "content": content}));
                    let results = results.iter().enumerate().map(|(call, said)| {
                        let content: Vec<_> = said
                            .iter()
                            .map(|said| match said {
                                Said::Text(text) if text.starts_with('{') => {
                                    serde_json::from_str::<Value>(text)
                                        .map_or(json!({"text": text}), |json| json!({"json": json}))
                                }
                                other => block(other),
                            })
                            .collect();
                        json!({"toolResult": {"toolUseId": format!("c{index}-{call}"), "content": content}})
                    });
                    if !pending {
                        messages.push(json!({"role": "user", "content": results.collect::<Vec<_>>()}));
                    }
                }
                Turn::Orphan(text) => messages.push(json!({"role": "user", "content": [
                    {"toolResult": {"toolUseId": "nobody", "content": [{"text": text}]}}]})),
                Turn::System(_) => {}
            }
        }
        let mut body = json!({"modelId": "m", "messages": messages});
        if let Some(system) = &self.system {
            body["system"] = json!([{"text": system}, {"cachePoint": {"type": "default"}}]);
        }
        let tools = self.tool_names();
        if !tools.is_empty() {
            let specs = tools
                .iter()
                .map(|name| json!({"toolSpec": {"name": name, "inputSchema": {"json": {"type": "object"}}}}));
            body["toolConfig"] = json!({"tools": specs.collect::<Vec<_>>()});
        }
        body
    }

    fn messages(&self) -> Value {
        let blocks = |said: &[Said]| {
            let mut blocks: Vec<Value> = Vec::new();
            for said in led(said) {
                match said {
                    Said::Text(text) => blocks.push(json!({"type": "text", "text": text})),
                    Said::Image => blocks.push(json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}})),
                    Said::CachePoint => {
                        if let Some(last) = blocks.last_mut() {
                            last["cache_control"] = json!({"type": "ephemeral"});
                        }
                    }
                }
            }
            blocks
        };
        let mut messages: Vec<Value> = Vec::new();
        for (index, turn) in self.turns.iter().enumerate() {
            match turn {
                // Results and the next question share one message, as coding tools write them.
                Turn::Ask(said)
                    if index % 2 == 1 && messages.last().is_some_and(|last| last["role"] == "user") =>
                {
                    let last = messages.last_mut().unwrap();
                    if let Some(content) = last["content"].as_array_mut() {
                        content.extend(blocks(said));
                    }
                }
                Turn::Ask(said) => match said.as_slice() {
                    [Said::Text(text)] => messages.push(json!({"role": "user", "content": text})),
                    _ => messages.push(json!({"role": "user", "content": blocks(said)})),
                },
                Turn::Answer(said) => messages.push(json!({"role": "assistant", "content": blocks(said)})),
                Turn::Round { says, thinks, results, pending } => {
                    let mut content = Vec::new();
                    if *thinks {
                        content.push(
                            json!({"type": "thinking", "thinking": "Let me think.", "signature": "sig"}),
                        );
                    }
                    content.extend(says.iter().map(|text| json!({"type": "text", "text": text})));
                    for call in 0..results.len() {
                        content.push(json!({"type": "tool_use", "id": format!("c{index}-{call}"), "name": "tool0", "input": {"n": call}}));
                    }
                    messages.push(json!({"role": "assistant", "content": content}));
                    let results = results.iter().enumerate().map(|(call, said)| {
                        json!({"type": "tool_result", "tool_use_id": format!("c{index}-{call}"), "content": blocks(said)})
                    });
                    if !pending {
                        messages.push(json!({"role": "user", "content": results.collect::<Vec<_>>()}));
                    }
                }
                Turn::Orphan(text) => messages.push(json!({"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "nobody", "content": text}]})),
                Turn::System(_) => {}
            }
        }
        let mut body = json!({"anthropic_version": "bedrock-2023-05-31", "messages": messages});
        if let Some(system) = &self.system {
            body["system"] =
                json!([{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]);
        }
        let tools = self.tool_names();
        if !tools.is_empty() {
            let specs = tools.iter().map(|name| json!({"name": name, "input_schema": {"type": "object"}}));
            body["tools"] = specs.collect();
        }
        body
    }

    fn chat(&self) -> Value {
        let part = |said: &Said| match said {
            Said::Text(text) => Some(json!({"type": "text", "text": text})),
            Said::Image => Some(
                json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{PIXEL}")}}),
            ),
            Said::CachePoint => None,
        };
        let words = |said: &[Said]| {
            let texts = said.iter().filter_map(|said| match said {
                Said::Text(text) => Some(text.as_str()),
                _ => None,
            });
            texts.collect::<Vec<_>>().join("\n")
        };
        let mut messages = Vec::new();
        messages.extend(self.system.iter().map(|text| json!({"role": "system", "content": text})));
        for (index, turn) in self.turns.iter().enumerate() {
            match turn {
                Turn::Ask(said) => messages.push(
                    json!({"role": "user", "content": said.iter().filter_map(part).collect::<Vec<_>>()}),
                ),
                Turn::Answer(said) => messages.push(json!({"role": "assistant", "content": words(said)})),
                Turn::Round { says, results, pending, .. } => {
                    let calls = (0..results.len()).map(|call| {
                        json!({"id": format!("c{index}-{call}"), "type": "function",
                        "function": {"name": "tool0", "arguments": json!({"n": call}).to_string()}})
                    });
                    messages.push(json!({"role": "assistant", "content": says, "tool_calls": calls.collect::<Vec<_>>()}));
                    let results = results.iter().enumerate().map(|(call, said)| {
                        json!({"role": "tool", "tool_call_id": format!("c{index}-{call}"), "content": words(said)})
                    });
                    if !pending {
                        messages.extend(results);
                    }
                }
                Turn::Orphan(text) => {
                    messages.push(json!({"role": "tool", "tool_call_id": "nobody", "content": text}));
                }
                Turn::System(text) => messages.push(json!({"role": "developer", "content": text})),
            }
        }
        let mut body = json!({"model": "m", "messages": messages});
        let tools = self.tool_names();
        if !tools.is_empty() {
            let specs = tools.iter().map(|name| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}));
            body["tools"] = specs.collect();
        }
        body
    }
}

/// Content in which a cache point never comes first.
fn led(said: &[Said]) -> impl Iterator<Item = &Said> {
    let mut before = None;
    said.iter().filter(move |said| {
        let cached = matches!(said, Said::CachePoint);
        let keep = !cached || before == Some(false);
        if keep {
            before = Some(cached);
        }
        keep
    })
}

fn rules() -> impl Strategy<Value = FitRules> {
    let policy = prop::sample::select(vec![Policy::OldestFirst, Policy::ToolResultsFirst, Policy::MiddleOut]);
    let prefer = prop::sample::select(vec![Prefer::Cap, Prefer::Trim, Prefer::Balanced]);
    let flags = (
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
    );
    (policy, prefer, flags, 0_u64..2, prop::option::of(1_u64..600)).prop_map(
        |(
            policy,
            prefer,
            (shorten, keep_first, drop_unused_tools, keep_cached_prefix),
            keep_last,
            min_output,
        )| FitRules {
            policy,
            prefer,
            shorten,
            keep_first,
            drop_unused_tools,
            keep_cached_prefix,
            keep_last: u64::from(keep_last == 1 && keep_first),
            min_output,
            ..FitRules::default()
        },
    )
}

const MODELS: [&str; 7] = [
    "claude-sonnet-4-6",
    "claude-opus-4-5",
    "claude-opus-4-8",
    "amazon.nova-pro-v1:0",
    "gpt-4o",
    "openai.gpt-oss-120b-1:0",
    "meta.llama3-3-70b-instruct-v1:0",
];

#[derive(Clone, Debug)]
struct Case {
    request: String,
    dialect: Dialect,
    model: &'static str,
    rules: FitRules,
    /// The limit, in thousandths of what the request needs.
    share: u64,
    by: Budget,
    /// The caller's own limit on the answer.
    max_tokens: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Budget {
    Input,
    Tpm,
    WarmTpm,
    Cost,
}

fn case() -> impl Strategy<Value = Case> {
    let dialect = prop::sample::select(vec![Dialect::Converse, Dialect::Messages, Dialect::Chat]);
    let model = prop::sample::select(MODELS.to_vec());
    let by =
        prop::sample::select(vec![Budget::Input, Budget::Input, Budget::Tpm, Budget::WarmTpm, Budget::Cost]);
    let max_tokens = prop::option::weighted(0.2, 1_u64..3_000);
    (conversation(), dialect, model, rules(), 20_u64..1_000, by, max_tokens).prop_map(
        |(conversation, dialect, model, rules, share, by, max_tokens)| Case {
            request: conversation.write(dialect),
            dialect,
            model,
            rules,
            share,
            by,
            max_tokens,
        },
    )
}

impl Case {
    fn options(&self, share: u64) -> FitOptions {
        let model = Some(self.model.to_owned());
        let open = Options { model, ..Options::default() };
        let report = check(&self.read(), &open, Catalog::builtin()).unwrap();
        let of = |whole: u64| (whole * share / 1_000).max(1);
        let mut how = self.rules.clone();
        let mut limits = Limits::default();
        let mut cache = tokenleash::CacheState::Cold;
        match self.by {
            Budget::Input => how.target_input = Some(of(report.input.high)),
            Budget::Tpm => limits.tpm = Some(of(report.quota.charge)),
            Budget::WarmTpm => {
                cache = tokenleash::CacheState::Warm;
                limits.tpm = Some(of(report.quota.charge));
            }
            Budget::Cost => {
                limits.budget_micro_usd = report.cost.map(|cost| of(cost.total_worst_micro_usd));
            }
        }
        FitOptions { check: Options { limits, cache, max_tokens: self.max_tokens, ..open }, how }
    }

    fn read(&self) -> Request {
        Request::read(&self.request, Some(self.dialect)).unwrap()
    }

    fn fit(&self, share: u64) -> (Fit, FitOptions) {
        let options = self.options(share);
        (fit(&self.read(), &options, Catalog::builtin()).unwrap(), options)
    }
}

fn codes(request: &Request) -> Vec<&'static str> {
    let mut codes: Vec<_> = lint(request).unwrap().into_iter().map(|note| note.code).collect();
    codes.dedup();
    codes
}

/// Applies a JSON patch: an implementation of its own, from the text of RFC 6902.
fn patched(mut value: Value, steps: &Value) -> Value {
    for step in steps.as_array().unwrap() {
        let path = step["path"].as_str().unwrap();
        let Some((above, token)) = path.rsplit_once('/') else {
            value = step["value"].clone();
            continue;
        };
        let token = token.replace("~1", "/").replace("~0", "~");
        let parent = value.pointer_mut(above).unwrap();
        match (step["op"].as_str().unwrap(), parent) {
            ("remove", Value::Array(items)) => drop(items.remove(token.parse().unwrap())),
            ("remove", Value::Object(members)) => drop(members.remove(&token).unwrap()),
            ("add", Value::Array(items)) => items.insert(token.parse().unwrap(), step["value"].clone()),
            ("add", Value::Object(members)) => {
                assert!(members.insert(token, step["value"].clone()).is_none());
            }
            ("replace", parent) => {
                let old = match parent {
                    Value::Array(items) => items.get_mut(token.parse::<usize>().unwrap()),
                    Value::Object(members) => members.get_mut(&token),
                    _ => None,
                };
                *old.unwrap() = step["value"].clone();
            }
            other => panic!("{other:?}"),
        }
    }
    value
}

/// The messages that are left are those of the request, in order and byte for byte, but for the
/// strings that the receipt says were shortened.
fn untouched(case: &Case, fit: &Fit) -> Result<(), TestCaseError> {
    let old: Value = serde_json::from_str(&case.request).unwrap();
    let new: Value = serde_json::from_str(fit.request.as_text()).unwrap();
    let kept = fit.messages.iter().enumerate().filter(|(_, fate)| !fate.dropped);
    let left = new["messages"].as_array().unwrap();
    prop_assert_eq!(kept.clone().count(), left.len());
    for ((index, _), new) in kept.zip(left) {
        let prefix = format!("/messages/{index}/");
        let whole =
            fit.cuts.iter().any(|cut| cut.pointer.starts_with(&prefix) && cut.action != CutAction::Capped);
        if !whole {
            prop_assert_eq!(&old["messages"][index], new);
            prop_assert!(fit.request.as_text().contains(&new.to_string()));
        }
    }
    for key in ["system", "modelId", "model"] {
        prop_assert_eq!(&old[key], &new[key]);
    }
    Ok(())
}

fn laws(case: &Case) -> Result<(), TestCaseError> {
    let input = case.read();
    let (fitted, options) = case.fit(case.share);
    let found = codes(&input);

    // The caller's value is as it was, and the same question has the same answer.
    prop_assert_eq!(input.as_text(), case.request.as_str());
    let again = fit(&input, &options, Catalog::builtin()).unwrap();
    prop_assert_eq!(again.to_json_with_request(), fitted.to_json_with_request());

    if !fitted.fits {
        prop_assert_eq!(fitted.request.as_text(), case.request.as_str());
        prop_assert!(fitted.cuts.is_empty() && fitted.patch.forward.is_empty());
        let conflict = fitted.conflict.as_ref().unwrap();
        prop_assert!(!conflict.limits.is_empty());
        // What is said to do does.
        let mut enough = options.clone();
        for unmet in &conflict.limits {
            match unmet.limit {
                tokenleash::LimitName::Input => enough.how.target_input = unmet.smallest,
                tokenleash::LimitName::Tpm => enough.check.limits.tpm = unmet.smallest,
                tokenleash::LimitName::Cost => enough.check.limits.budget_micro_usd = unmet.smallest,
                other => prop_assert!(false, "{other:?}"),
            }
        }
        prop_assert!(fit(&input, &enough, Catalog::builtin()).unwrap().fits, "{conflict:?}");
        return Ok(());
    }
    prop_assert!(fitted.conflict.is_none());

    // Never over budget after a recount by the check that everyone sees.
    let recheck = Options { max_tokens: fitted.after.max_tokens, ..options.check.clone() };
    let report = check(&fitted.request, &recheck, Catalog::builtin()).unwrap();
    prop_assert!(report.fits, "{:?}", report.limits);
    prop_assert!(options.how.target_input.is_none_or(|most| report.input.high <= most));
    prop_assert_eq!((report.input.tokens, report.input.high), (fitted.after.tokens, fitted.after.high));
    let left = fitted.messages.iter().filter(|fate| !fate.dropped);
    for (index, fate) in left.enumerate() {
        let (own, below) = (format!("/messages/{index}"), format!("/messages/{index}/"));
        let parts = report.input.parts.iter();
        let parts = parts.filter(|part| part.pointer == own || part.pointer.starts_with(&below));
        prop_assert_eq!(parts.map(|part| part.tokens.get()).sum::<u64>(), fate.tokens_after);
    }
    let written = Options { max_tokens: None, ..options.check.clone() };
    let own = check(&fitted.request, &written, Catalog::builtin()).unwrap();
    prop_assert!(own.fits, "the limit on the answer is written");

    // Never larger, never less valid.
    prop_assert!(fitted.after.tokens <= fitted.before.tokens);
    for code in codes(&fitted.request) {
        prop_assert!(found.contains(&code), "{code} is new: {}", fitted.request.as_text());
    }
    let roles = |request: &str| {
        let value: Value = serde_json::from_str(request).unwrap();
        let side = |message: &Value| match message["role"].as_str() {
            Some("system" | "developer") => None,
            Some("assistant") => Some(1),
            Some("tool") => Some(2),
            _ => Some(0),
        };
        let sides: Vec<_> = value["messages"].as_array().unwrap().iter().filter_map(side).collect();
        (sides.first().copied(), sides.windows(2).any(|pair| pair[0] == pair[1] && pair[0] != 2))
    };
    let (old, new) = (roles(&case.request), roles(fitted.request.as_text()));
    prop_assert!(old.1 || !new.1, "roles alternate: {}", fitted.request.as_text());
    let orphans = found.contains(&"orphan-tool-result");
    prop_assert!(orphans || old.0 != Some(0) || new.0 == Some(0), "starts with the user");

    // Idempotent.
    let twice = fit(&fitted.request, &options, Catalog::builtin()).unwrap();
    prop_assert_eq!(twice.request.as_text(), fitted.request.as_text());

    untouched(case, &fitted)?;

    // The receipt adds up, and the patches lead there and back.
    let cut: i64 = fitted
        .cuts
        .iter()
        .filter(|cut| cut.action != CutAction::Capped)
        .map(|cut| cut.tokens_before.cast_signed() - cut.tokens_after.cast_signed())
        .sum();
    let removed = fitted.removed;
    prop_assert_eq!(cut, removed.parts);
    let difference = fitted.before.tokens.cast_signed() - fitted.after.tokens.cast_signed();
    prop_assert_eq!(removed.parts + removed.frame + removed.seams, difference);
    let most = if writes_results_anew(case.model) { 24 } else { 12 };
    let most = most + 4 * fitted.messages.len().cast_signed() as i64;
    prop_assert!(
        removed.seams.abs() <= most,
        "seams of {} for {} messages",
        removed.seams,
        fitted.messages.len()
    );
    let receipt: Value = serde_json::from_str(&fitted.to_json()).unwrap();
    let old: Value = serde_json::from_str(&case.request).unwrap();
    let new: Value = serde_json::from_str(fitted.request.as_text()).unwrap();
    prop_assert_eq!(&patched(old.clone(), &receipt["patch"]["forward"]), &new);
    prop_assert_eq!(&patched(new, &receipt["patch"]["back"]), &old);
    Ok(())
}

/// Models whose frame gathers results and writes them anew as escaped JSON, where there are more seams.
fn writes_results_anew(model: &str) -> bool {
    ["gpt-4o", "openai.gpt-oss-120b-1:0", "meta.llama3-3-70b-instruct-v1:0"].contains(&model)
}

proptest! {
    #![proptest_config(cases(8_000))]

    #[test]
    fn what_fits_is_valid_and_told_exactly(case in case()) {
        laws(&case)?;
    }
}

/// Whether one fit keeps all that another keeps: every message, and of shortened texts every byte.
///
/// Bytes, because a longer text may be a token less where two tokens merge.
fn keeps_no_less(more: &Fit, less: &Fit) -> bool {
    let gone = |fit: &Fit| -> Vec<(String, Option<std::ops::Range<usize>>)> {
        let cuts = fit.cuts.iter().filter(|cut| cut.action != CutAction::Capped);
        cuts.map(|cut| (cut.pointer.clone(), cut.removed_bytes.clone())).collect()
    };
    let less = gone(less);
    gone(more).into_iter().all(|(pointer, bytes)| {
        less.iter().any(|(above, other)| match (&bytes, other) {
            (_, None) => pointer == *above || pointer.starts_with(&format!("{above}/")),
            (Some(bytes), Some(other)) => {
                pointer == *above && other.start <= bytes.start && bytes.end <= other.end
            }
            (None, Some(_)) => false,
        })
    })
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_larger_budget_never_keeps_less(case in case(), steps in vec(20_u64..1_000, 5)) {
        let mut shares = steps;
        shares.extend([case.share, case.share + 1, case.share + 2, case.share + 5]);
        shares.sort_unstable();
        let all: Vec<_> = shares.iter().map(|share| (share, case.fit(*share).0)).collect();
        let first = all.iter().position(|(_, fit)| fit.fits).unwrap_or(all.len());
        let fits = &all[first..];
        // Once it fits, it fits with more.
        prop_assert!(fits.iter().all(|(_, fit)| fit.fits));
        for pair in fits.windows(2) {
            let ((small, less), (large, more)) = (&pair[0], &pair[1]);
            prop_assert!(keeps_no_less(more, less), "{small} keeps {}, {large} keeps {}\n{}\n{}",
                less.after.tokens, more.after.tokens, less.to_text(tokenleash::Ink::Plain, true), more.to_text(tokenleash::Ink::Plain, true));
        }
    }
}
