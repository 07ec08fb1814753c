//! The arguments of `route`.

use clap::Args;

use tokenleash::RouteOptions;

use super::OutputArguments;

#[derive(Debug, Args)]
pub(in crate::cli) struct RouteArguments {
    /// The model: a Bedrock id, profile id or ARN, or the maker's own name.
    #[arg(long, short)]
    model: String,
    /// The inference profile: au, us, eu, jp, apac or global; without it, every way is listed.
    #[arg(long, short)]
    profile: Option<String>,
    /// The Region the API is called in, such as ap-southeast-6.
    #[arg(long)]
    source_region: Option<String>,
    /// Refuse a route that may leave: anz, au, nz, eu, us, jp, or none for anywhere.
    #[arg(long)]
    residency: Option<String>,
    /// A JSON file to lay over the compiled-in catalog.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) catalog: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArguments,
}

impl RouteArguments {
    pub(in crate::cli) fn options(&self) -> RouteOptions {
        RouteOptions {
            model: self.model.clone(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            residency: self.residency.clone(),
        }
    }
}
