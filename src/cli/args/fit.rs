//! What can be typed after `fit`.

use clap::{Args, ValueEnum};
use tokenleash::{CutAt, FitOptions, FitRules, Policy, Prefer};

use super::CheckArguments;

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Args)]
pub(in crate::cli) struct FitArguments {
    #[command(flatten)]
    pub(in crate::cli) check: CheckArguments,
    /// The most the input may come to, in tokens.
    #[arg(long, value_name = "TOKENS", help_heading = "Fit")]
    target_input: Option<u64>,
    /// The shortest limit on the answer to go down to; the expected answer or 256 unless given.
    #[arg(long, value_name = "TOKENS", help_heading = "Fit")]
    min_output: Option<u64>,
    /// Whether the answer or the history gives way first.
    #[arg(long, value_enum, default_value = "cap", help_heading = "Fit")]
    prefer: PreferArgument,
    /// What of the history goes first.
    #[arg(long, value_enum, default_value = "oldest-first", help_heading = "Fit")]
    policy: PolicyArgument,
    /// Drop whole messages only, and never shorten a text.
    #[arg(long, help_heading = "Fit")]
    no_shorten: bool,
    /// Where texts are cut; unless given, results and prompts in the middle and answers at the end.
    #[arg(long, value_enum, help_heading = "Fit")]
    cut: Option<CutArgument>,
    /// What stands in the place of a missing part.
    #[arg(long, value_name = "TEXT", default_value = "[...]", help_heading = "Fit")]
    marker: String,
    /// Keep the first exchange.
    #[arg(long, help_heading = "Fit")]
    keep_first: bool,
    /// Keep so many exchanges at the end, word for word.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Fit")]
    keep_last: u64,
    /// Keep what stands at a JSON pointer, word for word; may be given again.
    #[arg(long, value_name = "POINTER", help_heading = "Fit")]
    pin: Vec<String>,
    /// Keep everything before the last cache point.
    #[arg(long, help_heading = "Fit")]
    keep_cached_prefix: bool,
    /// Let what stands at a JSON pointer go later the higher its number is, as in /messages/4=10.
    #[arg(long, value_name = "POINTER=N", value_parser = priority, help_heading = "Fit")]
    priority: Vec<(String, i64)>,
    /// Drop definitions of tools that neither the history nor the tool choice names.
    #[arg(long, help_heading = "Fit")]
    drop_unused_tools: bool,
    /// Write the receipt to a file as JSON.
    #[arg(long, value_name = "FILE", help_heading = "Fit")]
    pub(in crate::cli) receipt: Option<String>,
    /// Draw the conversation with what went.
    #[arg(long, help_heading = "Fit")]
    pub(in crate::cli) explain: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PreferArgument {
    /// The answer, down to its floor.
    Cap,
    /// The history.
    Trim,
    /// Both by the same share.
    Balanced,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PolicyArgument {
    /// The oldest exchange, then the next.
    OldestFirst,
    /// Tool results are shortened before anything is dropped.
    ToolResultsFirst,
    /// The middle of the history, then outwards.
    MiddleOut,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CutArgument {
    /// The beginning goes.
    Head,
    /// The middle goes.
    Middle,
    /// The end goes.
    Tail,
}

impl FitArguments {
    pub(in crate::cli) fn options(&self) -> FitOptions {
        let how = FitRules {
            target_input: self.target_input,
            min_output: self.min_output,
            prefer: match self.prefer {
                PreferArgument::Cap => Prefer::Cap,
                PreferArgument::Trim => Prefer::Trim,
                PreferArgument::Balanced => Prefer::Balanced,
            },
            policy: match self.policy {
                PolicyArgument::OldestFirst => Policy::OldestFirst,
                PolicyArgument::ToolResultsFirst => Policy::ToolResultsFirst,
                PolicyArgument::MiddleOut => Policy::MiddleOut,
            },
            shorten: !self.no_shorten,
            cut: self.cut.map(|cut| match cut {
                CutArgument::Head => CutAt::Head,
                CutArgument::Middle => CutAt::Middle,
                CutArgument::Tail => CutAt::Tail,
            }),
            marker: self.marker.clone(),
            keep_first: self.keep_first,
            keep_last: self.keep_last,
            pin: self.pin.clone(),
            keep_cached_prefix: self.keep_cached_prefix,
            priorities: self.priority.iter().cloned().collect(),
            drop_unused_tools: self.drop_unused_tools,
        };
        FitOptions { check: self.check.options(), how }
    }
}

/// A pointer and a number.
fn priority(text: &str) -> Result<(String, i64), String> {
    let found = text.rsplit_once('=').and_then(|(pointer, number)| Some((pointer, number.parse().ok()?)));
    let (pointer, number) = found.ok_or_else(|| format!("\"{text}\" is not of the form /messages/4=10"))?;
    Ok((pointer.to_owned(), number))
}
