//! Numbers as JavaScript gives them, where they count something.

use wasm_bindgen::prelude::JsValue;

use super::to_js;
use crate::{Error, ErrorKind};

/// The largest number up to which all whole ones are exact.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// A whole number from 0 to `most`, called `what` in the error.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
pub(super) fn whole(value: &JsValue, most: f64, what: &str) -> Result<u64, JsValue> {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && (0.0..=most).contains(&number) => Ok(number as u64),
        Some(number) => {
            let message = format!("{what} is a whole number, which {number} is not");
            Err(to_js(Error::new(ErrorKind::OutOfRange, message)))
        }
        None => Err(to_js(Error::new(ErrorKind::WrongShape, format!("{what} is a whole number")))),
    }
}

/// A count or a time: anything up to 2^53 - 1.
pub(super) fn count(number: &JsValue, what: &str) -> Result<u64, JsValue> {
    whole(number, MAX_SAFE, what)
}
