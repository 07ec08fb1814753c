//! Recorded requests with the provider's own counts. The data is not part of the project: these
//! tests say so and pass where it is absent. `TOKENLEASH_TRUTH` names its folder.
