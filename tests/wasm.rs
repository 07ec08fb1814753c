//! The wasm in Node: `wasm-pack test --node`.

#![cfg(target_arch = "wasm32")]

#[path = "boundary/mod.rs"]
mod boundary;
