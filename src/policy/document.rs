//! A policy document as it is written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::INVOKE;

/// A policy document in IAM's language, version `2012-10-17`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    /// Always `2012-10-17`.
    pub version: &'static str,
    /// The statements, in the order a call meets them.
    pub statement: Vec<PolicyStatement>,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyStatement {
    /// Its id, of letters and digits, unique in its document.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The actions.
    pub action: Vec<&'static str>,
    /// The resources.
    pub resource: Vec<String>,
    /// The conditions by operator and context key; all of them must hold.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: BTreeMap<&'static str, BTreeMap<&'static str, OneOrMany>>,
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Effect {
    /// What matches is allowed, unless it is denied elsewhere.
    Allow,
    /// What matches is denied, whatever allows it.
    Deny,
}

/// A value of a condition, or several of which one must match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One value.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl PolicyDocument {
    pub(super) const fn of(statement: Vec<PolicyStatement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// The characters of the document without white space and the most that AWS takes, where they are
    /// more: 6,144 in a managed policy of IAM, 5,120 in a service control policy.
    pub fn too_long(&self) -> Option<(u64, u64)> {
        let compact = serde_json::to_string(self).unwrap_or_default();
        let length = u64::try_from(compact.chars().count()).unwrap_or(u64::MAX);
        let only_denies = self.statement.iter().all(|statement| statement.effect == Effect::Deny);
        let most = if only_denies { 5_120 } else { 6_144 };
        (most < length).then_some((length, most))
    }

    /// The document as JSON, indented, as a console or a file takes it.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl PolicyStatement {
    /// Allows to invoke.
    pub(super) fn allow(sid: impl Into<String>, resource: Vec<String>) -> Self {
        Self {
            sid: sid.into(),
            effect: Effect::Allow,
            action: INVOKE.to_vec(),
            resource,
            condition: BTreeMap::new(),
        }
    }

    pub(super) fn deny(
        sid: &str,
        action: impl IntoIterator<Item = &'static str>,
        resource: Vec<String>,
    ) -> Self {
        let action = action.into_iter().collect();
        Self { sid: sid.to_owned(), effect: Effect::Deny, action, resource, condition: BTreeMap::new() }
    }

    /// The same statement under one more condition.
    pub(super) fn when(
        mut self,
        operator: &'static str,
        key: &'static str,
        values: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let mut values: Vec<String> = values.into_iter().map(|value| value.as_ref().to_owned()).collect();
        let values = match values.pop() {
            Some(value) if values.is_empty() => OneOrMany::One(value),
            last => {
                values.extend(last);
                OneOrMany::Many(values)
            }
        };
        self.condition.entry(operator).or_default().insert(key, values);
        self
    }
}
