//! What a policy says of one authorization.
//!
//! IAM denies unless a statement allows, and an explicit denial wins. A condition may ask for what is
//! not known here, such as who calls; then the answer is that it depends, never a guess.

use serde::Serialize;

use super::{
    document::Effect,
    pattern::Pattern,
    read::{Condition, IamPolicy, Listed, Operator, Quantifier, Statement, Test},
};
use crate::ByName;

/// One authorization that a call needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IamRequest {
    /// The action, such as `bedrock:InvokeModel`.
    pub action: String,
    /// The ARN it is about.
    pub resource: String,
    /// The context keys of which it is known that they have a value or (`None`) that they have none.
    /// Of any other key nothing is known.
    pub context: ByName<Option<String>>,
}

/// What a policy says of an authorization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IamDecision {
    /// The outcome.
    pub verdict: IamVerdict,
    /// The statement that decides, by its id or number; absent where none speaks of it.
    pub statement: Option<String>,
    /// Why, in a sentence.
    pub why: String,
}

/// The outcome of an authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IamVerdict {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement allows it.
    NotAllowed,
    /// It depends on what is not known here.
    Depends,
}

/// Whether something matches; what is not sure says what it hangs on.
enum Truth {
    Yes,
    No,
    Maybe(String),
}

/// How far a statement that does not apply came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missed {
    Action,
    /// How much of the nearest pattern is right, and that pattern.
    Resource(usize, String),
    Condition(String),
}

enum Applies {
    Yes,
    Maybe(String),
    No(Missed),
}

impl IamPolicy {
    /// What the policy says of an authorization. One that only denies is read beside another that
    /// allows everything.
    pub fn decide(&self, request: &IamRequest) -> IamDecision {
        let applying: Vec<(&Statement, Applies)> =
            self.statements.iter().map(|statement| (statement, statement.applies(request))).collect();
        let found = |effect: Effect, sure: bool| {
            applying.iter().find_map(|(statement, applies)| match applies {
                _ if statement.effect != effect => None,
                Applies::Yes if sure => Some((*statement, String::new())),
                Applies::Maybe(on) if !sure => Some((*statement, on.clone())),
                _ => None,
            })
        };
        let decision = |verdict: IamVerdict, statement: Option<&Statement>, why: String| IamDecision {
            verdict,
            statement: statement.map(|statement| statement.label.clone()),
            why,
        };
        if let Some((statement, _)) = found(Effect::Deny, true) {
            let why = format!("{} denies it{}", statement.label, statement.on());
            return decision(IamVerdict::Denied, Some(statement), why);
        }
        let maybe_denied = found(Effect::Deny, false);
        if let Some((statement, on)) = &maybe_denied {
            let why = format!("{} denies it, depending on {on}", statement.label);
            return decision(IamVerdict::Depends, Some(statement), why);
        }
        if let Some((statement, _)) = found(Effect::Allow, true) {
            return decision(IamVerdict::Allowed, Some(statement), format!("{} allows it", statement.label));
        }
        if self.only_denies() {
            let why = "nothing denies it; another policy must allow it".to_owned();
            return decision(IamVerdict::Allowed, None, why);
        }
        if let Some((statement, on)) = found(Effect::Allow, false) {
            let why = format!("{} allows it, depending on {on}", statement.label);
            return decision(IamVerdict::Depends, Some(statement), why);
        }
        let nearest = applying
            .iter()
            .filter(|(statement, _)| statement.effect == Effect::Allow)
            .filter_map(|(statement, applies)| match applies {
                Applies::No(missed) => Some((*statement, missed)),
                _ => None,
            })
            .max_by(|(_, one), (_, other)| one.cmp(other).then(std::cmp::Ordering::Greater));
        let why = match nearest {
            Some((statement, Missed::Condition(wanted))) => {
                format!("no statement allows it: {} names it, but wants {wanted}", statement.label)
            }
            Some((statement, Missed::Resource(_, nearest))) => {
                format!("no statement allows it: the nearest, {}, names {nearest}", statement.label)
            }
            _ => "no statement allows the action".to_owned(),
        };
        decision(IamVerdict::NotAllowed, None, why)
    }
}

impl Statement {
    fn applies(&self, request: &IamRequest) -> Applies {
        let mut hangs_on = None;
        match self.actions.holds(|pattern| pattern.matches_any_case(&request.action)) {
            Truth::No => return Applies::No(Missed::Action),
            Truth::Maybe(on) => hangs_on = Some(on),
            Truth::Yes => {}
        }
        match self.resources.holds(|pattern| pattern.matches(&request.resource)) {
            Truth::No => return Applies::No(self.resources.missed(&request.resource)),
            Truth::Maybe(on) => hangs_on = Some(on),
            Truth::Yes => {}
        }
        for condition in &self.conditions {
            match condition.holds(request) {
                Truth::No => return Applies::No(Missed::Condition(condition.told(request))),
                Truth::Maybe(on) => hangs_on = Some(on),
                Truth::Yes => {}
            }
        }
        hangs_on.map_or(Applies::Yes, Applies::Maybe)
    }

