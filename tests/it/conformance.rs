//! Cases of other tools' test suites, written anew: what they ask, what a fit gives, and where the
//! two differ on purpose. `tests/conformance/README.md` says what stands in a case.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::Value;
use tokenleash::{Catalog, Dialect, Fit, FitOptions, Ink, Request, fit, lint};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    origin: Origin,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    name: String,
    repository: String,
    path: String,
    license: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The peer's own test.
    test: String,
    counter: String,
    dialect: String,
    request: Value,
    options: Value,
    expect: Expect,
    divergence: Option<Divergence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expect {
    /// The messages that are left, by their place in the request.
    kept: Option<Vec<usize>>,
    /// Texts that are shortened, and what is left of them.
    #[serde(default)]
    shortened: BTreeMap<String, String>,
    /// Tokens of the result.
    tokens: Option<u64>,
    /// The limit on the answer that is written.
    max_tokens: Option<u64>,
    /// Where nothing fits: the smallest number that would do.
    smallest: Option<u64>,
    /// Codes of notes that must be among the receipt's.
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Divergence {
    theirs: String,
    reason: String,
}

fn suites() -> Vec<Suite> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/cases");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        serde_json::from_str(&fs::read_to_string(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}

/// The text at a pointer into the new request, given one into the old.
fn text_now(fit: &Fit, new: &Value, pointer: &str) -> Option<String> {
    let kept: Vec<_> = fit.messages.iter().filter(|fate| !fate.dropped).map(|fate| &fate.pointer).collect();
    let place = kept.iter().position(|message| pointer.starts_with(&format!("{message}/")))?;
    let rest = pointer.strip_prefix(kept[place].as_str())?;
    new.pointer(&format!("/messages/{place}{rest}"))?.as_str().map(str::to_owned)
}

fn run(case: &Case, catalog: &Catalog) -> Result<(), String> {
    let mut options = case.options.clone();
    options["model"] = case.counter.as_str().into();
    options["dialect"] = case.dialect.as_str().into();
    let options: FitOptions = serde_json::from_value(options).map_err(|error| error.to_string())?;
    let text = match &case.request {
        Value::String(prompt) => prompt.clone(),
        request => request.to_string(),
    };
    let request = Request::read(&text, options.check.dialect).map_err(|error| error.to_string())?;
    let fitted = fit(&request, &options, catalog).map_err(|error| error.to_string())?;
    let says = |what: String| Err(format!("{what}\n{}", fitted.to_text(Ink::Plain, true)));
    let kept: Vec<usize> =
        (0..fitted.messages.len()).filter(|index| !fitted.messages[*index].dropped).collect();

    let expect = &case.expect;
    if fitted.fits == expect.smallest.is_some() {
        return says(format!("fits: {}", fitted.fits));
    }
    if let Some(smallest) = expect.smallest {
        let found = fitted.conflict.as_ref().and_then(|conflict| conflict.limits.first()?.smallest);
        if found != Some(smallest) || fitted.request.as_text() != text {
            return says(format!("the smallest that would do: {found:?}"));
        }
    }
    if expect.kept.as_ref().is_some_and(|expected| *expected != kept) {
        return says(format!("kept {kept:?}"));
    }
    if expect.tokens.is_some_and(|tokens| tokens != fitted.after.tokens) {
        return says(format!("{} tokens", fitted.after.tokens));
    }
    let new: Value = serde_json::from_str(fitted.request.as_text()).unwrap_or_default();
    if let Some(max_tokens) = expect.max_tokens
        && (fitted.after.max_tokens != Some(max_tokens) || new["max_tokens"] != max_tokens)
    {
        return says(format!("max_tokens {:?}", fitted.after.max_tokens));
    }
    let shortened: BTreeMap<String, String> = fitted
        .cuts
        .iter()
        .filter(|cut| cut.removed_bytes.is_some())
        .map(|cut| {
            let plain = fitted.dialect == Dialect::Text;
            let now = if plain {
                Some(fitted.request.as_text().to_owned())
            } else {
                text_now(&fitted, &new, &cut.pointer)
            };
            (cut.pointer.clone(), now.unwrap_or_default())
        })
        .collect();
    if shortened != expect.shortened {
        return says(format!("shortened {}", serde_json::to_string(&shortened).unwrap_or_default()));
    }
    if let Some(code) =
        expect.notes.iter().find(|code| !fitted.notes.iter().any(|note| note.code == code.as_str()))
    {
        return says(format!("no note {code}"));
    }

    // What holds for every case, whatever it expects.
    let before: Vec<_> = lint(&request).unwrap().into_iter().map(|note| note.code).collect();
    if let Some(new) = lint(&fitted.request).unwrap().into_iter().find(|note| !before.contains(&note.code)) {
        return says(format!("{} is new", new.code));
    }
    // What is pinned by a pointer may stand elsewhere by now.
    let again = options.how.pin.is_empty() && options.how.priorities.is_empty() && fitted.fits;
    if again && fit(&fitted.request, &options, catalog).map_err(|error| error.to_string())?.changed {
        return says("not idempotent".to_owned());
    }
    Ok(())
}

#[test]
fn cases_of_other_tools() {
    let counters = include_str!("../conformance/counters.json");
    let catalog = Catalog::builtin().overlaid(counters).unwrap();
    let (mut faults, mut names) = (Vec::new(), std::collections::HashSet::new());
    println!("{:<18} {:>6} {:>6} {:>9}  license", "origin", "cases", "agree", "diverge");
    for Suite { origin, cases } in suites() {
        let words = [&origin.name, &origin.repository, &origin.path, &origin.license];
        assert!(words.iter().all(|word| !word.is_empty()));
        for case in &cases {
            assert!(names.insert(format!("{} {}", origin.name, case.name)), "{} is there twice", case.name);
            assert!(!case.test.is_empty(), "{}", case.name);
            let told =
                |divergence: &Divergence| !divergence.theirs.is_empty() && !divergence.reason.is_empty();
            assert!(
                case.divergence.as_ref().is_none_or(told),
                "{}: a divergence without a reason",
                case.name
            );
            if let Err(fault) = run(case, &catalog) {
                faults.push(format!("{}, {}: {fault}", origin.name, case.name));
            }
        }
        let diverge = cases.iter().filter(|case| case.divergence.is_some()).count();
        println!(
            "{:<18} {:>6} {:>6} {:>9}  {}",
            origin.name,
            cases.len(),
            cases.len() - diverge,
            diverge,
            origin.license
        );
    }
    assert!(100 <= names.len(), "{} cases", names.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
