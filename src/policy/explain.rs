//! What a policy means for every route: which calls it allows, which it denies, and which it allows
//! by half, so that they fail.

use serde::{Deserialize, Serialize};

use super::{
    INVOKE, PROFILE_ARN, REQUESTED_REGION, UNSPECIFIED, account,
    decide::{IamDecision, IamRequest, IamVerdict},
    read::IamPolicy,
};
use crate::{ByName, Catalog, Error, Model, Note, Route};

/// The account that stands in ARNs where neither the caller nor the policy names one.
const ANY_ACCOUNT: &str = "000000000000";

/// Which routes to look at; everything is looked at that is not narrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExplainOptions {
    /// Only these models, in any spelling.
    pub models: Vec<String>,
    /// Only routes by this inference profile, given by its prefix.
    pub profile: Option<String>,
    /// Only routes from this Region.
    pub source_region: Option<String>,
    /// The account that calls; without it, the one the policy names.
    pub account: Option<String>,
}

/// What a policy means for every route that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyExplanation {
    /// The date of the data behind the routes.
    pub catalog_version: String,
    /// Whether the policy only denies; it is read then beside one that allows everything.
    pub only_denies: bool,
    /// The account in the ARNs that were tried.
    pub account: String,
    /// The routes, by model, profile and source Region.
    pub routes: Vec<ExplainedRoute>,
    /// What is odd about the policy.
    pub notes: Vec<Note>,
}

/// What a policy means for a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedRoute {
    /// Whether calls by it succeed.
    pub verdict: RouteVerdict,
    /// The base id of the model.
    pub model: String,
    /// What is sent as `modelId`: a profile's id or ARN, or the model's own id for a direct call.
    pub model_id: String,
    /// The prefix of the inference profile; absent for a direct call.
    pub profile: Option<String>,
    /// The Region the API is called in.
    pub source_region: String,
    /// Why calls succeed or fail.
    pub why: String,
    /// Every authorization that calls need.
    pub steps: Vec<ExplainedStep>,
}

/// Whether calls by a route succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteVerdict {
    /// Every authorization is allowed.
    Allowed,
    /// It depends on what is not known here.
    Depends,
    /// What is called may be called, but not all that is behind it: calls fail, or only one of the two
    /// actions works.
    Half,
    /// What is called may not be called.
    Denied,
}

/// One authorization that calls by a route need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedStep {
    /// The action.
    pub action: String,
    /// The ARN it is about.
    pub resource: String,
    /// The context keys that are known to have a value or (`null`) to have none.
    pub context: ByName<Option<String>>,
    /// What the policy says.
    #[serde(flatten)]
    pub decision: IamDecision,
}

/// A model, the way to it and the names in its ARNs.
struct Call<'a> {
    model: &'a Model,
    region: &'a str,
    partition: &'a str,
    account: &'a str,
    /// `None` for a direct call.
    route: Option<Route>,
    /// The application inference profile that stands in the place of the route's own.
    application: Option<&'a str>,
}

impl IamPolicy {
    /// What the policy means for routes.
    ///
    /// Errors: a model, profile or Region nobody knows, or an account that is not twelve digits.
    pub fn explain(&self, options: &ExplainOptions, catalog: &Catalog) -> Result<PolicyExplanation, Error> {
        let given = options.account.as_deref().map(|given| account(Some(given))).transpose()?;
        let account = given.or_else(|| self.named_account()).unwrap_or(ANY_ACCOUNT);
        let models: Vec<&Model> = if options.models.is_empty() {
            catalog.models().filter(|model| model.on_bedrock).collect()
        } else {
            let resolve = |spelling: &String| catalog.resolve(spelling).map(|resolved| resolved.model);
            options.models.iter().map(resolve).collect::<Result<_, _>>()?
        };
        let profile = options.profile.as_deref().map(|prefix| catalog.profile(prefix)).transpose()?;
        if let Some(region) = &options.source_region {
            catalog.region(region)?;
        }
        let regions = catalog
            .regions()
            .iter()
            .filter(|(id, _)| options.source_region.as_ref().is_none_or(|wanted| wanted == *id));
        let regions: Vec<_> = regions.collect();
        let mut routes = Vec::new();
        for model in models {
            let direct = direct_regions(model, catalog);
            for (id, region) in &regions {
                let call = |route: Option<Route>, application| Call {
                    model,
                    region: id,
                    partition: &region.partition,
                    account,
                    route,
                    application,
                };
                let by_profile = catalog.offered_from(model, id);
                let wanted = |route: &Route| profile.is_none_or(|profile| profile.prefix == route.profile);
                for route in by_profile.into_iter().filter(wanted) {
                    let applications = self.applications(id).map(|arn| call(Some(route.clone()), Some(arn)));
                    let by_application = applications.map(|call| self.explained(&call));
                    routes.extend(by_application.filter(|found| found.verdict != RouteVerdict::Denied));
                    routes.push(self.explained(&call(Some(route), None)));
                }
                if profile.is_none() && direct.contains(&id.as_str()) {
                    routes.push(self.explained(&call(None, None)));
                }
            }
        }
        Ok(PolicyExplanation {
            catalog_version: catalog.version().to_owned(),
            only_denies: self.only_denies(),
            account: account.to_owned(),
            routes,
            notes: crate::note::few_of_a_kind(self.notes.clone()),
        })
    }