    /// The conditions of a denial, for its reason.
    fn on(&self) -> String {
        let conditions: Vec<String> = self.conditions.iter().map(Condition::short).collect();
        if conditions.is_empty() { String::new() } else { format!(" on {}", conditions.join(" and ")) }
    }
}

impl Listed {
    /// What is nearest to a resource that does not match: most letters alike at both ends.
    fn missed(&self, resource: &str) -> Missed {
        if self.not {
            return Missed::Resource(usize::MAX, "everything but it".to_owned());
        }
        let alike = |pattern: &&Pattern| {
            let same = |(one, other): &(char, char)| one == other;
            let head = pattern.text.chars().zip(resource.chars()).take_while(same).count();
            head + pattern.text.chars().rev().zip(resource.chars().rev()).take_while(same).count()
        };
        let nearest = self.patterns.iter().max_by_key(alike);
        let named = |pattern: &Pattern| Missed::Resource(alike(&pattern), crate::shown(&pattern.text));
        nearest.map_or_else(|| Missed::Resource(0, "nothing".to_owned()), named)
    }

    fn holds(&self, matches: impl Fn(&Pattern) -> bool) -> Truth {
        let sure = self.patterns.iter().any(|pattern| !pattern.has_variable && matches(pattern));
        let maybe = self.patterns.iter().find(|pattern| pattern.has_variable && matches(pattern));
        match (sure, maybe) {
            (true, _) => {
                if self.not {
                    Truth::No
                } else {
                    Truth::Yes
                }
            }
            (false, Some(pattern)) => {
                Truth::Maybe(format!("the variable in {}", crate::shown(&pattern.text)))
            }
            (false, None) => {
                if self.not {
                    Truth::Yes
                } else {
                    Truth::No
                }
            }
        }
    }
}

impl Condition {
    fn holds(&self, request: &IamRequest) -> Truth {
        let known = request.context.iter().find(|(key, _)| key.eq_ignore_ascii_case(&self.key));
        let Operator { test, negated, if_exists, quantifier } = self.operator;
        if matches!(test, Test::NotDecided | Test::NoSuch) {
            return Truth::Maybe(format!("{} on {}", crate::shown(&self.name), crate::shown(&self.key)));
        }
        let Some((_, value)) = known else {
            return Truth::Maybe(format!("the context key {}", crate::shown(&self.key)));
        };
        let truth = |holds: bool| if holds { Truth::Yes } else { Truth::No };
        let value = match (test, value) {
            (Test::Null, value) => {
                let wanted =
                    |pattern: &Pattern| pattern.text.eq_ignore_ascii_case(&value.is_none().to_string());
                return truth(self.values.iter().any(wanted));
            }
            (_, None) if if_exists || quantifier == Some(Quantifier::ForAll) => return Truth::Yes,
            // An absent key equals nothing; so a negated test of it holds.
            (_, None) => return truth(negated && quantifier.is_none()),
            (_, Some(value)) => value,
        };
        let matches = |pattern: &Pattern| match test {
            Test::Equals => pattern.is(value),
            Test::EqualsAnyCase => pattern.text.eq_ignore_ascii_case(value),
            Test::Arn => pattern.matches_arn(value),
            _ => pattern.matches(value),
        };
        if self.values.iter().any(|pattern| !pattern.has_variable && matches(pattern)) {
            return truth(!negated);
        }
        match self.values.iter().find(|pattern| pattern.has_variable && matches(pattern)) {
            Some(pattern) => Truth::Maybe(format!("the variable in {}", crate::shown(&pattern.text))),
            None => truth(negated),
        }
    }

    /// The condition and what the request has.
    fn told(&self, request: &IamRequest) -> String {
        let has = request.context.iter().find(|(key, _)| key.eq_ignore_ascii_case(&self.key));
        let has = match has {
            Some((_, Some(value))) => format!("it is {value}"),
            _ => "the call has none".to_owned(),
        };
        format!("{}, and {has}", self.short())
    }

    fn short(&self) -> String {
        let values: Vec<String> = self.values.iter().map(|pattern| crate::shown(&pattern.text)).collect();
        format!("{} {} {}", crate::shown(&self.name), crate::shown(&self.key), values.join(" or "))
    }
}
