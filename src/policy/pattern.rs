//! IAM's patterns: `*` for any text, `?` for one character, `${...}` for what only AWS knows.

/// A pattern of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// As it is written.
    pub(super) text: String,
    pieces: Vec<Piece>,
    /// Whether it holds a variable, so that a match is only possible.
    pub(super) has_variable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Any,
    One,
    This(char),
}

impl Pattern {
    /// Reads a pattern; `variables` says whether the document's version knows them.
    pub(super) fn read(text: &str, variables: bool) -> Self {
        let mut pieces = Vec::new();
        let mut has_variable = false;
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let variable =
                rest.strip_prefix("${").filter(|_| variables).and_then(|rest| rest.split_once('}'));
            if let Some((name, after)) = variable {
                let mut letters = name.chars();
                if let (Some(plain @ ('*' | '?' | '$')), None) = (letters.next(), letters.next()) {
                    // How a wildcard is written where none is meant.
                    pieces.push(Piece::This(plain));
                } else {
                    has_variable = true;
                    pieces.push(Piece::Any);
                }
                rest = after;
                continue;
            }
            pieces.push(match letter {
                '*' => Piece::Any,
                '?' => Piece::One,
                letter => Piece::This(letter),
            });
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
        Self { text: text.to_owned(), pieces, has_variable }
    }

    /// Whether a text matches the whole pattern.
    pub(super) fn matches(&self, text: &str) -> bool {
        matches(&self.pieces, text, |one, other| one == other)
    }

    /// The same without regard to the case of letters, as actions are compared.
    pub(super) fn matches_any_case(&self, text: &str) -> bool {
        matches(&self.pieces, text, |one, other| one.to_lowercase().eq(other.to_lowercase()))
    }

    /// Whether an ARN matches part by part: a wildcard stays within its one of six parts.
    pub(super) fn matches_arn(&self, arn: &str) -> bool {
        let (patterns, parts) =
            (self.pieces.splitn(6, |piece| *piece == Piece::This(':')), arn.splitn(6, ':'));
        let (patterns, parts): (Vec<&[Piece]>, Vec<&str>) = (patterns.collect(), parts.collect());
        patterns.len() == 6
            && parts.len() == 6
            && patterns
                .iter()
                .zip(&parts)
                .all(|(pattern, part)| matches(pattern, part, |one, other| one == other))
    }

    /// Whether a text is the pattern to the letter.
    pub(super) fn is(&self, text: &str) -> bool {
        self.has_variable && self.matches(text) || self.text == text
    }
}

fn matches(pattern: &[Piece], text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut read) = (0, 0);
    // Where to go on when the last star must take one more character.
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(read)) {
            (Some(Piece::Any), _) => {
                star = Some((at, read));
                at += 1;
            }
            (Some(Piece::One), Some(_)) => (at, read) = (at + 1, read + 1),
            (Some(Piece::This(wanted)), Some(found)) if same(*wanted, *found) => {
                (at, read) = (at + 1, read + 1);
            }
            (None, None) => return true,
            _ => {
                let Some((star_at, taken)) = star.filter(|(_, taken)| *taken < text.len()) else {
                    return false;
                };
                star = Some((star_at, taken + 1));
                (at, read) = (star_at + 1, taken + 1);
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::read(text, true)
    }

    #[test]
    fn wildcards_take_what_they_should() {
        let model = "arn:aws:bedrock:ap-southeast-6::foundation-model/m";
        for (wanted, text, found) in [
            ("", "", true),
            ("*", "", true),
            ("*", "a:b/c", true),
            ("?", "", false),
            ("a?c", "abc", true),
            ("a*c", "abbbc", true),
            ("a*c", "abbb", false),
            ("*b*b", "abab", true),
            ("*aab", "aaab", true),
            ("é*", "éa", true),
            ("arn:aws:bedrock:*", model, true),
            ("arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:::foundation-model/m", true),
            ("arn:aws:bedrock:ap-southeast-?::*", model, true),
            ("arn:aws:bedrock:ap-southeast-6::foundation-model/M", model, false),
            ("a${*}c", "a*c", true),
            ("a${*}c", "abc", false),
            ("a${aws:username}c", "abc", true),
        ] {
            assert_eq!(pattern(wanted).matches(text), found, "{wanted} {text}");
        }
        assert!(pattern("Bedrock:invoke*").matches_any_case("bedrock:InvokeModel"));
        assert!(pattern("${aws:username}").has_variable && !pattern("${*}").has_variable);
        assert!(!Pattern::read("a${*}c", false).matches("a*c"));
    }

    #[test]
    fn a_star_crosses_colons_as_a_whole_and_not_part_by_part() {
        let arn = "arn:aws:bedrock:r:1:inference-profile/global.m:0";
        let crossing = pattern("arn:aws:bedrock:*inference-profile/global.*");
        assert!(crossing.matches(arn) && !crossing.matches_arn(arn));
        let parts = pattern("arn:*:bedrock:*:*:inference-profile/global.*");
        assert!(parts.matches(arn) && parts.matches_arn(arn));
    }

    proptest! {
        #[test]
        fn the_plain_definition_agrees(wanted in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            fn plain(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.split_first(), text.split_first()) {
                    (None, None) => true,
                    (Some((b'*', rest)), None) => plain(rest, text),
                    (Some((b'*', rest)), Some((_, less))) => plain(rest, text) || plain(pattern, less),
                    (Some((b'?', rest)), Some((_, less))) => plain(rest, less),
                    (Some((wanted, rest)), Some((found, less))) => wanted == found && plain(rest, less),
                    _ => false,
                }
            }
            prop_assert_eq!(pattern(&wanted).matches(&text), plain(wanted.as_bytes(), text.as_bytes()));
        }
    }
}
