//! The arguments of `policy`.

use clap::{Args, ValueEnum};

use tokenleash::{ExplainOptions, PolicyKind, PolicyOptions};

use super::OutputArguments;

#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyArguments {
    /// Which policy to write.
    #[arg(long, value_enum, default_value = "identity", conflicts_with = "explain")]
    kind: KindArgument,
    /// The model: a Bedrock id, profile id or ARN, or the maker's own name; may be given several times.
    #[arg(long, short)]
    model: Vec<String>,
    /// The inference profile: au, us, eu, jp, apac or global.
    #[arg(long, short)]
    profile: Option<String>,
    /// The Region the API is called in, such as ap-southeast-6.
    #[arg(long)]
    source_region: Option<String>,
    /// The account, twelve digits.
    #[arg(long)]
    account: Option<String>,
    /// The partition, where it is not the source Region's own: aws, aws-us-gov.
    #[arg(long, conflicts_with = "explain")]
    partition: Option<String>,
    /// An application inference profile of the model, by id or ARN, to be called in the place of the
    /// system-defined one; may be given several times.
    #[arg(long, value_name = "ID", conflicts_with = "explain")]
    application_profile: Vec<String>,
    /// Refuse to write a policy for a route that may leave: anz, au, nz, eu, us, jp, or none.
    #[arg(long, conflicts_with = "explain")]
    residency: Option<String>,
    /// Instead, say what an existing policy means for every route, or for those that are named.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) explain: Option<String>,
    /// A JSON file to lay over the compiled-in catalog.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) catalog: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindArgument {
    /// For a role or user: the models by the profile, and nothing else.
    Identity,
    /// For an organization: no Bedrock but in the Regions the route needs.
    ScpRegions,
    /// For an organization: no call of the models but by an inference profile.
    ScpRequireProfile,
    /// For an organization: no global inference profile.
    ScpDenyGlobal,
}

impl PolicyArguments {
    pub(in crate::cli) fn options(&self) -> PolicyOptions {
        PolicyOptions {
            kind: match self.kind {
                KindArgument::Identity => PolicyKind::Identity,
                KindArgument::ScpRegions => PolicyKind::ScpRegions,
                KindArgument::ScpRequireProfile => PolicyKind::ScpRequireProfile,
                KindArgument::ScpDenyGlobal => PolicyKind::ScpDenyGlobal,
            },
            models: self.model.clone(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            account: self.account.clone(),
            partition: self.partition.clone(),
            application_profiles: self.application_profile.clone(),
            residency: self.residency.clone(),
        }
    }

    pub(in crate::cli) fn explain_options(&self) -> ExplainOptions {
        ExplainOptions {
            models: self.model.clone(),
            profile: self.profile.clone(),
            source_region: self.source_region.clone(),
            account: self.account.clone(),
        }
    }
}
