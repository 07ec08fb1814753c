//! Policies for a route: what a role needs to be allowed, and what an organization may deny.
//!
//! Bedrock authorizes one call several times: for the inference profile in the source Region, and for
//! the model in every Region the profile may send it to. In each of the latter the context key
//! `bedrock:InferenceProfileArn` says which profile sent it, so a statement can allow a model by a
//! profile and by nothing else. A global profile has one such Region, called `unspecified`, and a model
//! ARN without a Region.
//!
//! What is written here is what the Amazon Bedrock User Guide shows for geographic (two statements)
//! and global (three) inference, for exactly the models, Regions and profiles that were asked for.

mod decide;
mod document;
mod explain;
mod pattern;
mod read;
mod text;

use serde::Deserialize;

use crate::{
    Catalog, Error, ErrorKind, Model, Route,
    target::{Target, Wanted},
};

pub use decide::{IamDecision, IamRequest, IamVerdict};
pub use document::{Effect, OneOrMany, PolicyCondition, PolicyDocument, PolicyStatement};
pub use explain::{ExplainOptions, ExplainedRoute, ExplainedStep, PolicyExplanation, RouteVerdict};
pub use read::IamPolicy;

/// The actions by which a model is called; Converse needs the same two.
pub(crate) const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
/// The Region of a call that a global profile sends on.
pub(crate) const UNSPECIFIED: &str = "unspecified";
pub(crate) const REQUESTED_REGION: &str = "aws:RequestedRegion";
pub(crate) const PROFILE_ARN: &str = "bedrock:InferenceProfileArn";

/// Which policy to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// For a role or user: allows the models by the profile, and nothing else.
    #[default]
    Identity,
    /// For an organization: denies Bedrock in every Region but those the route needs.
    ScpRegions,
    /// For an organization: denies the models to calls that come by no inference profile.
    ScpRequireProfile,
    /// For an organization: denies global inference profiles.
    ScpDenyGlobal,
}

/// What is asked of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PolicyOptions {
    /// Which policy to write.
    pub kind: PolicyKind,
    /// The models, in any spelling; [`PolicyKind::ScpDenyGlobal`] needs none.
    pub models: Vec<String>,
    /// The inference profile by its prefix, unless the models' spellings name it.
    pub profile: Option<String>,
    /// The Region the API is called in.
    pub source_region: Option<String>,
    /// The account, twelve digits; only [`PolicyKind::Identity`] needs it.
    pub account: Option<String>,
    /// The partition, where it is not the source Region's own: `aws`, `aws-us-gov`, ...
    pub partition: Option<String>,
    /// Application inference profiles of one model, by id or ARN, to be called in the place of the
    /// system-defined one that they were made from.
    pub application_profiles: Vec<String>,
    /// Refuses to write a policy for a route that may leave; see [`RouteOptions`](crate::RouteOptions).
    pub residency: Option<String>,
}

/// A model with its way.
struct Sent<'a> {
    model: &'a Model,
    /// `None` where the model is called in its Region without a profile.
    route: Option<Route>,
    source_region: String,
}

impl Sent<'_> {
    fn anywhere(&self) -> bool {
        self.route.as_ref().is_some_and(|route| route.anywhere)
    }

    /// Every Region the model must be allowed in: the source and all destinations.
    fn regions(&self) -> Vec<&str> {
        let destinations = self.route.iter().flat_map(|route| route.destinations.iter().flatten());
        let mut regions: Vec<&str> = destinations.map(String::as_str).collect();
        if !regions.contains(&self.source_region.as_str()) {
            regions.insert(0, &self.source_region);
        }
        regions
    }
}

/// The names that ARNs are made of.
struct Arns<'a> {
    partition: &'a str,
    account: &'a str,
}

impl Arns<'_> {
    fn profile(&self, region: &str, id: &str) -> String {
        format!("arn:{}:bedrock:{region}:{}:inference-profile/{id}", self.partition, self.account)
    }

    fn application_profile(&self, region: &str, id: &str) -> String {
        format!("arn:{}:bedrock:{region}:{}:application-inference-profile/{id}", self.partition, self.account)
    }

    fn model(&self, region: &str, model: &Model) -> String {
        format!("arn:{}:bedrock:{region}::foundation-model/{}", self.partition, model.id)
    }
}

/// Writes a policy.
///
/// Errors: a model, profile or Region nobody knows or that is missing, an account that is not twelve
/// digits, a route that is not offered or may leave ([`ErrorKind::Refused`]), or destination Regions
/// that the catalog does not have.
pub fn policy(options: &PolicyOptions, catalog: &Catalog) -> Result<PolicyDocument, Error> {
    if options.kind == PolicyKind::ScpDenyGlobal {
        return Ok(PolicyDocument::of(vec![deny_global(partition(options, None, catalog)?)]));
    }
    let sent = sent(options, catalog)?;
    let source_region = sent.first().map(|sent| sent.source_region.as_str());
    let partition = partition(options, source_region, catalog)?;
    let statements = match options.kind {
        PolicyKind::Identity => {
            let arns = Arns { partition, account: account(options.account.as_deref())? };
            identity(options, &sent, &arns)?
        }
        PolicyKind::ScpRegions => vec![deny_other_regions(&sent)],
        PolicyKind::ScpRequireProfile | PolicyKind::ScpDenyGlobal => vec![deny_direct(&sent, partition)?],
    };
    Ok(PolicyDocument::of(statements))
}

