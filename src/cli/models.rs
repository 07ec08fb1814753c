//! `tokenleash models`.

use std::io::{self, Write};

use tokenleash::{ModelSummary, grouped, models};

use super::{Failure, Outcome, args::ModelsArguments, catalog};

pub(super) fn run(arguments: &ModelsArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    let wanted = arguments.filter.as_deref().unwrap_or_default().to_lowercase();
    let holds = |model: &ModelSummary| {
        model.name.to_lowercase().contains(&wanted) || model.id.to_lowercase().contains(&wanted)
    };
    let found: Vec<_> = models(&catalog).into_iter().filter(holds).collect();
    let mut out = io::stdout().lock();
    if arguments.output.json {
        writeln!(out, "{}", serde_json::to_string(&found).unwrap_or_default())?;
        return Ok(Outcome::Fits);
    }
    let wide = found.iter().map(|model| model.id.len()).max().unwrap_or_default();
    writeln!(
        out,
        "{:<wide$}  {:>9}  {:>7}  {:>4}  {:<20}  profiles",
        "id", "context", "output", "rate", "name"
    )?;
    for model in &found {
        let number = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), grouped);
        writeln!(
            out,
            "{:<wide$}  {:>9}  {:>7}  {:>4}  {:<20}  {}",
            model.id,
            number(model.context_window),
            number(model.max_output_tokens),
            format!("{}x{}", model.burndown_rate, if model.burndown_disputed { "?" } else { "" }),
            model.name,
            model.profiles.join(" "),
        )?;
    }
    Ok(Outcome::Fits)
}
