//! Where events go.

use super::fingerprint::Fingerprint;

/// An endpoint and an SDK key. Endpoints are told apart: what went to one counts for that one only. Another key may be
/// that of another environment, or the same environment's renewed: only the user knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination {
    /// Of the endpoint, without query and fragment.
    pub(super) endpoint: Fingerprint,
    /// See [`Destination::new`].
    pub(super) key: u32,
}

impl Destination {
    /// Makes the destination of an endpoint, whose query and fragment do not count. `key` is a digest of the SDK key,
    /// salted by the import's id and too short to prove a key; 0 if the key is not known, which equals every other.
    pub fn new(endpoint: &str, key: u32) -> Self {
        let end = endpoint.find(['?', '#']).unwrap_or(endpoint.len());
        Destination { endpoint: Fingerprint::of(&endpoint.as_bytes()[..end]), key }
    }
}
