//! Policies for a route.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{read, read_catalog, to_js, write};
use crate::PolicyOptions;

/// A policy document for a route.
#[wasm_bindgen]
pub fn policy(options: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let options: PolicyOptions = read(options)?;
    write(&crate::policy(&options, read_catalog(catalog)?.get()).map_err(to_js)?)
}
