//! Reading a policy that somebody else wrote: statements, patterns and conditions, each with its place.

use super::{document::Effect, pattern::Pattern};
use crate::{
    Error, ErrorKind, Note,
    json::{Json, Value},
};

/// An IAM policy or service control policy, read so that calls can be decided by it.
#[derive(Clone, Debug)]
pub struct IamPolicy {
    pub(super) statements: Vec<Statement>,
    /// What is odd about it.
    pub notes: Vec<Note>,
}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Its id in quotes, or its number.
    pub(super) label: String,
    pub(super) effect: Effect,
    pub(super) actions: Listed,
    pub(super) resources: Listed,
    pub(super) conditions: Vec<Condition>,
}

/// The elements of a statement.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// Whether everything else is meant.
    pub(super) not: bool,
    pub(super) patterns: Vec<Pattern>,
}

/// One operator on one key.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// As it is written.
    pub(super) name: String,
    pub(super) operator: Operator,
    pub(super) key: String,
    pub(super) values: Vec<Pattern>,
}

/// What an operator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) test: Test,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
    pub(super) quantifier: Option<Quantifier>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Equals,
    EqualsAnyCase,
    Like,
    Arn,
    Null,
    /// One of IAM's that needs what is not known here: an address, a time, a number.
    NotDecided,
    /// None of IAM's.
    NoSuch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    ForAll,
    ForAny,
}

impl Operator {
    fn read(name: &str) -> Self {
        let (quantifier, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Quantifier::ForAll), rest),
            Some(("ForAnyValue", rest)) => (Some(Quantifier::ForAny), rest),
            _ => (None, name),
        };
        let (rest, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |rest| (rest, true));
        let (test, negated) = match rest {
            "StringEquals" => (Test::Equals, false),
            "StringNotEquals" => (Test::Equals, true),
            "StringEqualsIgnoreCase" | "Bool" => (Test::EqualsAnyCase, false),
            "StringNotEqualsIgnoreCase" => (Test::EqualsAnyCase, true),
            "StringLike" => (Test::Like, false),
            "StringNotLike" => (Test::Like, true),
            "ArnEquals" | "ArnLike" => (Test::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (Test::Arn, true),
            "Null" if !if_exists && quantifier.is_none() => (Test::Null, false),
            "IpAddress" | "NotIpAddress" | "BinaryEquals" => (Test::NotDecided, false),
            other => {
                let compares = other.strip_prefix("Numeric").or_else(|| other.strip_prefix("Date"));
                let known = compares.is_some_and(|rest| {
                    ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
                        .contains(&rest)
                });
                (if known { Test::NotDecided } else { Test::NoSuch }, false)
            }
        };
        Self { test, negated, if_exists, quantifier }
    }
}

impl IamPolicy {
    /// Reads a policy document.
    ///
    /// Errors: not JSON, or a statement that AWS would refuse, each with its place.
    pub fn read(text: &str) -> Result<Self, Error> {
        let json = Json::parse(text)?;
        let root = json.root();
        if !root.is_object() {
            return Err(root.wrong_shape("a policy document"));
        }
        // A console's export or a `get-policy-version` has the document inside.
        let document = ["PolicyDocument", "Document", "policy"]
            .iter()
            .find_map(|key| root.get(key))
            .or_else(|| root.at(&["PolicyVersion", "Document"]))
            .filter(|inner| inner.is_object() && root.get("Statement").is_none())
            .unwrap_or(root);
        let mut notes = Vec::new();
        let version = document.get("Version").and_then(Value::as_str);
        let variables = version.as_deref() == Some("2012-10-17");
        if !variables {
            let message =
                "without \"Version\": \"2012-10-17\" the older language holds, which has no variables";
            notes.push(Note::new("old-version", message));
        }
        let Some(statement) = document.get("Statement") else {
            return Err(document.error(ErrorKind::WrongShape, "a policy needs a \"Statement\""));
        };
        let listed: Vec<Value<'_>> =
            if statement.is_array() { statement.items().collect() } else { vec![statement] };
        let mut statements = Vec::new();
        for (index, value) in listed.into_iter().enumerate() {
            statements.push(Statement::read(value, index, variables, &mut notes)?);
        }
        Ok(Self { statements, notes })
    }

    /// Whether it only denies, as a service control policy beside `FullAWSAccess` does.
    pub fn only_denies(&self) -> bool {
        self.statements.iter().all(|statement| statement.effect == Effect::Deny)
    }

    /// Every pattern of a resource that an `Allow` names.
    pub(super) fn allowed_resources(&self) -> impl Iterator<Item = &str> {
        let allows = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        let named = allows.filter(|statement| !statement.resources.not);
        named.flat_map(|statement| statement.resources.patterns.iter().map(|pattern| pattern.text.as_str()))
    }
}

