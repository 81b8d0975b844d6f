//! What a failed request proves: whether the service may have read it.
//!
//! Observed with Node 20 and 22, Bun 1.4, Deno 2.9, workerd and Chromium. In workerd, Deno and
//! browsers no error tells a request that was never sent from one that was taken and cut off.

use crate::text::find;

/// Where the module runs.
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
    /// Any other: nothing is certain.
    #[default]
    Unknown,
}

impl Runtime {
    /// By its name, as the package's entries give it.
    pub fn named(name: &str) -> Self {
        match name {
            "node" => Runtime::Node,
            "bun" => Runtime::Bun,
            "deno" => Runtime::Deno,
            "workerd" => Runtime::Workerd,
            "browser" => Runtime::Browser,
            _ => Runtime::Unknown,
        }
    }
}

/// What an exception from `fetch` says, taken from its cause where it has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// Such as `ECONNREFUSED`; empty where there is none.
    pub code: String,
    /// Such as `connect`; empty where there is none.
    pub syscall: String,
    /// The text of the error.
    pub message: String,
}

const NOT_CONNECTED: [&str; 3] = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];

const BAD_CERTIFICATE: [&str; 13] = [
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_REJECTED",
    "CERT_REVOKED",
    "CERT_SIGNATURE_FAILURE",
    "CERT_UNTRUSTED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "HOSTNAME_MISMATCH",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/// Whether the failure proves that no byte of the request reached the service.
pub fn never_sent(runtime: Runtime, failure: &Failure) -> bool {
    let Failure { code, syscall, message } = failure;
    let code = code.as_str();
    let before_any_byte = NOT_CONNECTED.contains(&code) || BAD_CERTIFICATE.contains(&code);
    match runtime {
        Runtime::Node => {
            before_any_byte
                || code == "UND_ERR_CONNECT_TIMEOUT"
                || syscall == "connect"
                || (code.is_empty() && message == "bad port") // one that fetch itself never opens
                || (code == "ECONNRESET" && find(message, "before secure TLS connection was established").is_some())
        }
        Runtime::Bun => before_any_byte || (code == "ETIMEDOUT" && find(message, "Unable to connect").is_some()),
        Runtime::Deno | Runtime::Workerd | Runtime::Browser | Runtime::Unknown => false,
    }
}