fn sent<'a>(options: &PolicyOptions, catalog: &'a Catalog) -> Result<Vec<Sent<'a>>, Error> {
    if options.models.is_empty() {
        let message = "no model is named: give one or more (--model, or the option models)";
        return Err(Error::new(ErrorKind::MissingModel, message));
    }
    let mut sent: Vec<Sent<'a>> = Vec::new();
    for spelling in &options.models {
        let wanted = Wanted {
            model: Some(spelling),
            profile: options.profile.as_deref(),
            source_region: options.source_region.as_deref(),
            residency: options.residency.as_deref(),
            allow_unknown: false,
        };
        let target = Target::find(wanted, catalog)?;
        let one = way(&target, catalog)?;
        if let Some(other) = sent.iter().find(|other| other.source_region != one.source_region) {
            let message = format!(
                "one policy speaks of one source Region, not of {} and {}",
                other.source_region, one.source_region
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let same = |other: &Sent<'_>| {
            let id = |sent: &Sent<'_>| sent.route.as_ref().map(|route| route.profile_id.clone());
            other.model.id == one.model.id && id(other) == id(&one)
        };
        if !sent.iter().any(same) {
            sent.push(one);
        }
    }
    Ok(sent)
}

/// The way of one model, which must be offered, known, and within the residency rule.
fn way<'a>(target: &Target<'a>, catalog: &'a Catalog) -> Result<Sent<'a>, Error> {
    let refused = |message: String| Error::new(ErrorKind::Refused, message);
    let region = target.named_region()?;
    if let Some(why) = &target.refused {
        return Err(refused(why.message().to_owned()));
    }
    let Some(model) = catalog.model(&target.model.id).filter(|model| model.on_bedrock) else {
        return Err(refused(format!("{} is not offered on Amazon Bedrock", target.model.name)));
    };
    if let Some(why) = &target.leaves {
        return Err(refused(why.clone()));
    }
    let Some(profile) = target.profile else {
        let here = catalog
            .in_region(model)
            .any(|group| group.endpoint == "runtime" && group.regions.iter().any(|own| own == region));
        if !here {
            let message = format!(
                "{} cannot be called in {region} without an inference profile: name one (--profile, or the option \
                 profile)",
                model.name
            );
            return Err(refused(message));
        }
        return Ok(Sent { model, route: None, source_region: region.to_owned() });
    };
    let route = catalog.route(model, &profile.prefix, region)?;
    if route.destinations.is_none() && !route.anywhere {
        let message = format!(
            "the destination Regions of {} from {region} are not known: `aws bedrock get-inference-profile \
             --inference-profile-identifier {} --region {region}` names them, and a catalog of your own takes them",
            route.profile_id, route.profile_id
        );
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    Ok(Sent { model, route: Some(route), source_region: region.to_owned() })
}

/// The account of an ARN.
///
/// Errors: none, or not twelve digits.
pub(crate) fn account(account: Option<&str>) -> Result<&str, Error> {
    let Some(account) = account else {
        let message = "no account is named: give its twelve digits (--account, or the option account)";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    };
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(account);
    }
    let message = format!("\"{}\" is not an account: twelve digits are", crate::shown(account));
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// The partition that was asked for, or that of the source Region.
fn partition<'a>(
    options: &'a PolicyOptions,
    source_region: Option<&str>,
    catalog: &'a Catalog,
) -> Result<&'a str, Error> {
    let own = source_region.and_then(|id| catalog.regions().get(id)).map(|region| region.partition.as_str());
    let partition = options.partition.as_deref().or(own).unwrap_or("aws");
    let well_formed = partition.strip_prefix("aws").is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with('-') && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    });
    if well_formed {
        return Ok(partition);
    }
    let message = format!("\"{}\" is not a partition such as aws or aws-us-gov", crate::shown(partition));
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// What a role needs: the profiles in the source Region, and each model only by its own.
fn identity(
    options: &PolicyOptions,
    sent: &[Sent<'_>],
    arns: &Arns<'_>,
) -> Result<Vec<PolicyStatement>, Error> {
    let applications = applications(options, sent, arns)?;
    let through = |sent: &Sent<'_>| match &sent.route {
        _ if !applications.is_empty() => applications.clone(),
        Some(route) => vec![arns.profile(&sent.source_region, &route.profile_id)],
        None => Vec::new(),
    };
    let mut statements = Vec::new();
    let geographic: Vec<String> = sent.iter().filter(|sent| !sent.anywhere()).flat_map(through).collect();
    if !geographic.is_empty() {
        statements.push(PolicyStatement::allow("UseInferenceProfile", geographic));
    }
    let global: Vec<&Sent<'_>> = sent.iter().filter(|sent| sent.anywhere()).collect();
    if let Some(first) = global.first() {
        let profiles = global.iter().flat_map(|sent| through(sent)).collect();
        statements.push(PolicyStatement::allow("UseGlobalInferenceProfile", profiles).when(
            "StringEquals",
            REQUESTED_REGION,
            &[&first.source_region],
        ));
    }
    for one in sent {
        let name = camel(&one.model.id);
        let profiles = through(one);
        if one.anywhere() {
            let here = arns.model(&one.source_region, one.model);
            statements.push(
                PolicyStatement::allow(format!("Invoke{name}InSourceRegion"), vec![here])
                    .when("StringEquals", REQUESTED_REGION, &[&one.source_region])
                    .when("StringEquals", PROFILE_ARN, &profiles),
            );
            statements.push(
                PolicyStatement::allow(format!("Invoke{name}Anywhere"), vec![arns.model("", one.model)])
                    .when("StringEquals", REQUESTED_REGION, &[UNSPECIFIED])
                    .when("StringEquals", PROFILE_ARN, &profiles),
            );
            continue;
        }
        let models = one.regions().into_iter().map(|region| arns.model(region, one.model)).collect();
        statements.push(if profiles.is_empty() {
            PolicyStatement::allow(format!("Invoke{name}"), models)
        } else {
            PolicyStatement::allow(format!("Invoke{name}ByProfile"), models).when(
                "StringLike",
                PROFILE_ARN,
                &profiles,
            )
        });
    }
    Ok(statements)
}

