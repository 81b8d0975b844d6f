//! Tells the hosts that are this machine itself, which are reached without a network.

/// Returns true if the host of a parsed URL is on loopback: localhost, names under it, 127.0.0.0/8 and `[::1]`.
pub fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    // a parsed URL writes out the four numbers of such an address; anything else that begins so is a name
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || (host.starts_with("127.") && host.split('.').all(is_number))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_machine_is_known_by_its_names_and_addresses() {
        for host in ["localhost", "localhost.", "app.localhost", "127.0.0.1", "127.8.9.10", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["events.split.io", "localhost.example", "mylocalhost", "127.example", "128.0.0.1", "[::2]", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
