//! The library's own files of the Claude engine, and the least that makes them count from JavaScript.

#[allow(dead_code, unused_imports, reason = "the library has more uses for it")]
#[path = "../../../src/count"]
mod count_by {
    pub mod claude;
}
#[allow(dead_code, unused_imports, reason = "the library has more uses for it")]
#[path = "../../../src/sorted.rs"]
mod sorted;

use std::sync::Mutex;

use count_by::claude::{Edges, Family, count_part};

static TEXT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Room for a text of so many bytes; its address.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    let mut text = TEXT.lock().unwrap();
    *text = vec![0; length];
    text.as_mut_ptr()
}

/// Tokens of the UTF-8 text that was written into the [`room`].
#[unsafe(no_mangle)]
pub extern "C" fn count(family: usize) -> u32 {
    let family = [Family::V3, Family::V47, Family::V5][family % 3];
    let text = TEXT.lock().unwrap();
    let text = std::str::from_utf8(&text).unwrap_or_default();
    u32::try_from(count_part(family, text, Edges::BOTH)).unwrap_or(u32::MAX)
}
