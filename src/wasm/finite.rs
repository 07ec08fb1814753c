//! Values whose numbers are numbers.

use js_sys::Object;
use wasm_bindgen::{JsCast, prelude::JsValue};

use crate::{Error, ErrorKind};

/// How deep a value may nest. What is taken for its JSON by `toJSON` may go in circles itself.
const LEVELS: u8 = 128;

/// Looks through a value for a number that is none: `NaN` or infinite.
pub(super) fn check(value: &JsValue) -> Result<(), Error> {
    within(value, LEVELS)
}

fn within(value: &JsValue, levels: u8) -> Result<(), Error> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidArgument, what);
    if let Some(number) = value.as_f64() {
        return if number.is_finite() {
            Ok(())
        } else {
            Err(wrong("expected a number, found NaN or an infinite one"))
        };
    }
    if !value.is_object() {
        return Ok(());
    }
    let levels = levels.checked_sub(1).ok_or_else(|| wrong("nested too deep"))?;
    Object::values(value.unchecked_ref()).iter().try_for_each(|inner| within(&inner, levels))
}
