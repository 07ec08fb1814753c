//! Made-up invocation logs that look like Bedrock's: an account of a few callers over some days, with a daily
//! curve, short peaks, streams, throttled calls, errors, cached prefixes, calls that ran in other Regions,
//! bodies that went to S3, records without token counts, and metric records in the embedded metric format.
//! The same seed gives the same bytes.

use std::io::Write;

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Decides everything that is random.
    pub seed: u64,
    /// How many lines.
    pub records: u64,
    /// Over how many minutes, from 2 November 2026, 00:00 UTC; at most 28 days.
    pub minutes: u64,
    /// Of a thousand lines, how many are cut off in the middle.
    pub broken_per_mille: u64,
}

/// The account of the log.
pub const ACCOUNT: &str = "123456789012";

/// How long the account's day and its quiet hours are, in minutes.
const DAY: u64 = 1_440;

/// A small generator of random numbers (`SplitMix64`).
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    /// Whether something that happens so many times in a thousand happens now.
    fn per_mille(&mut self, times: u64) -> bool {
        self.below(1_000) < times
    }

    /// A length around `middle` with a long tail, as answers have.
    fn long_tailed(&mut self, middle: u64) -> u64 {
        let spread = 1 + self.below(1_000);
        // Between a quarter of the middle and, seldom, eight times it.
        middle / 4 + middle * self.below(1_000) / 800 + middle * (1_000 / spread).min(54) / 8
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Converse,
    ConverseStream,
    InvokeModel,
    InvokeStream,
}

/// Who calls, and how.
struct Caller {
    arn: &'static str,
    team: &'static str,
    region: &'static str,
    model: &'static str,
    call: Call,
    /// Of all calls, so many in a thousand.
    share: u64,
    input: u64,
    cached: u64,
    /// `None` leaves the limit on the answer to the provider.
    max_tokens: Option<u64>,
    output: u64,
    /// Runs mostly at the full hour.
    peaks: bool,
    /// Where it may run besides the Region it is called in; empty in one Region.
    elsewhere: &'static [&'static str],
}

const AU: &[&str] = &["ap-southeast-2", "ap-southeast-4", "ap-southeast-6"];
const WORLD: &[&str] = &["us-west-2", "eu-north-1", "ap-northeast-1", "ap-southeast-2", "us-east-1"];

static SUPPORT_CHAT: Caller = Caller {
    arn: "assumed-role/SupportChat/i-0abc",
    team: "support",
    region: "ap-southeast-6",
    model: "au.anthropic.claude-sonnet-4-6",
    call: Call::Converse,
    share: 330,
    input: 700,
    cached: 3_000,
    max_tokens: Some(4_096),
    output: 220,
    peaks: false,
    elsewhere: AU,
};

static CALLERS: &[Caller] = &[
    Caller {
        arn: "assumed-role/Summariser/batch",
        team: "search",
        region: "ap-southeast-2",
        model: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        call: Call::InvokeModel,
        share: 260,
        input: 2_600,
        cached: 0,
        max_tokens: Some(16_384),
        output: 160,
        peaks: false,
        elsewhere: WORLD,
    },
    Caller {
        arn: "assumed-role/CodeAgent/session-7",
        team: "platform",
        region: "ap-southeast-2",
        model: "arn:aws:bedrock:ap-southeast-2:123456789012:inference-profile/au.anthropic.claude-opus-4-6-v1",
        call: Call::ConverseStream,
        share: 120,
        input: 5_000,
        cached: 20_000,
        max_tokens: None,
        output: 900,
        peaks: false,
        elsewhere: AU,
    },
    Caller {
        arn: "user/analyst",
        team: "data",
        region: "ap-southeast-2",
        model: "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        call: Call::InvokeStream,
        share: 90,
        input: 1_500,
        cached: 0,
        max_tokens: Some(1_000),
        output: 600,
        peaks: false,
        elsewhere: WORLD,
    },
    Caller {
        arn: "assumed-role/NightlyReport/cron",
        team: "finance",
        region: "ap-southeast-2",
        model: "apac.amazon.nova-pro-v1:0",
        call: Call::Converse,
        share: 150,
        input: 900,
        cached: 0,
        max_tokens: Some(5_000),
        output: 80,
        peaks: true,
        elsewhere: &["ap-southeast-2", "ap-northeast-1", "ap-south-1"],
    },
    Caller {
        arn: "assumed-role/Classifier/lambda",
        team: "search",
        region: "ap-southeast-2",
        model: "openai.gpt-oss-20b-1:0",
        call: Call::InvokeModel,
        share: 42,
        input: 300,
        cached: 0,
        max_tokens: Some(512),
        output: 20,
        peaks: false,
        elsewhere: &[],
    },
    Caller {
        arn: "assumed-role/Pilot/notebook",
        team: "data",
        region: "ap-southeast-2",
        model: "arn:aws:bedrock:ap-southeast-2:123456789012:application-inference-profile/a1b2c3d4e5f6",
        call: Call::Converse,
        share: 8,
        input: 800,
        cached: 0,
        max_tokens: Some(2_048),
        output: 300,
        peaks: false,
        elsewhere: &[],
    },
];

