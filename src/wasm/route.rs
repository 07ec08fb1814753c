//! Routes: where a request may run.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{read, read_catalog, to_js, write};
use crate::RouteOptions;

/// Where a request may run, and whether it may.
#[wasm_bindgen]
pub fn route(options: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let options: RouteOptions = read(options)?;
    write(&crate::route(&options, read_catalog(catalog)?.get()).map_err(to_js)?)
}
