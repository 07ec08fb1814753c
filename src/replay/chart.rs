//! A quota over time, drawn: reservation as an area, settlement as a line, the limit dashed.

use std::fmt::Write;

use super::{
    findings::{MinuteFinding, QuotaFinding},
    span::Span,
    timestamp::Moment,
};
use crate::grouped;

/// The drawing's own units; it is stretched to the width of the page.
const WIDTH: u64 = 1_200;
const HEIGHT: u64 = 200;
/// At most one column for every two units.
const COLUMNS: usize = 400;

pub(super) fn write(quota: &QuotaFinding, span: Span, out: &mut String) -> std::fmt::Result {
    let peak = quota.actual.peak_reservation.tokens.max(quota.actual.peak_settlement.tokens);
    if peak == 0 {
        return Ok(());
    }
    // A limit far above the curve would press it flat; it is named below then, and not drawn.
    let drawn_limit = quota.tpm.filter(|tpm| tpm / 3 <= peak);
    let top = axis_top(peak.max(drawn_limit.unwrap_or(0)));
    let column = |of: fn(&MinuteFinding) -> u64| span.columns(&quota.minutes, COLUMNS, of);
    let reservation = column(|minute| minute.peak_reservation);
    let settlement = column(|minute| minute.peak_settlement);
    let throttled = column(|minute| minute.throttled);
    let count = u64::try_from(reservation.len()).unwrap_or(1).max(1);
    let x = |index: usize| u64::try_from(index).unwrap_or(0) * WIDTH / count;
    let y = |tokens: u64| {
        HEIGHT
            - u64::try_from(u128::from(tokens) * u128::from(HEIGHT) / u128::from(top))
                .unwrap_or(0)
                .min(HEIGHT)
    };
    writeln!(
        out,
        "<figure>\n<div class=\"plot\">\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"Reservation and settlement over sixty seconds, by time; peak {} tokens\">",
        grouped(peak)
    )?;
    for half in [top / 2, top] {
        let at = y(half).max(1);
        writeln!(out, "<line class=\"grid\" x1=\"0\" y1=\"{at}\" x2=\"{WIDTH}\" y2=\"{at}\"/>")?;
    }
    let mut area = format!("M0 {HEIGHT}");
    let mut line = String::new();
    for (index, (reserved, settled)) in reservation.iter().zip(&settlement).enumerate() {
        let (left, right) = (x(index), x(index + 1));
        let reserved = y(reserved.unwrap_or(0));
        write!(area, "L{left} {reserved}L{right} {reserved}")?;
        let settled = y(settled.unwrap_or(0));
        write!(line, "{}{left} {settled}L{right} {settled}", if index == 0 { 'M' } else { 'L' })?;
    }
    writeln!(out, "<path class=\"reservation\" d=\"{area}L{WIDTH} {HEIGHT}Z\"/>")?;
    writeln!(out, "<path class=\"settlement\" d=\"{line}\"/>")?;
    if let Some(tpm) = drawn_limit {
        let at = y(tpm).max(1);
        writeln!(out, "<line class=\"limit-line\" x1=\"0\" y1=\"{at}\" x2=\"{WIDTH}\" y2=\"{at}\"/>")?;
    }
    for (index, _) in throttled.iter().enumerate().filter(|(_, calls)| calls.is_some_and(|calls| calls != 0))
    {
        let middle = x(index).midpoint(x(index + 1));
        writeln!(
            out,
            "<line class=\"throttled\" x1=\"{middle}\" y1=\"{}\" x2=\"{middle}\" y2=\"{HEIGHT}\"/>",
            HEIGHT - 14
        )?;
    }
    writeln!(out, "</svg>")?;
    writeln!(out, "<span style=\"top:.15rem\">{}</span>", grouped(top))?;
    writeln!(out, "<span style=\"top:calc(50% + .15rem)\">{}</span>\n</div>", grouped(top / 2))?;
    let middle = span.first + span.minutes() / 2;
    let times: Vec<String> = [span.first, middle, span.last]
        .map(|minute| {
            let shown = Moment::of_minute(minute).to_string();
            format!("<span>{}</span>", shown.get(..16).unwrap_or(&shown).replace('T', " "))
        })
        .into();
    writeln!(out, "<div class=\"times\">{}</div>", times.concat())?;
    write!(
        out,
        "<figcaption><span><b style=\"background:var(--reserved)\"></b>reservation</span>\
         <span><b style=\"background:var(--settled)\"></b>settlement</span>"
    )?;
    match (drawn_limit, quota.tpm) {
        (Some(tpm), _) => {
            write!(out, "<span><b style=\"background:var(--limit)\"></b>quota, {} TPM</span>", grouped(tpm))?;
        }
        (None, Some(tpm)) => write!(out, "<span>the quota, {} TPM, is far above</span>", grouped(tpm))?,
        (None, None) => {}
    }
    if quota.minutes.iter().any(|minute| minute.throttled != 0) {
        write!(
            out,
            "<span><b style=\"background:var(--limit);width:.3rem;height:.8rem\"></b>throttled</span>"
        )?;
    }
    writeln!(out, "</figcaption>\n</figure>")
}

/// The end of the axis: at least so much, and of two digits that divide by two.
fn axis_top(most: u64) -> u64 {
    let step = 10_u64.pow(most.max(1).ilog10().saturating_sub(1)) * 2;
    most.div_ceil(step) * step
}