impl Statement {
    fn read(value: Value<'_>, index: usize, variables: bool, notes: &mut Vec<Note>) -> Result<Self, Error> {
        if !value.is_object() {
            return Err(value.wrong_shape("a statement"));
        }
        if let Some((key, inner)) = value.entries().find(|(key, _)| !ELEMENTS.contains(&key.as_ref())) {
            let message = format!("\"{}\" is no element of a statement", crate::shown(&key));
            return Err(inner.error(ErrorKind::WrongShape, message));
        }
        let label = match value.get("Sid").and_then(Value::as_str) {
            Some(sid) if !sid.is_empty() => format!("\"{}\"", crate::shown(&sid)),
            _ => format!("statement {}", index + 1),
        };
        let effect = match value.get("Effect").and_then(Value::as_str).as_deref() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => {
                let place = value.get("Effect").unwrap_or(value);
                return Err(place.error(ErrorKind::WrongShape, "\"Effect\" must be \"Allow\" or \"Deny\""));
            }
        };
        for key in ["Principal", "NotPrincipal"] {
            if let Some(principal) = value.get(key) {
                let message = format!(
                    "{label} names a principal: policies of roles and organizations must not, and it is passed over here"
                );
                notes.push(Note::new("principal", message).at(principal.pointer()));
            }
        }
        let actions = Listed::read(value, "Action", "NotAction", variables)?;
        let resources = Listed::read(value, "Resource", "NotResource", variables)?;
        let statement =
            Self { label, effect, actions, resources, conditions: conditions(value, variables, notes)? };
        statement.note_oddities(value, notes);
        Ok(statement)
    }

    /// What is allowed by the language and seldom meant.
    fn note_oddities(&self, value: Value<'_>, notes: &mut Vec<Note>) {
        let label = &self.label;
        let mut note = |code: &'static str, key: &str, message: String| {
            let place = value.get(key).unwrap_or(value);
            notes.push(Note::new(code, message).at(place.pointer()));
        };
        if self.effect == Effect::Allow && self.actions.not {
            note(
                "allow-not-action",
                "NotAction",
                format!("{label} allows every action of every service but those it names"),
            );
        }
        if self.effect == Effect::Allow && self.resources.not {
            note(
                "allow-not-resource",
                "NotResource",
                format!("{label} allows every resource but those it names"),
            );
        }
        for pattern in &self.actions.patterns {
            let action = pattern.text.to_lowercase();
            if action.starts_with("bedrock:converse") {
                let message = format!(
                    "\"{}\" is no action: Converse is authorized as bedrock:InvokeModel, ConverseStream as \
                     bedrock:InvokeModelWithResponseStream",
                    crate::shown(&pattern.text)
                );
                note("no-such-action", "Action", message);
            }
        }
        for pattern in &self.resources.patterns {
            let parts: Vec<&str> = pattern.text.splitn(6, ':').collect();
            let [_, _, "bedrock", region, account, resource] = parts.as_slice() else { continue };
            let shown = crate::shown(&pattern.text);
            if resource.starts_with("foundation-model/") && !account.is_empty() && !account.contains('*') {
                let message =
                    format!("{shown} names an account: a model's ARN has none there, so it matches no model");
                note("model-arn-with-account", "Resource", message);
            }
            let of_account = resource.starts_with("inference-profile/")
                || resource.starts_with("application-inference-profile/");
            if of_account && (account.is_empty() || region.is_empty()) {
                let message = format!(
                    "{shown} lacks the account or the Region: a profile's ARN has both, so it matches none"
                );
                note("profile-arn-incomplete", "Resource", message);
            }
        }
    }
}

impl Listed {
    fn read(statement: Value<'_>, key: &str, not_key: &str, variables: bool) -> Result<Self, Error> {
        let (value, not) = match (statement.get(key), statement.get(not_key)) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            (Some(_), Some(both)) => {
                let message = format!("a statement has \"{key}\" or \"{not_key}\", not both");
                return Err(both.error(ErrorKind::WrongShape, message));
            }
            (None, None) => {
                let message = format!("a statement needs \"{key}\" or \"{not_key}\"");
                return Err(statement.error(ErrorKind::WrongShape, message));
            }
        };
        Ok(Self { not, patterns: patterns(value, variables && key == "Resource")? })
    }
}

fn conditions(statement: Value<'_>, variables: bool, notes: &mut Vec<Note>) -> Result<Vec<Condition>, Error> {
    let Some(value) = statement.get("Condition") else { return Ok(Vec::new()) };
    if !value.is_object() {
        return Err(value.wrong_shape("operators with their keys"));
    }
    let mut conditions = Vec::new();
    for (name, keys) in value.entries() {
        if !keys.is_object() {
            return Err(keys.wrong_shape("context keys with their values"));
        }
        let operator = Operator::read(&name);
        if operator.test == Test::NoSuch {
            let message =
                format!("\"{}\" is no operator of IAM: AWS refuses the document", crate::shown(&name));
            notes.push(Note::new("no-such-operator", message).at(keys.pointer()));
        }
        for (key, values) in keys.entries() {
            let values = patterns(values, variables)?;
            conditions.push(Condition { name: name.to_string(), operator, key: key.to_string(), values });
        }
    }
    Ok(conditions)
}

/// One text or several; a boolean or a number is its text, as IAM reads it.
fn patterns(value: Value<'_>, variables: bool) -> Result<Vec<Pattern>, Error> {
    let values: Vec<Value<'_>> = if value.is_array() { value.items().collect() } else { vec![value] };
    let read = |value: Value<'_>| {
        let plain = value.as_bool().map(|is| is.to_string()).or_else(|| value.as_number().map(str::to_owned));
        let text = value.as_str().map(std::borrow::Cow::into_owned).or(plain);
        text.map(|text| Pattern::read(&text, variables)).ok_or_else(|| value.wrong_shape("a text"))
    };
    values.into_iter().map(read).collect()
}
