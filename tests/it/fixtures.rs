//! Golden reports. `TOKENLEASH_BLESS=1 cargo test` writes them anew; read the difference before you
//! keep it.

use std::{fs, path::Path};

use tokenleash::{Catalog, Options, Report, Request, check};

#[path = "../fixtures/requests.rs"]
pub(crate) mod requests;

use requests::{FIXTURES, Fixture};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/requests"))
}

fn report(fixture: &Fixture) -> Report {
    let options: Options = serde_json::from_str(fixture.options).unwrap();
    let request = Request::read(fixture.request, options.dialect).unwrap();
    check(&request, &options, Catalog::builtin()).unwrap()
}

#[test]
#[cfg(feature = "tiktoken")]
fn reports_are_as_they_were() {
    let bless = std::env::var_os("TOKENLEASH_BLESS").is_some();
    let mut changed = Vec::new();
    for fixture in FIXTURES {
        let found = report(fixture).to_json();
        if bless {
            let pretty: String = pretty(&found);
            fs::write(folder().join(fixture.name).join("report.json"), pretty).unwrap();
        } else if pretty(&found) != fixture.report {
            changed.push(format!("{}:\n  is  {found}\n  was {}", fixture.name, fixture.report));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// One top-level field a line, each in the report's own bytes: what wasm must give to the byte.
fn pretty(report: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut out = String::new();
    for character in report.chars() {
        if quoted {
            (quoted, escaped) = (escaped || character != '"', !escaped && character == '\\');
            out.push(character);
            continue;
        }
        match character {
            '"' => quoted = true,
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        let last = depth == 0 && character == '}';
        if last {
            out.push('\n');
        }
        out.push(character);
        if (depth == 1 && character == ',') || (depth == 1 && character == '{' && out == "{") || last {
            out.push('\n');
        }
    }
    out
}

#[test]
fn every_fixture_is_listed() {
    let mut found: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, FIXTURES.iter().map(|fixture| fixture.name).collect::<Vec<_>>());
}

#[test]
fn what_a_report_says_adds_up() {
    for fixture in FIXTURES {
        let report = report(fixture);
        let (input, quota) = (&report.input, &report.quota);
        let parts: u64 = input.parts.iter().map(|part| part.tokens.get()).sum();
        assert_eq!(
            (parts + input.frame).saturating_add_signed(input.shift.unwrap_or(0)),
            input.tokens,
            "{}",
            fixture.name
        );
        assert!(input.low <= input.tokens && input.tokens <= input.high, "{}", fixture.name);
        assert!(input.cache_read + input.cache_write <= input.tokens, "{}", fixture.name);
        assert!(quota.reservation <= quota.charge, "{}", fixture.name);
        assert_eq!(report.fits, report.limits.iter().all(|judgement| judgement.fits), "{}", fixture.name);
        if let Some(cost) = report.cost {
            let sum = cost.input_micro_usd + cost.output_worst_micro_usd;
            assert_eq!(sum, cost.total_worst_micro_usd, "{}", fixture.name);
        }
    }
}
