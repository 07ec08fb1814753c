//! Files and standard input.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
};

use tokenleash::{Correction, Error, ErrorKind, Observed};

use super::Failure;

/// Opens a file; `-` is standard input.
pub(super) fn open(name: &str) -> Result<Box<dyn BufRead>, Failure> {
    if name == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(name).map_err(|error| Failure::File(name.to_owned(), error))?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

/// The whole of a file.
pub(super) fn read(name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    open(name)?.read_to_end(&mut bytes).map_err(|error| Failure::File(name.to_owned(), error))?;
    Ok(bytes)
}

/// The whole of a file as text.
pub(super) fn read_text(name: &str) -> Result<String, Failure> {
    let not_utf8 =
        |_| Failure::File(name.to_owned(), io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text"));
    String::from_utf8(read(name)?).map_err(not_utf8)
}

/// The usage of an answer.
pub(super) fn read_observed(name: Option<&str>) -> Result<Option<Observed>, Failure> {
    name.map(|name| Ok(Observed::read(&read_text(name)?)?)).transpose()
}

/// A correction, alone or inside the report that gave it.
pub(super) fn read_correction(name: Option<&str>) -> Result<Option<Correction>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let wrong = |fault: serde_json::Error| {
        Error::new(ErrorKind::InvalidArgument, format!("the correction in {name}: {fault}"))
    };
    let mut value: serde_json::Value = serde_json::from_str(&read_text(name)?).map_err(wrong)?;
    let inner = value.get_mut("correction").map(serde_json::Value::take);
    Ok(Some(serde_json::from_value(inner.unwrap_or(value)).map_err(wrong)?))
}

/// Hands over a file line by line, blank lines left out, with line numbers from 1. Only one line
/// is in memory at a time.
pub(super) fn each_line(
    name: &str,
    mut take: impl FnMut(usize, &[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = open(name)?;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read =
            reader.read_until(b'\n', &mut line).map_err(|error| Failure::File(name.to_owned(), error))?;
        if read == 0 {
            break;
        }
        if !line.trim_ascii().is_empty() {
            take(number, line.trim_ascii_end())?;
        }
    }
    Ok(())
}
