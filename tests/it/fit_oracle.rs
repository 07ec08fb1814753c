//! A fit gives up no more than its policy asks for: held against a search through every beginning of the
//! order, which knows nothing of units, weights and plans, and counts each by a check of its own.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use tokenleash::{Catalog, FitOptions, FitRules, Options, Request, check, fit};

/// What is asked, how many calls each round makes, and the answer.
#[derive(Clone, Debug)]
struct Exchange {
    ask: usize,
    rounds: Vec<Vec<usize>>,
    answer: usize,
}

/// Exchanges, the last without an answer.
#[derive(Clone, Debug)]
struct Conversation(Vec<Exchange>);

/// Something that goes at once: an exchange, or one of its rounds.
type Unit = (usize, Option<usize>);

fn conversation() -> impl Strategy<Value = Conversation> {
    let round = vec(1_usize..80, 1..4);
    let exchange = (1_usize..80, vec(round, 0..3), 1_usize..80).prop_map(|(ask, rounds, answer)| Exchange {
        ask,
        rounds,
        answer,
    });
    vec(exchange, 1..6).prop_map(Conversation)
}

fn words(count: usize) -> String {
    ["tahi", "rua", "toru", "whā", "rima", "ono"]
        .iter()
        .cycle()
        .take(count)
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
}

impl Conversation {
    /// The order of the default policy: of each exchange its rounds, then itself; of the last one the
    /// rounds before the newest, which goes when nothing else is left.
    fn order(&self) -> Vec<Unit> {
        let last = self.0.len() - 1;
        let mut order = Vec::new();
        for (index, exchange) in self.0.iter().enumerate() {
            let newest = usize::from(index == last);
            order.extend((0..exchange.rounds.len().saturating_sub(newest)).map(|round| (index, Some(round))));
            if index != last {
                order.push((index, None));
            }
        }
        if let Some(newest) = self.0[last].rounds.len().checked_sub(1) {
            order.push((last, Some(newest)));
        }
        order
    }

    /// The request without some units, and the places of the messages that are left.
    fn without(&self, gone: &[Unit]) -> (String, Vec<usize>) {
        let (mut messages, mut kept, mut place) = (Vec::new(), Vec::new(), 0);
        let last = self.0.len() - 1;
        let mut push = |message: Value, keep: bool| {
            if keep {
                messages.push(message);
                kept.push(place);
            }
            place += 1;
        };
        for (index, exchange) in self.0.iter().enumerate() {
            let here = !gone.contains(&(index, None));
            push(json!({"role": "user", "content": [{"text": words(exchange.ask)}]}), here);
            for (round, results) in exchange.rounds.iter().enumerate() {
                let here = here && !gone.contains(&(index, Some(round)));
                let id = |call: usize| format!("c{index}-{round}-{call}");
                let uses = (0..results.len())
                    .map(|call| json!({"toolUse": {"toolUseId": id(call), "name": "read", "input": {}}}));
                push(json!({"role": "assistant", "content": uses.collect::<Vec<_>>()}), here);
                let results = results.iter().enumerate().map(|(call, length)| {
                    json!({"toolResult": {"toolUseId": id(call), "content": [{"text": words(*length)}]}})
                });
                push(json!({"role": "user", "content": results.collect::<Vec<_>>()}), here);
            }
            if index != last {
                push(json!({"role": "assistant", "content": [{"text": words(exchange.answer)}]}), here);
            }
        }
        let tools = json!([{"toolSpec": {"name": "read", "inputSchema": {"json": {"type": "object"}}}}]);
        let body =
            json!({"system": [{"text": "Be brief."}], "messages": messages, "toolConfig": {"tools": tools}});
        (body.to_string(), kept)
    }
}

fn options(target: u64, shorten: bool) -> FitOptions {
    let check = Options { model: Some("claude-sonnet-4-6".to_owned()), ..Options::default() };
    FitOptions { check, how: FitRules { target_input: Some(target), shorten, ..FitRules::default() } }
}

fn high(request: &str) -> u64 {
    let request = Request::read(request, None).unwrap();
    check(&request, &options(u64::from(u32::MAX), false).check, Catalog::builtin()).unwrap().input.high
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shortest_beginning_that_suffices_goes(conversation in conversation(), share in 1_u64..1_000) {
        let (whole, _) = conversation.without(&[]);
        let order = conversation.order();
        let beginnings: Vec<_> = (0..=order.len()).map(|count| conversation.without(&order[..count])).collect();
        let sizes: Vec<u64> = beginnings.iter().map(|(request, _)| high(request)).collect();
        let target = sizes[0] * share / 1_000;
        let shortest = sizes.iter().position(|size| *size <= target);

        let units = fit(&Request::read(&whole, None).unwrap(), &options(target, false), Catalog::builtin()).unwrap();
        prop_assert_eq!(units.fits, shortest.is_some(), "{} of {:?}", target, sizes);
        let kept = |fit: &tokenleash::Fit| -> Vec<usize> {
            (0..fit.messages.len()).filter(|index| !fit.messages[*index].dropped).collect()
        };
        let Some(shortest) = shortest else {
            // Then what is said to do is the smallest of all.
            let smallest = units.conflict.unwrap().limits[0].smallest;
            prop_assert_eq!(smallest, sizes.iter().min().copied());
            return Ok(());
        };
        prop_assert_eq!(&kept(&units), &beginnings[shortest].1, "for {} of {:?}", target, sizes);
        prop_assert_eq!(units.after.high, sizes[shortest]);

        // With texts cut short, at most what the last step would have taken is gone, and never more kept.
        let cut = fit(&Request::read(&whole, None).unwrap(), &options(target, true), Catalog::builtin()).unwrap();
        let before = shortest.saturating_sub(1);
        prop_assert!([before, shortest].iter().any(|count| kept(&cut) == beginnings[*count].1), "{:?}", kept(&cut));
        prop_assert!(sizes[shortest] <= cut.after.high && cut.after.high <= target);
    }
}