    /// The first account that an allowed resource names.
    fn named_account(&self) -> Option<&str> {
        self.allowed_resources().find_map(|arn| account(arn.split(':').nth(4)).ok())
    }

    /// The application inference profiles of a Region that the policy names to the letter.
    fn applications(&self, region: &str) -> impl Iterator<Item = &str> {
        self.allowed_resources().filter(move |arn| {
            let parts: Vec<&str> = arn.splitn(6, ':').collect();
            let [_, _, "bedrock", own, account, resource] = parts.as_slice() else { return false };
            let whole = !arn.contains(['*', '?', '$']);
            whole
                && *own == region
                && !account.is_empty()
                && resource.starts_with("application-inference-profile/")
        })
    }

    fn explained(&self, call: &Call<'_>) -> ExplainedRoute {
        let steps: Vec<ExplainedStep> = INVOKE
            .iter()
            .flat_map(|action| call.requests(action))
            .map(|request| ExplainedStep {
                decision: self.decide(&request),
                action: request.action,
                resource: request.resource,
                context: request.context,
            })
            .collect();
        let unknown =
            call.route.as_ref().is_some_and(|route| route.destinations.is_none() && !route.anywhere);
        let (verdict, why) = verdict(&steps, unknown);
        ExplainedRoute {
            verdict,
            model: call.model.id.clone(),
            model_id: match (call.application, &call.route) {
                (Some(arn), _) => arn.to_owned(),
                (None, Some(route)) => route.profile_id.clone(),
                (None, None) => call.model.id.clone(),
            },
            profile: call.route.as_ref().map(|route| route.profile.clone()),
            source_region: call.region.to_owned(),
            why,
            steps,
        }
    }
}

/// The Regions where a direct call of a model could be tried: its own, and those behind its profiles.
fn direct_regions<'a>(model: &'a Model, catalog: &'a Catalog) -> Vec<&'a str> {
    let own =
        catalog.in_region(model).filter(|group| group.endpoint == "runtime").flat_map(|group| &group.regions);
    let behind = catalog.profiles_for(model).flat_map(|profile| &profile.routes);
    let behind = behind
        .filter(|group| group.models.contains(&model.id))
        .flat_map(|group| group.routes.iter().flatten());
    own.chain(behind.flat_map(|(_, destinations)| destinations.iter().flatten()))
        .map(String::as_str)
        .collect()
}

impl Call<'_> {
    /// Every authorization that a call needs for an action.
    fn requests(&self, action: &str) -> Vec<IamRequest> {
        let model_in = |region: &str| {
            format!("arn:{}:bedrock:{region}::foundation-model/{}", self.partition, self.model.id)
        };
        let request = |resource: String, region: &str, profile: Option<&str>| IamRequest {
            action: action.to_owned(),
            resource,
            context: ByName::from_iter([
                (REQUESTED_REGION.to_owned(), Some(region.to_owned())),
                (PROFILE_ARN.to_owned(), profile.map(str::to_owned)),
                // Bedrock's endpoints speak TLS only.
                ("aws:SecureTransport".to_owned(), Some("true".to_owned())),
            ]),
        };
        let Some(route) = &self.route else {
            return vec![request(model_in(self.region), self.region, None)];
        };
        let own = format!(
            "arn:{}:bedrock:{}:{}:inference-profile/{}",
            self.partition, self.region, self.account, route.profile_id
        );
        let profile = self.application.unwrap_or(&own);
        let mut requests = vec![request(profile.to_owned(), self.region, None)];
        let mut regions = vec![self.region];
        let destinations = route.destinations.iter().flatten().map(String::as_str);
        regions.extend(destinations.filter(|region| *region != self.region));
        requests.extend(regions.into_iter().map(|region| request(model_in(region), region, Some(profile))));
        if route.anywhere {
            requests.push(request(model_in(""), UNSPECIFIED, Some(profile)));
        }
        requests
    }
}

/// What the authorizations of a route come to, and why.
fn verdict(steps: &[ExplainedStep], destinations_unknown: bool) -> (RouteVerdict, String) {
    let good = |step: &&ExplainedStep| step.decision.verdict == IamVerdict::Allowed;
    let bad =
        |step: &&ExplainedStep| matches!(step.decision.verdict, IamVerdict::Denied | IamVerdict::NotAllowed);
    let told = |step: &ExplainedStep| format!("{} on {}: {}", step.action, step.resource, step.decision.why);
    if let Some(first) = steps.iter().find(bad) {
        let works =
            |action: &&&str| steps.iter().filter(|step| step.action == ***action).all(|step| good(&step));
        let working = INVOKE.iter().find(works);
        let why = match working {
            Some(action) => format!("{action} works, but {}", told(first)),
            None => told(first),
        };
        // The first authorization of an action is that of what was called.
        let enters =
            |action: &&str| steps.iter().find(|step| step.action == **action).is_some_and(|step| !bad(&step));
        let half = INVOKE.iter().any(enters);
        return (if half { RouteVerdict::Half } else { RouteVerdict::Denied }, why);
    }
    if let Some(first) = steps.iter().find(|step| !good(step)) {
        return (RouteVerdict::Depends, told(first));
    }
    if destinations_unknown {
        let why = "the destination Regions are not known, and each must be allowed".to_owned();
        return (RouteVerdict::Depends, why);
    }
    (RouteVerdict::Allowed, "every authorization is allowed".to_owned())
}
