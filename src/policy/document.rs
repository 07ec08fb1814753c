//! A policy document as it is written.

use serde::{Serialize, Serializer, ser::SerializeMap};

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
    /// The conditions; all of them must hold.
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "by_operator")]
    pub condition: Vec<PolicyCondition>,
}

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyCondition {
    /// The operator, such as `StringEquals`.
    pub operator: &'static str,
    /// The context key.
    pub key: &'static str,
    /// What its value must match.
    pub values: OneOrMany,
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

/// Conditions as IAM writes them: an object of operators, each an object of keys. Maps of our own would be
/// four kilobytes more for browsers to load.
fn by_operator<S: Serializer>(conditions: &[PolicyCondition], serializer: S) -> Result<S::Ok, S::Error> {
    let mut operators = serializer.serialize_map(None)?;
    for alike in conditions.chunk_by(|one, other| one.operator == other.operator) {
        if let Some(first) = alike.first() {
            operators.serialize_entry(first.operator, &Keys(alike))?;
        }
    }
    operators.end()
}

/// Conditions of one operator.
struct Keys<'a>(&'a [PolicyCondition]);

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|condition| (condition.key, &condition.values)))
    }
}

impl PolicyDocument {
    pub(super) const fn of(statement: Vec<PolicyStatement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// The characters of the document without white space and the most that AWS takes, where they are
    /// more: 6,144 in a managed policy of IAM, 5,120 in a service control policy.
    pub fn too_long(&self) -> Option<(u64, u64)> {
        let compact = crate::json::write::line(self);
        let length = u64::try_from(compact.chars().count()).unwrap_or(u64::MAX);
        let only_denies = self.statement.iter().all(|statement| statement.effect == Effect::Deny);
        let most = if only_denies { 5_120 } else { 6_144 };
        (most < length).then_some((length, most))
    }

    /// The document as JSON, indented, as a console or a file takes it.
    pub fn to_json(&self) -> String {
        crate::json::write::lines(self)
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
            condition: Vec::new(),
        }
    }

    pub(super) fn deny(
        sid: &str,
        action: impl IntoIterator<Item = &'static str>,
        resource: Vec<String>,
    ) -> Self {
        let action = action.into_iter().collect();
        Self { sid: sid.to_owned(), effect: Effect::Deny, action, resource, condition: Vec::new() }
    }

    /// The same statement under one more condition.
    pub(super) fn when(
        mut self,
        operator: &'static str,
        key: &'static str,
        values: &[impl AsRef<str>],
    ) -> Self {
        let values = match values {
            [value] => OneOrMany::One(value.as_ref().to_owned()),
            values => OneOrMany::Many(values.iter().map(|value| value.as_ref().to_owned()).collect()),
        };
        let condition = PolicyCondition { operator, key, values };
        let before = |other: &PolicyCondition| (other.operator, other.key) < (operator, key);
        self.condition.insert(self.condition.partition_point(before), condition);
        self
    }
}
