//! Numbers as JavaScript gives them, where they count something.

use wasm_bindgen::prelude::JsValue;

use super::to_js;
use crate::{Error, ErrorKind};

/// The largest number up to which all whole ones are exact.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// A whole number from 0 to `most`, called `what` in the error.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
pub(super) fn whole(number: f64, most: f64, what: &str) -> Result<u64, JsValue> {
    if number.fract() == 0.0 && (0.0..=most).contains(&number) {
        return Ok(number as u64);
    }
    let message = format!("{what} is a whole number, which {number} is not");
    Err(to_js(Error::new(ErrorKind::OutOfRange, message)))
}

/// A count or a time: anything up to 2^53 - 1.
pub(super) fn count(number: f64, what: &str) -> Result<u64, JsValue> {
    whole(number, MAX_SAFE, what)
}
