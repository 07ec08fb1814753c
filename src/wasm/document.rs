//! A text under edit, for JavaScript: offsets are in UTF-16 units, as in its strings.

use js_sys::{JsString, Uint32Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{read_catalog, string, to_js, whole::whole};

/// A text that is edited and whose tokens are known after every edit.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Document {
    document: crate::Document,
    model: String,
}

#[wasm_bindgen]
impl Document {
    /// A document for a model, in any spelling of it.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &JsValue, model: &JsValue, catalog: &JsValue) -> Result<Self, JsValue> {
        let text = string(text, "a text")?;
        let model = String::from(string(model, "a model")?);
        let catalog = read_catalog(catalog)?;
        let document = crate::Document::new("", &model, catalog.get()).map_err(to_js)?;
        let mut new = Self { document, model };
        new.put(0, 0, text)?;
        Ok(new)
    }

    /// The model, as it was given.
    #[wasm_bindgen(getter)]
    pub fn model(&self) -> String {
        self.model.clone()
    }

    /// Puts `insert` in the place of the text between two offsets; returns the new total.
    pub fn edit(&mut self, from: &JsValue, to: &JsValue, insert: &JsValue) -> Result<f64, JsValue> {
        self.put(offset(from)?, offset(to)?, string(insert, "an insertion")?)
    }

    /// The tokens of the text.
    #[wasm_bindgen(getter)]
    pub fn total(&self) -> f64 {
        number(self.document.total().get())
    }

    /// The length of the text.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> f64 {
        number(self.document.len_utf16() as u64)
    }

    /// The text, lone halves of surrogate pairs included.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> JsString {
        if !self.document.has_lone_halves() {
            return self.document.text().into();
        }
        // A call takes so many arguments and no more.
        let units = self.document.text_utf16();
        let parts = units.chunks(8192).map(JsString::from_char_code);
        parts.fold(JsString::from(""), |text, part| text.concat(&part))
    }

    /// The tokens that end between two offsets.
    #[wasm_bindgen(js_name = tokensIn)]
    pub fn tokens_in(&self, from: &JsValue, to: &JsValue) -> Result<f64, JsValue> {
        let tokens = self.document.tokens_in_utf16(offset(from)?..offset(to)?).map_err(to_js)?;
        Ok(number(tokens.get()))
    }

    /// Where the tokens between two offsets end; undefined where the model's vocabulary is not at hand.
    #[wasm_bindgen(js_name = tokenEnds)]
    pub fn token_ends(&self, from: &JsValue, to: &JsValue) -> Result<Option<Uint32Array>, JsValue> {
        let ends = self.document.token_ends_utf16(offset(from)?..offset(to)?).map_err(to_js)?;
        Ok(ends.map(|ends| {
            let ends: Vec<u32> = ends.into_iter().map(|end| u32::try_from(end).unwrap_or(u32::MAX)).collect();
            Uint32Array::from(&ends[..])
        }))
    }
}

impl Document {
    fn put(&mut self, from: usize, to: usize, insert: &JsString) -> Result<f64, JsValue> {
        let text = String::from(insert);
        let whole = !text.contains(char::REPLACEMENT_CHARACTER);
        let edited = if whole { self.document.edit_utf16(from, to, &text).ok() } else { None };
        let total = if let Some(total) = edited {
            total
        } else {
            // The copy has U+FFFD for each lone half, or an offset is inside a pair.
            let units: Vec<u16> = insert.iter().collect();
            self.document.edit_utf16_units(from, to, &units).map_err(to_js)?
        };
        Ok(number(total.get()))
    }
}

/// An offset as JavaScript gives it.
fn offset(number: &JsValue) -> Result<usize, JsValue> {
    let offset = whole(number, f64::from(u32::MAX), "an offset")?;
    Ok(usize::try_from(offset).unwrap_or(usize::MAX))
}

/// Counts and lengths are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "small enough to be exact")]
fn number(count: u64) -> f64 {
    count as f64
}