/// Prose to cut messages from; with what JSON must escape, and letters beyond ASCII.
const PROSE: &str = "Kia ora, the order from Tāmaki Makaurau has not arrived yet and the tracking page only says \
\\\"in transit\\\". Please look at the last three events, tell me which depot it is in, and whether a signature is \
needed.\\nThe parcel holds two jackets (size M, colour kōwhai) and one pair of boots; the invoice is attached as \
text below. If the carrier is at fault, draft a short claim with the dates, the amounts and the paragraph of the \
contract that applies. Otherwise suggest what to write to the customer, friendly and without promises.\\n\\n| item | \
qty | price |\\n|---|---|---|\\n| jacket | 2 | 189.00 |\\n| boots | 1 | 249.50 |\\n\\nNote \\u2014 the warehouse closes at \
17:30 on Fridays; on public holidays nothing moves. Recent changes to the sizes table: C:\\\\data\\\\sizes.csv, rows \
14 to 92, were imported twice, so count them once. 東京の倉庫からの返事はまだです。 Thank you! \u{1f64f} ";

/// Lines of a log, one after another.
pub struct Generator {
    shape: Shape,
    dice: Dice,
    /// For each minute, how many lines come before its end.
    until: Vec<u64>,
    minute: usize,
    made: u64,
    prose: Vec<u8>,
}

impl Generator {
    pub fn new(shape: Shape) -> Self {
        let minutes = shape.minutes.clamp(1, 28 * DAY);
        let mut dice = Dice(shape.seed);
        let mut weights: Vec<u64> = (0..minutes).map(|minute| curve(minute) + dice.below(8)).collect();
        // A launch, a retry storm, a test that ran away: minutes in which everything comes at once.
        for _ in 0..minutes.div_ceil(480) {
            let from = dice.below(minutes);
            for weight in weights.iter_mut().skip(usize_of(from)).take(3) {
                *weight *= 6;
            }
        }
        let all: u64 = weights.iter().sum();
        let mut before = 0;
        let until = weights.iter().map(|weight| {
            before += weight;
            u64::try_from(u128::from(shape.records) * u128::from(before) / u128::from(all))
                .unwrap_or(u64::MAX)
        });
        let until = until.collect();
        Self { shape, dice, until, minute: 0, made: 0, prose: PROSE.repeat(4).into_bytes() }
    }

