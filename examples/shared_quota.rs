//! A service of which many copies run: all of them share one quota by way of a Redis or Valkey server.
//!
//! ```sh
//! redis-server --appendonly yes --appendfsync always &
//! for copy in 1 2 3; do cargo run --features redis --example shared_quota -- examples/support-chat.json & done; wait
//! ```
//!
//! Each copy sends a request five times, or as often as a second argument says. A third and fourth are the
//! tokens per minute and the server's URL. The call to Bedrock is a pause of a second here.

use std::{
    env, fs, thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokenleash::{
    Admission, Catalog, LedgerLimits, Options, Request, SharedLedger, Tokens, Usage, check, settle,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().ok_or("which request? such as examples/support-chat.json")?;
    let times: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let tpm: u64 = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let url = arguments.next().unwrap_or_else(|| "redis://127.0.0.1/".to_owned());

    // What the request takes is known before it is sent.
    let request = Request::read_bytes(&fs::read(file)?, None)?;
    let options = Options { source_region: Some("ap-southeast-6".to_owned()), ..Options::default() };
    let report = check(&request, &options, Catalog::builtin())?;
    let region = report.model.source_region.as_deref().unwrap_or_default();
    // A quota belongs to a model, a source Region and a kind of profile.
    let name =
        format!("{region}/{}/{}", report.model.id, report.model.profile.as_deref().unwrap_or("in-region"));
    let ledger = SharedLedger::new(&name, LedgerLimits { tpm: Some(tpm), ..LedgerLimits::default() })?;
    let mut server = redis::Client::open(url)?.get_connection()?;

    for number in 1..=times {
        let ticket = loop {
            match ledger.reserve(&mut server, Tokens::new(report.quota.reservation))? {
                Admission::Admit { ticket } => break ticket,
                Admission::Never { limit } => {
                    return Err(format!("larger than the whole limit: {limit:?}").into());
                }
                Admission::Wait { until_ms, limit } => {
                    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
                    // Others may settle for less and make room sooner.
                    let wait_ms = u128::from(until_ms).saturating_sub(now_ms).clamp(50, 2_000);
                    println!("{number}: waits for {limit:?}, looks again in {wait_ms} ms");
                    thread::sleep(Duration::from_millis(u64::try_from(wait_ms)?));
                }
            }
        };
        println!("{number}: sent, {} quota tokens reserved", report.quota.reservation);
        thread::sleep(Duration::from_secs(1));

        // The answer's own usage says what it counted finally.
        let usage = Usage {
            model: report.model.id.clone(),
            input: report.input.tokens,
            output: 250,
            ..Usage::default()
        };
        let settlement = settle(&usage, Catalog::builtin())?.settlement;
        ledger.settle(&mut server, ticket, Tokens::new(settlement))?;
        println!("{number}: done, {settlement} settled");
    }
    Ok(())
}
