//! The JavaScript boundary: read, call, write. Plain values go in and out; nothing is kept.
//!
//! A request is a string or a plain object; options are plain objects with the names of
//! [`Options`] and [`Usage`]; answers are what the CLI prints with `--json`. Errors are `Error`s
//! with a `code` and, where they speak of a place, a `pointer` or a `line` and `column`.

use js_sys::{JSON, Object, Reflect};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::{
    JsCast,
    prelude::{JsValue, wasm_bindgen},
};

use crate::{Catalog, Dialect, Error, ErrorKind, Options, Request, Usage};

/// What a request will take, and whether it fits.
#[wasm_bindgen]
pub fn check(request: &JsValue, options: JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let options: Options = read(options)?;
    let request = read_request(request, options.dialect)?;
    let catalog = read_catalog(catalog)?;
    write(&crate::check(&request, &options, catalog.get()).map_err(to_js)?)
}

/// What a finished request counted.
#[wasm_bindgen]
pub fn settle(usage: JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let usage: Usage = read(usage)?;
    write(&crate::settle(&usage, read_catalog(catalog)?.get()).map_err(to_js)?)
}

/// The settings of [`count_tokens`].
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct CountOptions {
    model: String,
    message: bool,
}

/// The tokens of a text, alone or as one message.
#[wasm_bindgen(js_name = countTokens)]
pub fn count_tokens(text: &str, options: JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let options: CountOptions = read(options)?;
    let catalog = read_catalog(catalog)?;
    write(&crate::count_tokens(text, &options.model, options.message, catalog.get()).map_err(to_js)?)
}

/// The models of the catalog.
#[wasm_bindgen]
pub fn models(catalog: &JsValue) -> Result<JsValue, JsValue> {
    write(&crate::models(read_catalog(catalog)?.get()))
}

/// The compiled-in catalog, or it with the caller's laid over it.
enum Given {
    Builtin,
    Overlaid(Box<Catalog>),
}

impl Given {
    fn get(&self) -> &Catalog {
        match self {
            Self::Builtin => Catalog::builtin(),
            Self::Overlaid(catalog) => catalog,
        }
    }
}

fn read_catalog(value: &JsValue) -> Result<Given, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(Given::Builtin);
    }
    let catalog = Catalog::builtin().overlaid(&text_of(value)?).map_err(to_js)?;
    Ok(Given::Overlaid(Box::new(catalog)))
}

fn read_request(value: &JsValue, dialect: Option<Dialect>) -> Result<Request, JsValue> {
    Request::read(&text_of(value)?, dialect).map_err(to_js)
}

/// A string as it is, anything else as its JSON text.
fn text_of(value: &JsValue) -> Result<String, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    text.ok_or_else(|| to_js(Error::new(ErrorKind::WrongShape, "expected a string or a plain object")))
}

/// Reads options by way of their JSON, the one form that this module speaks: a second one would make
/// the code a fifth larger, and is slower both ways.
fn read<T: DeserializeOwned + Default>(value: JsValue) -> Result<T, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    let wrong = |fault: String| to_js(Error::new(ErrorKind::InvalidArgument, fault));
    let text = text_of(&value)?;
    if let Some(number) = unwritable(&value) {
        return Err(wrong(format!("expected a number, found {number}")));
    }
    serde_json::from_str(&text).map_err(|fault| wrong(fault.to_string()))
}

/// A number in a value that JSON would turn into `null`. The value has no circles: it was written.
fn unwritable(value: &JsValue) -> Option<f64> {
    if let Some(number) = value.as_f64() {
        return (!number.is_finite()).then_some(number);
    }
    let fields = value.dyn_ref::<Object>().map(Object::values)?;
    fields.iter().find_map(|field| unwritable(&field))
}

fn write(answer: &impl Serialize) -> Result<JsValue, JsValue> {
    JSON::parse(&serde_json::to_string(answer).unwrap_or_default())
}

/// A JavaScript `Error` with what a program needs beside the message.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn to_js(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    js.set_name("TokenleashError");
    let place = error.place();
    let number = |number: Option<usize>| {
        number.and_then(|number| u32::try_from(number).ok()).map_or(JsValue::UNDEFINED, JsValue::from)
    };
    for (key, value) in [
        ("code", JsValue::from(error.kind().code())),
        ("line", number(place.line)),
        ("column", number(place.column)),
        ("pointer", place.pointer.as_deref().map_or(JsValue::UNDEFINED, JsValue::from)),
    ] {
        // A fresh object takes every property.
        let _ = Reflect::set(&js, &key.into(), &value);
    }
    js.into()
}
