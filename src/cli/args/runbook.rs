//! The arguments of `runbook`.

use clap::Args;

use tokenleash::RunbookOptions;

#[derive(Debug, Args)]
pub(in crate::cli) struct RunbookArguments {
    /// The model: a Bedrock id, profile id or ARN, or the maker's own name.
    #[arg(long, short)]
    model: String,
    /// The inference profile: au, us, eu, jp, apac or global.
    #[arg(long, short)]
    profile: Option<String>,
    /// The Region the API is called in, such as ap-southeast-6.
    #[arg(long)]
    source_region: Option<String>,
    /// The account, twelve digits.
    #[arg(long)]
    account: String,
    /// Refuse a route that may leave: anz, au, nz, eu, us, jp, or none for anywhere.
    #[arg(long)]
    residency: Option<String>,
    /// Tokens per minute of the account; AWS's default without it.
    #[arg(long)]
    tpm: Option<u64>,
    /// The input of a typical request, in tokens.
    #[arg(long, default_value_t = 200)]
    input: u64,
    /// The limit on its answer, in tokens.
    #[arg(long, default_value_t = 1_000)]
    max_tokens: u64,
    /// How many such requests a minute are wanted.
    #[arg(long, default_value_t = 10)]
    per_minute: u64,
    /// A JSON file to lay over the compiled-in catalog.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) catalog: Option<String>,
}

impl RunbookArguments {
    pub(in crate::cli) fn options(&self) -> RunbookOptions {
        RunbookOptions {
            model: self.model.clone(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            account: self.account.clone(),
            residency: self.residency.clone(),
            tpm: self.tpm,
            input: self.input,
            max_tokens: self.max_tokens,
            per_minute: self.per_minute,
        }
    }
}
