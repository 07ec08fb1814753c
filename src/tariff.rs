//! Which prices hold for a request, and what it costs by them.

use crate::{CostReport, InputTokens, Money, Note, PriceList, Tokens, target::Target};

/// The prices of one request.
pub(crate) struct Tariff {
    prices: PriceList,
    /// The share of a cached prefix that is kept for an hour and costs more to write.
    one_hour: Tokens,
}

impl Tariff {
    /// The prices for a target and a whole input of so many tokens, `one_hour` of which are cached for
    /// an hour; `None` where none are published.
    pub(crate) fn find(
        target: &Target<'_>,
        input: Tokens,
        one_hour: Tokens,
        notes: &mut Vec<Note>,
    ) -> Option<Self> {
        let model = &target.model;
        let profile = target.profile.map(|profile| profile.prefix.as_str());
        let choice = model.price_list(profile, input.get())?;
        if choice.assumed_dearer {
            let message = format!(
                "no inference profile is named, and {} costs more by a geographic one: the dearer price is used",
                model.name
            );
            notes.push(Note::new("price-profile-unknown", message));
        }
        Some(Self { prices: choice.prices.clone(), one_hour })
    }

    fn input(&self, input: InputTokens) -> Money {
        let prices = &self.prices;
        let one_hour = self.one_hour.min(input.cache_write);
        let write = prices.cache_write_5m.unwrap_or(prices.input);
        Money::of(input.uncached, prices.input)
            .plus(Money::of(input.cache_read, prices.cache_read.unwrap_or(prices.input)))
            .plus(Money::of(one_hour, prices.cache_write_1h.unwrap_or(write)))
            .plus(Money::of(input.cache_write.minus(one_hour), write))
    }

    fn output(&self, tokens: Tokens) -> Money {
        Money::of(tokens, self.prices.output)
    }

    /// The whole price of an input and an answer, in micro-dollars.
    pub(crate) fn micro_usd(&self, input: InputTokens, output: Tokens) -> u64 {
        // The parts are rounded one by one, so that what a report shows adds up.
        self.input(input).micro_usd().saturating_add(self.output(output).micro_usd())
    }

    /// The price for the report.
    pub(crate) fn report(
        &self,
        input: InputTokens,
        max_tokens: Tokens,
        expected: Option<Tokens>,
    ) -> CostReport {
        CostReport {
            currency: "USD",
            input_micro_usd: self.input(input).micro_usd(),
            output_worst_micro_usd: self.output(max_tokens).micro_usd(),
            total_worst_micro_usd: self.micro_usd(input, max_tokens),
            total_expected_micro_usd: expected.map(|output| self.micro_usd(input, output)),
        }
    }
}
