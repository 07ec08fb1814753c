//! Writes an invocation log as Amazon Bedrock delivers it, made up from a seed, to try `replay` with.
//!
//! `cargo run --release --example bedrock_log -- --records 20000 logs/` fills a folder as Bedrock fills a
//! bucket, `AWSLogs/<account>/BedrockModelInvocationLogs/<Region>/YYYY/MM/DD/HH/*.json.gz`; with `--raw` the
//! lines go into one file (`-` is standard output).

mod generator;

use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use clap::Parser;
use flate2::{Compression, write::GzEncoder};
use generator::{ACCOUNT, Generator, Shape};

#[derive(Parser)]
struct Arguments {
    /// Where to: a folder, or with --raw a file.
    to: String,
    /// How many records.
    #[arg(long, default_value_t = 20_000)]
    records: u64,
    /// Decides everything that is random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Over how many minutes.
    #[arg(long, default_value_t = 1_440)]
    minutes: u64,
    /// Of a thousand lines, how many are cut off in the middle.
    #[arg(long, default_value_t = 0)]
    broken_per_mille: u64,
    /// One file of plain lines.
    #[arg(long)]
    raw: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let Arguments { seed, records, minutes, broken_per_mille, .. } = arguments;
    let mut generator = Generator::new(Shape { seed, records, minutes, broken_per_mille });
    if !arguments.raw {
        return folder(&mut generator, Path::new(&arguments.to));
    }
    let file: Box<dyn Write> =
        if arguments.to == "-" { Box::new(io::stdout()) } else { Box::new(File::create(&arguments.to)?) };
    let mut file = BufWriter::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    while generator.next(&mut line).is_some() {
        file.write_all(&line)?;
        line.clear();
    }
    Ok(file.flush()?)
}

/// A file for each Region and hour.
fn folder(generator: &mut Generator, to: &Path) -> Result<(), Box<dyn Error>> {
    let mut open: BTreeMap<&str, (u64, GzEncoder<File>)> = BTreeMap::new();
    let mut line = Vec::new();
    while let Some((region, hour)) = generator.next(&mut line) {
        if open.get(region).is_none_or(|(of, _)| *of != hour) {
            let (day, hour_of_day) = (2 + hour / 24, hour % 24);
            let folder = to.join(format!(
                "AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/{region}/2026/11/{day:02}/{hour_of_day:02}"
            ));
            fs::create_dir_all(&folder)?;
            let name = format!("202611{day:02}T{hour_of_day:02}0000000Z_{:016x}.json.gz", hour * 7_919);
            let file = GzEncoder::new(File::create(folder.join(name))?, Compression::fast());
            if let Some((_, done)) = open.insert(region, (hour, file)) {
                done.finish()?;
            }
        }
        if let Some((_, file)) = open.get_mut(region) {
            file.write_all(&line)?;
        }
        line.clear();
    }
    for (_, (_, file)) in open {
        file.finish()?;
    }
    Ok(())
}
