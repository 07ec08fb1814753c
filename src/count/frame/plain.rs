//! No provider's frame: so many tokens a message and a block, as other tools' counters have it.

use super::{Owner, Tally, inline_text, open_part, open_request, separate_blocks};
use crate::{
    catalog::PlainFrame,
    prompt::{Prompt, Role},
};

pub(super) fn render(prompt: &Prompt<'_>, rules: &PlainFrame, tally: &mut Tally) {
    open_request(prompt, 0, 0, tally);
    separate_blocks(&prompt.system, Role::System, tally);
    for message in &prompt.messages {
        tally.add(Owner::Frame, rules.message);
        for block in &message.blocks {
            if let Some(owner) = open_part(block, message.role, tally) {
                tally.add(owner, rules.block);
                inline_text(block, owner, tally);
                tally.seam();
            }
        }
    }
}