    /// Writes the next line, its end included, and gives the Region and hour whose folder it belongs to.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Option<(&'static str, u64)> {
        if self.made == self.shape.records {
            return None;
        }
        while self.until.get(self.minute).is_some_and(|until| *until <= self.made) {
            self.minute += 1;
        }
        let until = self.until.get(self.minute).copied().unwrap_or(self.shape.records);
        let since =
            self.minute.checked_sub(1).and_then(|before| self.until.get(before).copied()).unwrap_or(0);
        let crowded = (until - since).max(1);
        // Spread over the minute, a little out of order.
        let second = ((self.made - since) * 60 / crowded + self.dice.below(3)).min(59);
        self.made += 1;
        let minute = u64::try_from(self.minute).unwrap_or_default();
        let start = out.len();
        let usual = (self.shape.records / self.shape.minutes.max(1)).max(1);
        let region = self.line(minute, second, crowded / usual, out);
        if self.dice.per_mille(self.shape.broken_per_mille) {
            let length = out.len() - start;
            out.truncate(start + usize_of(self.dice.below(u64::try_from(length).unwrap_or(1))));
        }
        out.push(b'\n');
        Some((region, minute / 60))
    }

    fn line(&mut self, minute: u64, second: u64, crowd: u64, out: &mut Vec<u8>) -> &'static str {
        let caller = self.caller(minute);
        let (id, trace) = (self.dice.roll(), self.dice.roll());
        let at = Moment { minute, second };
        if self.dice.per_mille(2) {
            self.metrics(caller, at, out);
            return caller.region;
        }
        // The bytes are written into a Vec, which cannot fail.
        let _ = write!(
            out,
            r#"{{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"{at}","accountId":"{ACCOUNT}","identity":{{"arn":"arn:aws:{}::{ACCOUNT}:{}"}},"region":"{}","requestId":"{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}","operation":"{}","modelId":"{}","requestMetadata":{{"team":"{}","env":"prod"}},"#,
            if caller.arn.starts_with("user/") { "iam" } else { "sts" },
            caller.arn,
            caller.region,
            id >> 32,
            id & 0xffff,
            (id >> 16) & 0xfff,
            (trace >> 48) & 0xfff,
            trace & 0xffff_ffff_ffff,
            match caller.call {
                Call::Converse => "Converse",
                Call::ConverseStream => "ConverseStream",
                Call::InvokeModel => "InvokeModel",
                Call::InvokeStream => "InvokeModelWithResponseStream",
            },
            caller.model,
            caller.team,
        );
        let refused = match self.dice.below(1_000) {
            0..3 => Some("ValidationException"),
            3 => Some("ModelTimeoutException"),
            other if 3 < crowd && other < 100 * crowd.min(8) => Some("ThrottlingException"),
            _ => None,
        };
        if let Some(code) = refused {
            let _ = write!(out, r#""errorCode":"{code}","#);
            self.input(caller, None, out);
            out.extend_from_slice(b"}");
            return caller.region;
        }
        let ran_in = self.dice.below(u64::try_from(caller.elsewhere.len()).unwrap_or(1).max(1));
        if let Some(region) =
            caller.elsewhere.get(usize_of(ran_in)).filter(|region| **region != caller.region)
        {
            let _ = write!(out, r#""inferenceRegion":"{region}","#);
        }
        let usage = self.usage(caller);
        self.input(caller, Some(usage), out);
        out.push(b',');
        self.output(caller, usage, out);
        out.push(b'}');
        caller.region
    }

    fn caller(&mut self, minute: u64) -> &'static Caller {
        let mut drawn = self.dice.below(1_000);
        // What runs at the full hour is rare in between, and then everything else has its share.
        let at_peak = minute % 60 < 2;
        for caller in CALLERS {
            if drawn < caller.share && (!caller.peaks || at_peak || self.dice.per_mille(40)) {
                return caller;
            }
            drawn = drawn.saturating_sub(caller.share);
        }
        &SUPPORT_CHAT
    }

    fn usage(&mut self, caller: &Caller) -> Usage {
        let output = self.dice.long_tailed(caller.output);
        let output = caller.max_tokens.map_or(output, |most| output.min(most));
        let warm = caller.cached != 0 && !self.dice.per_mille(60);
        Usage {
            input: self.dice.long_tailed(caller.input),
            cache_read: if warm { caller.cached } else { 0 },
            cache_write: if warm { 0 } else { caller.cached },
            output,
            latency_ms: 250 + output * (9 + self.dice.below(14)),
            counted: !self.dice.per_mille(5),
            body: !self.dice.per_mille(8),
        }
    }

    /// The member `input`; without a usage it is of a call that was refused.
    fn input(&mut self, caller: &Caller, usage: Option<Usage>, out: &mut Vec<u8>) {
        out.extend_from_slice(br#""input":{"inputContentType":"application/json","#);
        if usage.is_some_and(|usage| !usage.body) {
            let name = self.dice.roll();
            let _ = write!(out, r#""inputBodyS3Path":"s3://logs/data/{name:016x}_input.json.gz""#);
        } else {
            self.input_body(caller, out);
        }
        if let Some(usage) = usage.filter(|usage| usage.counted) {
            let _ = write!(out, r#","inputTokenCount":{}"#, usage.input);
            if caller.cached != 0 {
                let _ = write!(
                    out,
                    r#","cacheReadInputTokenCount":{},"cacheWriteInputTokenCount":{}"#,
                    usage.cache_read, usage.cache_write
                );
            }
        }
        out.push(b'}');
    }

    fn input_body(&mut self, caller: &Caller, out: &mut Vec<u8>) {
        let most = caller.max_tokens;
        let converse = matches!(caller.call, Call::Converse | Call::ConverseStream);
        // Some loggers write the body as a string.
        let quoted = caller.call == Call::InvokeModel && self.dice.per_mille(10);
        let start = out.len();
        out.extend_from_slice(br#""inputBodyJson":{"#);
        match (converse, caller.model.contains("openai")) {
            (true, _) => {
                out.extend_from_slice(br#""messages":[{"role":"user","content":[{"text":""#);
                self.prose(200, out);
                out.extend_from_slice(br#""}]}],"inferenceConfig":{"temperature":0.2"#);
                if let Some(most) = most {
                    let _ = write!(out, r#","maxTokens":{most}"#);
                }
                out.extend_from_slice(b"}}");
            }
            (false, openai) => {
                let name = if openai { "max_completion_tokens" } else { "max_tokens" };
                if !openai {
                    out.extend_from_slice(br#""anthropic_version":"bedrock-2023-05-31","#);
                }
                let _ = write!(out, r#""{name}":{},"#, most.unwrap_or(1_024));
                out.extend_from_slice(br#""messages":[{"role":"user","content":""#);
                self.prose(200, out);
                out.extend_from_slice(br#""}]}"#);
            }
        }
        if quoted {
            let body = String::from_utf8_lossy(out.get(start + 16..).unwrap_or_default()).into_owned();
            out.truncate(start + 16);
            let _ = write!(out, "{}", serde_json::Value::String(body));
        }
    }

    fn output(&mut self, caller: &Caller, usage: Usage, out: &mut Vec<u8>) {
        out.extend_from_slice(br#""output":{"outputContentType":"application/json","#);
        let Usage { input, output, cache_read, cache_write, latency_ms, .. } = usage;
        let stop = if caller.max_tokens == Some(output) { "max_tokens" } else { "end_turn" };
        if usage.body {
            out.extend_from_slice(br#""outputBodyJson":"#);
            match caller.call {
                Call::Converse | Call::ConverseStream => {
                    out.extend_from_slice(
                        br#"{"output":{"message":{"role":"assistant","content":[{"text":""#,
                    );
                    self.prose(150, out);
                    let _ = write!(
                        out,
                        r#""}}]}}}},"stopReason":"{stop}","metrics":{{"latencyMs":{latency_ms}}},"usage":{{"inputTokens":{input},"outputTokens":{output},"totalTokens":{},"cacheReadInputTokens":{cache_read},"cacheWriteInputTokens":{cache_write}}}}}"#,
                        input + output + cache_read + cache_write
                    );
                }
                Call::InvokeModel if caller.model.contains("openai") => {
                    out.extend_from_slice(br#"{"choices":[{"finish_reason":"stop","message":{"content":""#);
                    self.prose(60, out);
                    let _ = write!(
                        out,
                        r#""}}}}],"usage":{{"prompt_tokens":{input},"completion_tokens":{output}}}}}"#
                    );
                }
                Call::InvokeModel => {
                    out.extend_from_slice(br#"{"type":"message","content":[{"type":"text","text":""#);
                    self.prose(150, out);
                    let _ = write!(
                        out,
                        r#""}}],"stop_reason":"{stop}","usage":{{"input_tokens":{input},"output_tokens":{output}}}}}"#
                    );
                }
                Call::InvokeStream => self.events(usage, stop, out),
            }
        } else {
            let name = self.dice.roll();
            let _ = write!(out, r#""outputBodyS3Path":"s3://logs/data/{name:016x}_output.json.gz""#);
        }
        if usage.counted {
            let _ = write!(out, r#","outputTokenCount":{output}"#);
        }
        out.push(b'}');
    }

    /// An answer as a list of events, as it is logged when it was streamed.
    fn events(&mut self, usage: Usage, stop: &str, out: &mut Vec<u8>) {
        let Usage { input, output, latency_ms, .. } = usage;
        let _ = write!(
            out,
            r#"[{{"type":"message_start","message":{{"role":"assistant","usage":{{"input_tokens":{input},"output_tokens":1}}}}}}"#
        );
        for _ in 0..4 {
            out.extend_from_slice(
                br#",{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""#,
            );
            self.prose(24, out);
            out.extend_from_slice(br#""}}"#);
        }
        let _ = write!(
            out,
            r#",{{"type":"message_delta","delta":{{"stop_reason":"{stop}"}},"usage":{{"output_tokens":{output}}}}},{{"type":"message_stop","amazon-bedrock-invocationMetrics":{{"inputTokenCount":{input},"outputTokenCount":{output},"invocationLatency":{latency_ms},"firstByteLatency":{}}}}}]"#,
            latency_ms / 8
        );
    }

    /// A metric record in the embedded metric format, as applications write them into the same log group.
    fn metrics(&mut self, caller: &Caller, at: Moment, out: &mut Vec<u8>) {
        let throttles = self.dice.below(3);
        let _ = write!(
            out,
            r#"{{"_aws":{{"Timestamp":{},"CloudWatchMetrics":[{{"Namespace":"AWS/Bedrock","Dimensions":[["ModelId"]],"Metrics":[{{"Name":"InvocationThrottles","Unit":"Count"}}]}}]}},"ModelId":"{}","InvocationThrottles":{throttles}}}"#,
            at.unix_ms(),
            caller.model
        );
    }

    /// Prose of about so many bytes, never in the middle of a character or an escape.
    fn prose(&mut self, middle: u64, out: &mut Vec<u8>) {
        let whole = u64::try_from(PROSE.len()).unwrap_or(1);
        let from = usize_of(self.dice.below(whole));
        let length = usize_of((middle / 2 + self.dice.below(middle)).min(whole * 2));
        let rest = self.prose.get(from..).unwrap_or_default();
        let begin = rest.iter().position(|byte| *byte == b' ').unwrap_or(0);
        let rest = rest.get(begin..begin + length).unwrap_or(rest);
        let end = rest.iter().rposition(|byte| *byte == b' ').unwrap_or(0);
        out.extend_from_slice(rest.get(..end).unwrap_or_default());
    }
}

#[derive(Clone, Copy, Debug)]
struct Usage {
    input: u64,
    cache_read: u64,
    cache_write: u64,
    output: u64,
    latency_ms: u64,
    /// Whether the record itself says the counts.
    counted: bool,
    /// Whether the bodies are in the record.
    body: bool,
}

/// A moment of November 2026.
#[derive(Clone, Copy, Debug)]
struct Moment {
    minute: u64,
    second: u64,
}

impl Moment {
    fn unix_ms(self) -> u64 {
        // 2 November 2026, 00:00 UTC.
        (1_793_577_600 + self.minute * 60 + self.second) * 1_000
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { minute, second } = self;
        let (day, hour, minute) = (2 + minute / DAY, minute / 60 % 24, minute % 60);
        write!(out, "2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// How busy a minute of the day is: quiet at night, busy from nine to five, more at the full hour.
fn curve(minute: u64) -> u64 {
    let hour = minute % DAY / 60;
    let busy = [2, 2, 2, 2, 2, 3, 5, 9, 16, 22, 24, 23, 18, 21, 24, 24, 20, 14, 10, 8, 6, 5, 4, 3];
    let base = busy.get(usize_of(hour)).copied().unwrap_or(2) * 4;
    if minute % 60 < 2 { base * 2 } else { base }
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