/// The ARNs of the application inference profiles, all of one model.
fn applications(options: &PolicyOptions, sent: &[Sent<'_>], arns: &Arns<'_>) -> Result<Vec<String>, Error> {
    let wrong = |message: String| Error::new(ErrorKind::InvalidArgument, message);
    let [one] = sent else {
        return if options.application_profiles.is_empty() {
            Ok(Vec::new())
        } else {
            Err(wrong("an application inference profile is of one model: name that one alone".to_owned()))
        };
    };
    let arn = |given: &String| {
        let prefix = arns.application_profile(&one.source_region, "");
        let id = if given.starts_with("arn:") { given.strip_prefix(&prefix) } else { Some(given.as_str()) };
        let id = id.filter(|id| {
            !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        id.map(|id| format!("{prefix}{id}")).ok_or_else(|| {
            wrong(format!(
                "\"{}\" is no application inference profile of this account and Region: an id or {prefix}ID is",
                crate::shown(given)
            ))
        })
    };
    options.application_profiles.iter().map(arn).collect()
}

fn deny_other_regions(sent: &[Sent<'_>]) -> PolicyStatement {
    let mut regions: Vec<&str> = Vec::new();
    for region in sent.iter().flat_map(Sent::regions) {
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    if sent.iter().any(Sent::anywhere) {
        regions.push(UNSPECIFIED);
    }
    PolicyStatement::deny("DenyBedrockElsewhere", ["bedrock:*"], vec!["*".to_owned()]).when(
        "StringNotEquals",
        REQUESTED_REGION,
        &regions,
    )
}

/// Denies models, not profiles: for the profile itself the key is absent too.
fn deny_direct(sent: &[Sent<'_>], partition: &str) -> Result<PolicyStatement, Error> {
    if let Some(direct) = sent.iter().find(|sent| sent.route.is_none()) {
        let message = format!(
            "{} is called without an inference profile, which this policy would deny: name the profile",
            direct.model.name
        );
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    let arns = Arns { partition, account: "" };
    let mut models: Vec<String> = Vec::new();
    for one in sent {
        let regions = if one.anywhere() { vec!["*"] } else { one.regions() };
        for arn in regions.into_iter().map(|region| arns.model(region, one.model)) {
            if !models.contains(&arn) {
                models.push(arn);
            }
        }
    }
    Ok(PolicyStatement::deny("DenyDirectCalls", INVOKE, models).when("Null", PROFILE_ARN, &["true"]))
}

fn deny_global(partition: &str) -> PolicyStatement {
    let profiles = format!("arn:{partition}:bedrock:*:*:inference-profile/global.*");
    PolicyStatement::deny("DenyGlobalInference", INVOKE, vec!["*".to_owned()])
        .when("StringEquals", REQUESTED_REGION, &[UNSPECIFIED])
        .when("ArnLike", PROFILE_ARN, &[profiles])
}

/// A model's id as a part of a statement's id, which takes letters and digits only.
fn camel(id: &str) -> String {
    let mut out = String::new();
    for word in id.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}
