//! What the page exports as Rust; its tests hold the two to each other.

use tokenleash::{CacheState, Catalog, Limits, Options, RatesPolicy, Request, check};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = r##"{"modelId": "anthropic.claude-opus-4-6-v1", "messages": [{"role": "user", "content": [{"text": "Say \"kia ora\"#"}]}],"inferenceConfig":{"maxTokens":512}}"##;
    let options = Options {
        profile: Some("au".to_owned()),
        source_region: Some("ap-southeast-6".to_owned()),
        max_tokens: Some(512),
        expected_output: Some(200),
        rates: RatesPolicy::Guide,
        reserve_cache_reads: false,
        cache: CacheState::Warm,
        limits: Limits { used_tpm: 1_000, budget_micro_usd: Some(50_000), ..Limits::default() },
        ..Options::default()
    };
    let report = check(&Request::read(text, None)?, &options, Catalog::builtin())?;
    println!("fits: {}, charge: {}", report.fits, report.quota.charge);
    Ok(())
}
