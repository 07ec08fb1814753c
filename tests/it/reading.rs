//! Input that cannot be used: what kind of error, and where it points.

use tokenleash::{Catalog, ErrorKind, Options, Request, check};

/// Reads and checks bytes for a model that exists.
fn error(input: &[u8]) -> (ErrorKind, Option<(usize, usize)>, Option<String>) {
    let options = Options { model: Some("anthropic.claude-opus-4-6-v1".to_owned()), ..Options::default() };
    let error = Request::read_bytes(input, None)
        .and_then(|request| check(&request, &options, Catalog::builtin()))
        .expect_err(&String::from_utf8_lossy(input.get(..200).unwrap_or(input)));
    let place = error.place();
    (error.kind(), place.line.zip(place.column), place.pointer.clone())
}

/// An input; the kind of its error, its line and column, and its pointer.
type Row<'a> = (&'a [u8], ErrorKind, Option<(usize, usize)>, Option<&'a str>);

#[test]
fn faults_say_what_and_where() {
    use ErrorKind::{
        DuplicateKey, Empty, InvalidJson, InvalidUtf8, OutOfRange, TooDeep, UnknownDialect, WrongShape,
    };
    let deep = format!("{{\"messages\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let rows: &[Row<'_>] = &[
        (b"", Empty, Some((1, 1)), None),
        (b" \n\t", Empty, Some((1, 1)), None),
        (b"\xef\xbb\xbf", Empty, Some((1, 1)), None),
        (b"caf\xe9", InvalidUtf8, Some((1, 4)), None),
        (b"{\"messages\":\n[\"\xff\"]}", InvalidUtf8, Some((2, 3)), None),
        (b"a\0b", InvalidUtf8, Some((1, 2)), None),
        (b"{\"messages\":[}", InvalidJson, Some((1, 14)), None),
        (b"{\"messages\":[]", InvalidJson, Some((1, 15)), None),
        (b"{\"messages\":[]} x", InvalidJson, Some((1, 17)), None),
        (b"{'messages':[]}", InvalidJson, Some((1, 2)), None),
        (br#"{"messages":[{"role":"user","content":"\ud800"}]}"#, InvalidJson, Some((1, 40)), None),
        (b"{\"messages\":[],\n \"messages\":[]}", DuplicateKey, Some((2, 2)), None),
        (deep.as_bytes(), TooDeep, Some((1, 268)), None),
        (b"{}", UnknownDialect, Some((1, 1)), Some("")),
        (b"{\"prompt\":\"Human: hi\"}", UnknownDialect, Some((1, 1)), Some("")),
        (b"{\"messages\":{}}", WrongShape, Some((1, 13)), Some("/messages")),
        (b"{\"messages\":[1]}", WrongShape, Some((1, 14)), Some("/messages/0")),
        (b"{\"messages\":[{\"content\":\"x\"}]}", WrongShape, Some((1, 14)), Some("/messages/0")),
        (
            br#"{"messages":[{"role":"wizard","content":"x"}]}"#,
            WrongShape,
            Some((1, 22)),
            Some("/messages/0/role"),
        ),
        (
            br#"{"messages":[{"role":"user","content":7}]}"#,
            WrongShape,
            Some((1, 39)),
            Some("/messages/0/content"),
        ),
        (br#"{"messages":[],"max_tokens":-1}"#, OutOfRange, Some((1, 29)), Some("/max_tokens")),
        (br#"{"messages":[],"max_tokens":0}"#, OutOfRange, Some((1, 29)), Some("/max_tokens")),
        (br#"{"messages":[],"max_tokens":1.5}"#, OutOfRange, Some((1, 29)), Some("/max_tokens")),
        (br#"{"messages":[],"max_tokens":1e99}"#, OutOfRange, Some((1, 29)), Some("/max_tokens")),
        (br#"{"messages":[],"max_tokens":"9"}"#, WrongShape, Some((1, 29)), Some("/max_tokens")),
        (
            br#"{"messages":[],"inferenceConfig":{"maxTokens":99999999999999999999}}"#,
            OutOfRange,
            Some((1, 47)),
            Some("/inferenceConfig/maxTokens"),
        ),
        (br#"{"modelId":"m","body":"{\"messages\":"}"#, InvalidJson, Some((1, 23)), Some("/body")),
        (br#"{"modelId":"m","body":7}"#, WrongShape, Some((1, 23)), Some("/body")),
        (
            br#"{"modelId":"m","body":"{\"messages\":[],\"max_tokens\":-2}"}"#,
            OutOfRange,
            None,
            Some("/body/max_tokens"),
        ),
        (
            br#"{"messages":[{"role":"user","content":[{"type":"tool_use","input":{}}]}]}"#,
            WrongShape,
            Some((1, 40)),
            Some("/messages/0/content/0"),
        ),
    ];
    for (input, kind, place, pointer) in rows {
        let found = error(input);
        let shown = String::from_utf8_lossy(input.get(..200).unwrap_or(input));
        assert_eq!(found, (*kind, *place, pointer.map(str::to_owned)), "{shown}");
    }
}

#[test]
fn options_out_of_range_are_refused() {
    let request = Request::read("Kia ora", None).unwrap();
    let model = Some("claude-opus-4-6".to_owned());
    let base = Options { model, ..Options::default() };
    let limits = |tpm| tokenleash::Limits { tpm: Some(tpm), ..tokenleash::Limits::default() };
    for (options, kind) in [
        (Options { max_tokens: Some(0), ..base.clone() }, ErrorKind::OutOfRange),
        (Options { max_tokens: Some(u64::MAX), ..base.clone() }, ErrorKind::OutOfRange),
        (Options { limits: limits(u64::MAX), ..base.clone() }, ErrorKind::OutOfRange),
        (Options { model: None, ..base.clone() }, ErrorKind::MissingModel),
        (Options { model: Some("gpt-99".to_owned()), ..base.clone() }, ErrorKind::UnknownModel),
        (Options { profile: Some("mars".to_owned()), ..base.clone() }, ErrorKind::UnknownProfile),
        (Options { source_region: Some("ap-moon-1".to_owned()), ..base }, ErrorKind::UnknownProfile),
    ] {
        assert_eq!(check(&request, &options, Catalog::builtin()).unwrap_err().kind(), kind);
    }
}

#[test]
fn a_large_input_is_read_whole() {
    let text = "Kia ora koutou katoa. ".repeat(2_400_000);
    let request = format!(r#"{{"messages":[{{"role":"user","content":[{{"text":"{text}"}}]}}]}}"#);
    assert!(50_000_000 < request.len());
    let request = Request::read(&request, None).unwrap();
    let prompt = request.prompt().unwrap();
    assert_eq!(prompt.messages[0].blocks.len(), 1);
}
