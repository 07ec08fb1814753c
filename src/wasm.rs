//! The JavaScript boundary: read, call, write. Plain values go in and out; only a [`Document`]
//! and a [`Ledger`] are kept.
//!
//! A request is a string or a plain object; options are plain objects with the names of
//! [`Options`] and [`Usage`]; answers are what the CLI prints with `--json`. Errors are `Error`s
//! with a `code` and, where they speak of a place, a `pointer` or a `line` and `column`.

mod document;
mod finite;
mod ledger;
mod policy;
mod route;
mod whole;

use js_sys::{JSON, JsString, Object, Reflect};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::{
    JsCast,
    prelude::{JsValue, wasm_bindgen},
};

pub use document::Document;
pub use ledger::Ledger;
pub use policy::policy;
pub use route::route;

use crate::{
    Catalog, Dialect, Error, ErrorKind, FitOptions, Load, Observed, Options, Place, Request, Usage, json,
};

/// What a request will take, and whether it fits.
#[wasm_bindgen]
pub fn check(request: &JsValue, options: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let options: Options = read(options)?;
    let request = read_request(request, options.dialect)?;
    let catalog = read_catalog(catalog)?;
    write(&crate::check(&request, &options, catalog.get()).map_err(to_js)?)
}

/// A request made to fit, with its receipt; a request that came as text goes as text.
#[wasm_bindgen]
pub fn fit(request: &JsValue, options: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let options =
        FitOptions::from_json(&options_text(options)?).map_err(|error| of_options(error, options))?;
    let input = read_request(request, options.check.dialect)?;
    let fitted = crate::fit(&input, &options, read_catalog(catalog)?.get()).map_err(to_js)?;
    // As JSON, so that the patches' values are what the request's own are.
    let receipt = JSON::parse(&fitted.to_json_with_request())?;
    if request.is_string() {
        Reflect::set(&receipt, &"request".into(), &fitted.request.as_text().into())?;
    }
    Ok(receipt)
}

/// What a provider would refuse a request for.
#[wasm_bindgen]
pub fn lint(request: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let options: Options = read(options)?;
    write(&crate::lint(&read_request(request, options.dialect)?).map_err(to_js)?)
}

/// What a finished request counted.
#[wasm_bindgen]
pub fn settle(usage: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let usage: Usage = read(usage)?;
    write(&crate::settle(&usage, read_catalog(catalog)?.get()).map_err(to_js)?)
}

/// How much of a load an account carries, and which quota to ask for.
#[wasm_bindgen]
pub fn plan(load: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let load: Load = read(load)?;
    write(&crate::plan(&load, read_catalog(catalog)?.get()).map_err(to_js)?)
}

/// What a real usage of a request teaches about later requests of its model with its tools.
#[wasm_bindgen]
pub fn calibrate(
    request: &JsValue,
    usage: &JsValue,
    options: &JsValue,
    catalog: &JsValue,
) -> Result<JsValue, JsValue> {
    let options: Options = read(options)?;
    let request = read_request(request, options.dialect)?;
    let observed = Observed::read(&text_of(usage)?).map_err(to_js)?;
    let catalog = read_catalog(catalog)?;
    write(&crate::calibrate(&request, observed, &options, catalog.get()).map_err(to_js)?)
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
pub fn count_tokens(text: &JsValue, options: &JsValue, catalog: &JsValue) -> Result<JsValue, JsValue> {
    let text = String::from(string(text, "a text")?);
    let options: CountOptions = read(options)?;
    let catalog = read_catalog(catalog)?;
    write(&crate::count_tokens(&text, &options.model, options.message, catalog.get()).map_err(to_js)?)
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

/// A string, called `what` in the error where it is none.
fn string<'a>(value: &'a JsValue, what: &str) -> Result<&'a JsString, JsValue> {
    let wrong = || to_js(Error::new(ErrorKind::WrongShape, format!("{what} is a string")));
    value.dyn_ref::<JsString>().ok_or_else(wrong)
}

/// A string as it is, anything else as its JSON text.
fn text_of(value: &JsValue) -> Result<String, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    text.ok_or_else(|| to_js(Error::new(ErrorKind::WrongShape, "expected a string or a plain object")))
}

/// Reads options by way of their JSON, which refuses misspelt names.
fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    json::read(&options_text(value)?, ErrorKind::InvalidArgument).map_err(|error| of_options(error, value))
}

/// An error about options; an object has no lines.
fn of_options(error: Error, value: &JsValue) -> JsValue {
    to_js(if value.is_string() { error } else { error.without_line() })
}

/// The JSON of options, of none where there are none. JSON would turn `NaN` and the like into `null`, so
/// they are refused before.
fn options_text(value: &JsValue) -> Result<String, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok("{}".to_owned());
    }
    let text = text_of(value)?;
    finite::check(value).map_err(to_js)?;
    Ok(text)
}

/// Answers go by way of their JSON: the smaller code, and the faster.
fn write(answer: &impl Serialize) -> Result<JsValue, JsValue> {
    JSON::parse(&json::write::line(answer))
}

/// What a program needs of an error beside its message.
#[derive(Serialize)]
struct Fields<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
}

/// A JavaScript `Error` with these fields.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn to_js(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    js.set_name("TokenleashError");
    let Place { line, column, pointer } = error.place();
    let fields =
        Fields { code: error.kind().code(), line: *line, column: *column, pointer: pointer.as_deref() };
    if let Ok(fields) = serde_wasm_bindgen::to_value(&fields) {
        Object::assign(&js, fields.unchecked_ref());
    }
    js.into()
}
