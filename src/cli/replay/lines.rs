//! Lines of bounded length, one at a time.

use std::io::{self, BufRead, Read};

/// The longest line that is read. Bedrock keeps bodies above 100 kB out of its records.
pub(super) const LONGEST: usize = 16 << 20;

/// What stands at the reader's place.
pub(super) enum Line {
    /// A line, in the buffer, without its end.
    Whole,
    /// A line that is longer than [`LONGEST`]; it was passed over.
    TooLong,
    /// Nothing any more.
    End,
}

/// Reads the next line into `line` and says how many bytes it took.
pub(super) fn next(reader: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<(Line, u64)> {
    line.clear();
    // One more than the longest, for the end of the line.
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX) + 1;
    let mut read = reader.take(most).read_until(b'\n', line)?;
    if read == 0 {
        return Ok((Line::End, 0));
    }
    let kind = if line.last() == Some(&b'\n') {
        line.pop();
        Line::Whole
    } else if line.len() <= LONGEST {
        Line::Whole
    } else {
        read += reader.skip_until(b'\n')?;
        line.clear();
        // One such line must not make the buffer large for all others.
        line.shrink_to(1 << 20);
        Line::TooLong
    };
    Ok((kind, u64::try_from(read).unwrap_or(u64::MAX)))
}
