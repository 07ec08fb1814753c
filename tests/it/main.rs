//! Native tests, one binary. Each module is rows of data through one check:
//!
//! - `fixtures`: the reports of real requests, the same that wasm and TypeScript are held to
//! - `reading`: input that cannot be used, and where the error points
//! - `laws`: what must hold for any request and any bytes (proptest)
//! - `program`: the program as a user runs it, exit codes included
//! - `claude`: the counting engine, a row for each rule
//! - `correction`: what an observed usage teaches
//! - `catalog`: the data of the catalog
//! - `conformance`: cases of other tools' test suites, written anew
//! - `document`: edits, against the text counted anew
//! - `fit`: what is given up for which limits and settings, and what is a fault
//! - `fit_oracle`: what is given up, against a search through every beginning of the order
//! - `fit_laws`: what must hold for any request that is made to fit (proptest)
//! - `ledger`: reservations and settlements over time, against a recomputation from the whole history
//! - `plan`: figures that can be recomputed by hand, and the best of all limits on the answer
//! - `policy`: what is written for a route, what it decides, what the policies of others mean
//! - `portability`: what a caller lays over the catalog, in every command
//! - `route`: where requests may run, and what is refused
//! - `replay`: invocation logs, a row for each form of record, and what must hold for any log
//! - `replay_program`: logs as files, and the SQL queries, which other engines run
//! - `runbook`: the page to start with, its figures and its sources
//! - `truth`: recorded requests with the provider's own counts, where that data is at hand

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod catalog;
mod claude;
mod conformance;
mod correction;
mod document;
mod fit;
mod fit_laws;
mod fit_oracle;
mod fixtures;
mod laws;
mod ledger;
mod plan;
mod policy;
mod portability;
mod program;
mod reading;
mod replay;
mod replay_program;
mod route;
mod runbook;
mod truth;
