//! Amazon Nova: the text itself, a constant for the request, one for each further message and one
//! for having tools at all.

use super::{Owner, Tally, open_request, separate_blocks};
use crate::{
    catalog::NovaFrame,
    prompt::{Prompt, Role},
};

pub(super) fn render(prompt: &Prompt<'_>, rules: &NovaFrame, tally: &mut Tally) {
    open_request(prompt, rules.request, rules.tools, tally);
    separate_blocks(&prompt.system, Role::System, tally);
    for (index, message) in prompt.messages.iter().enumerate() {
        if index != 0 {
            // Two further messages may cost an odd number of tokens: the first takes the larger half.
            let half = rules.further_pair / 2;
            tally.add(Owner::Frame, if index % 2 == 1 { rules.further_pair - half } else { half });
        }
        separate_blocks(&message.blocks, message.role, tally);
    }
    if let Some(schema) = &prompt.output_schema {
        super::claude::output_schema_text(schema, true, tally);
    }
}
