//! What a report wants the reader to know besides its numbers.

use serde::Serialize;

/// How many notes of one kind are kept.
const KEPT: usize = 10;

/// The notes with at most ten of a kind, and for each kind that has more a note that says how many.
pub(crate) fn few_of_a_kind(notes: Vec<Note>) -> Vec<Note> {
    let mut seen: Vec<(&'static str, usize)> = Vec::new();
    let mut kept = Vec::new();
    for note in notes {
        let position = seen.iter().position(|(code, _)| *code == note.code).unwrap_or_else(|| {
            seen.push((note.code, 0));
            seen.len() - 1
        });
        let Some((_, count)) = seen.get_mut(position) else { continue };
        *count += 1;
        let count = *count;
        if count <= KEPT {
            kept.push(note);
        }
    }
    let more = seen.into_iter().filter(|(_, count)| KEPT < *count);
    kept.extend(
        more.map(|(code, count)| Note::new(code, format!("and {} more notes of this kind", count - KEPT))),
    );
    kept
}

/// Something odd, disputed or assumed. Its code is stable; its message may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The stable code, in kebab case.
    pub code: &'static str,
    /// One or two sentences for a person.
    pub message: String,
    /// The JSON pointer of what the note is about, where it is about one place.
    pub pointer: Option<String>,
}

impl Note {
    /// A note about the request as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), pointer: None }
    }

    /// The same note about one place.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_notes_of_a_kind_become_few() {
        for (many, kept) in [(0, 0), (1, 1), (KEPT, KEPT), (KEPT + 1, KEPT + 1), (100_000, KEPT + 1)] {
            let notes = (0..many).map(|number| Note::new("odd", number.to_string())).collect();
            let few = few_of_a_kind(notes);
            assert_eq!(few.len(), kept);
            if KEPT < many {
                let more = format!("and {} more notes of this kind", many - KEPT);
                assert_eq!(few.last().map(|note| note.message.as_str()), Some(more.as_str()));
            }
        }
    }
}
