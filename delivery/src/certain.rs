//! Decides by the error of a failed request whether the service may have read it.
//!
//! Observed with Node 20 and 22, Bun 1.4, Deno 2.9, workerd and Chromium; `tests/faults/failures.ts` provokes each. In
//! workerd, Deno and browsers no error of a connection tells a request that was never sent from one that was taken and
//! cut off.

use Certainty::{NeverSent, NeverWill, Unsure};
use Runtime::{Browser, Bun, Deno, Node, Unknown, Workerd};
use Sign::{Any, Code, CodeSaying, Message, Syscall};

use split_events::text::find;

/// The runtime around the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Runtime {
    /// Node.js, whose `fetch` is undici.
    Node,
    /// Bun.
    Bun,
    /// Deno.
    Deno,
    /// Cloudflare Workers.
    Workerd,
    /// A page or a web worker.
    Browser,
    /// Any other: no error proves that a request was not sent.
    #[default]
    Unknown,
}

/// An exception from `fetch`. Its fields come from its cause if it has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// Such as `ECONNREFUSED`; empty if there is none.
    pub code: String,
    /// Such as `connect`; empty if there is none.
    pub syscall: String,
    /// The text of the error.
    pub message: String,
}

impl Failure {
    /// Describes it in one line.
    pub fn line(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            ("", message) => message.to_owned(),
            (code, "") => code.to_owned(),
            (code, message) if find(message, code).is_some() => message.to_owned(),
            (code, message) => [code, ": ", message].concat(),
        }
    }
}

/// The sign by which a failure is recognized.
#[derive(Debug, Clone, Copy)]
enum Sign {
    /// It has this code.
    Code(&'static str),
    /// It has this code, and this is part of its message.
    CodeSaying(&'static str, &'static str),
    /// It came from this call of the operating system.
    Syscall(&'static str),
    /// It has no code, and this is its whole message.
    Message(&'static str),
    /// Any failure.
    Any,
}

/// What a failure proves about its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// No byte of the request has reached the service.
    NeverSent,
    /// No byte has reached the service, and none will until a person corrects the cause.
    NeverWill,
    /// The service may have read all of the request.
    Unsure,
}

/// What each error of a runtime proves. The first row that fits counts.
const FAILURES: &[(&[Runtime], Sign, Certainty)] = &[
    // no address
    (&[Node, Bun], Code("ENOTFOUND"), NeverSent),
    (&[Node, Bun], Code("EAI_AGAIN"), NeverSent),
    (&[Node], Message("bad port"), NeverWill), // one that fetch itself never opens
    // no connection
    (&[Node, Bun], Code("ECONNREFUSED"), NeverSent),
    (&[Node], Syscall("connect"), NeverSent),
    (&[Node], Code("UND_ERR_CONNECT_TIMEOUT"), NeverSent),
    (&[Bun], CodeSaying("ETIMEDOUT", "Unable to connect"), NeverSent),
    // no TLS; Bun says the same of a connection that is reset later
    (&[Node], CodeSaying("ECONNRESET", "before secure TLS connection was established"), NeverSent),
    // a certificate that is not trusted, which is checked before anything is sent
    (&[Node, Bun], Code("CERT_CHAIN_TOO_LONG"), NeverWill),
    (&[Node, Bun], Code("CERT_HAS_EXPIRED"), NeverWill),
    (&[Node, Bun], Code("CERT_NOT_YET_VALID"), NeverWill),
    (&[Node, Bun], Code("CERT_REJECTED"), NeverWill),
    (&[Node, Bun], Code("CERT_REVOKED"), NeverWill),
    (&[Node, Bun], Code("CERT_SIGNATURE_FAILURE"), NeverWill),
    (&[Node, Bun], Code("CERT_UNTRUSTED"), NeverWill),
    (&[Node, Bun], Code("DEPTH_ZERO_SELF_SIGNED_CERT"), NeverWill),
    (&[Node, Bun], Code("ERR_TLS_CERT_ALTNAME_INVALID"), NeverWill),
    (&[Node, Bun], Code("HOSTNAME_MISMATCH"), NeverWill),
    (&[Node, Bun], Code("INVALID_CA"), NeverWill),
    (&[Node, Bun], Code("INVALID_PURPOSE"), NeverWill),
    (&[Node, Bun], Code("PATH_LENGTH_EXCEEDED"), NeverWill),
    (&[Node, Bun], Code("SELF_SIGNED_CERT_IN_CHAIN"), NeverWill),
    (&[Node, Bun], Code("UNABLE_TO_GET_ISSUER_CERT"), NeverWill),
    (&[Node, Bun], Code("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), NeverWill),
    (&[Node, Bun], Code("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), NeverWill),
    // a proxy answered 407, which fetch reports as an error without a reason
    (&[Node], Message("fetch failed: no reason given"), NeverWill),
    // closed or reset after the request was read, cut within the answer, or no answer in time
    (&[Node, Bun], Any, Unsure),
    // the same words whether or not the service has read the request
    (&[Workerd], Any, Unsure),
    // no room among the requests that outlive their page; pkg/src/client/keepalive.ts sets this code
    (&[Browser], Code("KEEPALIVE_FULL"), NeverSent),
    // without --allow-net it asks nobody
    (&[Deno], CodeSaying("", "Requires net access to "), NeverWill),
    // they repeat a POST by themselves: even one that ends as "refused" may have been delivered before
    (&[Deno, Browser], Any, Unsure),
    (&[Unknown], Any, Unsure),
];

impl Sign {
    fn fits(self, failure: &Failure) -> bool {
        match self {
            Code(code) => failure.code == code,
            CodeSaying(code, part) => failure.code == code && find(&failure.message, part).is_some(),
            Syscall(syscall) => failure.syscall == syscall,
            Message(message) => failure.code.is_empty() && failure.message == message,
            Any => true,
        }
    }
}

/// Returns what the failure proves about the request.
pub(super) fn certainty(runtime: Runtime, failure: &Failure) -> Certainty {
    let row = FAILURES.iter().find(|(runtimes, sign, _)| runtimes.contains(&runtime) && sign.fits(failure));
    row.map_or(Unsure, |&(.., certainty)| certainty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_has_a_last_row_that_takes_whatever_comes() {
        for runtime in [Node, Bun, Deno, Workerd, Browser, Unknown] {
            let rows: Vec<_> = FAILURES.iter().filter(|(runtimes, ..)| runtimes.contains(&runtime)).collect();
            assert!(matches!(rows.last(), Some((_, Any, Unsure))), "{runtime:?}");
        }
    }
}
