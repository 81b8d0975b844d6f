//! How each answer and failure is handled.

use split_events_delivery::{
    Answer, Failure, Handling, Look, Outcome, Reason, Response, Runtime, State, Statuses, asked_wait, look, tells_error,
};

fn outcome(response: &Response, events: usize, runtime: Runtime) -> Outcome {
    response.outcome(events, runtime, &Statuses::default()).1
}

fn answer(status: u16, body: &str) -> Response {
    Response::Answer(Answer { status, body: body.to_owned(), wait: None })
}

fn of_status(status: u16, events: usize) -> (Handling, Outcome) {
    answer(status, "").outcome(events, Runtime::Node, &Statuses::default())
}

fn failed(runtime: Runtime, code: &str, syscall: &str, message: &str) -> State {
    let failure = Failure { code: code.to_owned(), syscall: syscall.to_owned(), message: message.to_owned() };
    outcome(&Response::Failed(failure), 1, runtime).state
}

#[test]
fn each_status_is_handled_in_one_way() {
    for (status, handling, state, reason) in [
        (200, Handling::Accepted, State::Accepted, None),
        (202, Handling::Accepted, State::Accepted, None),
        (204, Handling::Accepted, State::Accepted, None),
        (300, Handling::RefusesAll, State::Refused, Some(Reason::Redirected)),
        (301, Handling::RefusesAll, State::Refused, Some(Reason::Redirected)),
        (399, Handling::RefusesAll, State::Refused, Some(Reason::Redirected)),
        (400, Handling::RefusedOrAll, State::Refused, Some(Reason::Rejected)),
        (402, Handling::RefusesAll, State::Refused, Some(Reason::PaymentRequired)),
        (406, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (407, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (409, Handling::RefusedOrAll, State::Refused, Some(Reason::Rejected)),
        (411, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (415, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (421, Handling::RefusesAll, State::Refused, Some(Reason::NotFound)),
        (422, Handling::RefusedOrAll, State::Refused, Some(Reason::Rejected)),
        (426, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (431, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (451, Handling::RefusesAll, State::Refused, Some(Reason::RequestRefused)),
        (401, Handling::RefusesAll, State::Refused, Some(Reason::Unauthorized)),
        (403, Handling::RefusesAll, State::Refused, Some(Reason::Forbidden)),
        (404, Handling::RefusesAll, State::Refused, Some(Reason::NotFound)),
        (405, Handling::RefusesAll, State::Refused, Some(Reason::NotFound)),
        (410, Handling::RefusesAll, State::Refused, Some(Reason::NotFound)),
        (408, Handling::Again, State::Unsent, Some(Reason::RequestTimeout)),
        (413, Handling::TooLarge, State::Unsent, Some(Reason::TooLarge)),
        (425, Handling::Again, State::Unsent, Some(Reason::TooEarly)),
        (429, Handling::Pause, State::Unsent, Some(Reason::RateLimited)),
        (500, Handling::Unknown, State::Unknown, Some(Reason::ServerError)),
        (502, Handling::Unknown, State::Unknown, Some(Reason::ServerError)),
        (503, Handling::Pause, State::Unsent, Some(Reason::Unavailable)),
        (504, Handling::Unknown, State::Unknown, Some(Reason::ServerError)),
        (599, Handling::Unknown, State::Unknown, Some(Reason::ServerError)),
        (101, Handling::Unknown, State::Unknown, Some(Reason::ServerError)),
        (999, Handling::Unknown, State::Unknown, Some(Reason::ServerError)),
    ] {
        let (found, outcome) = of_status(status, 2);
        assert_eq!((found, outcome.state, outcome.reason), (handling, state, reason), "{status}");
        assert_eq!(outcome.message.is_some(), state != State::Accepted, "{status}");
    }
}

#[test]
fn a_user_may_choose_how_to_handle_a_status() {
    let mut statuses = Statuses::default();
    statuses.set(500..=599, Handling::Again);
    statuses.set(503..=503, Handling::Unknown);
    assert_eq!(statuses.of(500).0, Handling::Again);
    assert_eq!(statuses.of(503).0, Handling::Unknown);
    assert_eq!(statuses.of(429).0, Handling::Pause);
}

#[test]
fn one_event_that_is_too_large_for_the_service_is_refused() {
    assert_eq!(of_status(413, 1).1.state, State::Refused);
}

#[test]
fn the_message_has_the_answer_of_the_service_and_what_to_do() {
    let message = outcome(&answer(401, "no such key"), 1, Runtime::Node).message.unwrap();
    assert!(message.contains("401: no such key") && message.contains("SDK key"), "{message}");
}

#[test]
fn in_node_some_failures_prove_that_the_request_was_not_sent() {
    use Runtime::Node;
    for code in ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "DEPTH_ZERO_SELF_SIGNED_CERT"] {
        assert_eq!(failed(Node, code, "", ""), State::Unsent, "{code}");
    }
    assert_eq!(failed(Node, "ECONNRESET", "connect", "connect ECONNRESET"), State::Unsent);
    let tls = "Client network socket disconnected before secure TLS connection was established";
    assert_eq!(failed(Node, "ECONNRESET", "", tls), State::Unsent);
    assert_eq!(failed(Node, "", "", "bad port"), State::Unsent);
    assert_eq!(failed(Node, "ECONNRESET", "read", "read ECONNRESET"), State::Unknown);
    assert_eq!(failed(Node, "UND_ERR_SOCKET", "", "other side closed"), State::Unknown);
    assert_eq!(failed(Node, "UND_ERR_HEADERS_TIMEOUT", "", ""), State::Unknown);
    assert_eq!(failed(Node, "", "", "a report of a bad port"), State::Unknown);
}

#[test]
fn in_bun_a_reset_leaves_the_request_unknown() {
    assert_eq!(failed(Runtime::Bun, "ECONNREFUSED", "", ""), State::Unsent);
    assert_eq!(
        failed(Runtime::Bun, "ETIMEDOUT", "", "Unable to connect. Is the computer able to access the url?"),
        State::Unsent
    );
    assert_eq!(failed(Runtime::Bun, "ETIMEDOUT", "", "timed out"), State::Unknown);
    assert_eq!(failed(Runtime::Bun, "ECONNRESET", "connect", ""), State::Unknown);
}

#[test]
fn in_deno_only_a_missing_permission_proves_that_the_request_was_not_sent() {
    let message = r#"Requires net access to "127.0.0.1:8787", run again with the --allow-net flag"#;
    assert_eq!(failed(Runtime::Deno, "", "", message), State::Unsent);
    assert_eq!(failed(Runtime::Browser, "", "", message), State::Unknown);
}

#[test]
fn in_workerd_deno_and_browsers_every_failure_leaves_the_request_unknown() {
    for runtime in [Runtime::Workerd, Runtime::Deno, Runtime::Browser, Runtime::Unknown] {
        assert_eq!(failed(runtime, "ECONNREFUSED", "connect", "bad port"), State::Unknown, "{runtime:?}");
    }
}

#[test]
fn a_request_without_an_answer_is_unknown() {
    for response in [Response::TimedOut, Response::Cut] {
        assert_eq!(outcome(&response, 1, Runtime::Node).state, State::Unknown);
    }
    assert_eq!(outcome(&Response::Redirect, 1, Runtime::Browser).state, State::Refused);
}

/// Returns the length of the pause that the headers ask for, in seconds.
fn asked(headers: &[(&str, &str)]) -> Option<f64> {
    let get = |name: &str| headers.iter().find(|(header, _)| *header == name).map(|(_, value)| (*value).to_owned());
    // Sun, 06 Nov 1994 08:49:37 GMT
    asked_wait(get, 784_111_777_000.0).map(|ms| ms / 1_000.0)
}

#[test]
fn a_pause_is_asked_for_in_seconds_or_until_a_date() {
    assert_eq!(asked(&[]), None);
    assert_eq!(asked(&[("retry-after", "120")]), Some(120.0));
    assert_eq!(asked(&[("retry-after", "0")]), Some(0.0));
    assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")]), Some(60.0));
    assert_eq!(asked(&[("retry-after", "Sat, 05 Nov 1994 08:49:37 GMT")]), Some(0.0), "a date that has passed");
    assert_eq!(asked(&[("retry-after", "soon")]), None);
    assert_eq!(asked(&[("retry-after", "-5")]), None);
    assert_eq!(asked(&[("retry-after", "Sun, 06 Foo 1994 08:50:37 GMT")]), None);
    assert_eq!(asked(&[("retry-after", "Sun, 06 N\u{f6}v 1994 8:50:37 GMT")]), None);
}

#[test]
fn a_date_is_read_by_the_services_own_clock_if_it_sends_one() {
    let date = ("date", "Mon, 07 Nov 1994 08:49:37 GMT");
    assert_eq!(asked(&[date, ("retry-after", "Mon, 07 Nov 1994 08:49:39 GMT")]), Some(2.0));
}

#[test]
fn a_spent_rate_limit_asks_for_a_pause_until_its_reset() {
    assert_eq!(asked(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")]), Some(30.0));
    assert_eq!(asked(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "784111787")]), Some(10.0));
    assert_eq!(asked(&[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "30")]), None);
    assert_eq!(asked(&[("x-ratelimit-remaining-ip", "0"), ("x-ratelimit-reset-seconds-ip", "7")]), Some(7.0));
    assert_eq!(
        asked(&[("retry-after", "9"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "3")]),
        Some(9.0),
        "the longer one"
    );
}

#[test]
fn if_an_answer_asks_for_two_pauses_the_longer_one_counts() {
    for (value, seconds) in [
        ("1, 60", 60.0),
        ("60,1", 60.0),
        ("soon, 7", 7.0),
        ("Sun, 06 Nov 1994 08:50:37 GMT, 20", 60.0),
        ("90, Sun, 06 Nov 1994 08:50:37 GMT", 90.0),
        ("Sun, 06 Nov 1994 08:50:37 GMT, Sun, 06 Nov 1994 08:51:37 GMT", 120.0),
    ] {
        assert_eq!(asked(&[("retry-after", value)]), Some(seconds), "{value}");
    }
    assert_eq!(asked(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "5, 30")]), Some(30.0));
    assert_eq!(asked(&[("retry-after", "soon, later")]), None);
    assert_eq!(asked(&[("retry-after", ", ,")]), None);
}

#[test]
fn a_pause_may_be_a_fraction_of_seconds() {
    for (value, seconds) in
        [("1.5", 1.5), ("0.25", 0.25), ("2.0005", 2.001), ("3.", -1.0), (".5", -1.0), ("1.5s", -1.0), ("1.2.3", -1.0)]
    {
        assert_eq!(asked(&[("retry-after", value)]), Some(seconds).filter(|&ms| ms >= 0.0), "{value}");
    }
    assert_eq!(asked(&[("retry-after", "1.5, 0.5")]), Some(1.5));
}

#[test]
fn a_2xx_with_a_web_page_or_an_error_is_of_another_server() {
    for (status, content_type, expected) in [
        (200, "", Look::Ours),
        (200, "text/plain", Look::Ours),
        (200, "text/html", Look::Page),
        (201, "Text/HTML; charset=utf-8", Look::Page),
        (200, "application/xhtml+xml", Look::Page),
        (200, "text/html, text/html", Look::Page),
        (200, "application/json", Look::Body),
        (207, "application/problem+json;charset=utf-8", Look::Body),
        (200, "application/jsonlines", Look::Ours),
        (202, "text/html", Look::Ours),
        (202, "application/json", Look::Ours),
        (204, "text/html", Look::Ours),
    ] {
        assert_eq!(look(status, content_type), expected, "{status} {content_type}");
    }
    for body in [
        r#"{"error":"invalid key","code":401}"#,
        r#"{"errors":[1]}"#,
        r#"{"ok":true,"errors":{}}"#,
        r#"{"error":0}"#,
        r#"{"error":true}"#,
        r#"{"error":null,"errors":[ {} ]}"#,
        "\u{feff}{\"error\":\"x\"}",
    ] {
        assert!(tells_error(body.as_bytes()), "{body}");
    }
    for body in [
        "",
        "{",
        "null",
        "[{\"error\":1}]",
        r#"{"data":{"error":1}}"#,
        r#"{"error":null}"#,
        r#"{"error":false}"#,
        r#"{"error":""}"#,
        r#"{"errors":[ ]}"#,
        r#"{"error":"cut off"#,
    ] {
        assert!(!tells_error(body.as_bytes()), "{body}");
    }
    assert!(!tells_error(b"{\"error\":\"\xff\"}"), "no text, so no JSON");
}

#[test]
fn the_message_about_an_answer_of_another_server_says_what_to_check() {
    let foreign = |body: &str| {
        let answer = Answer { status: 200, body: body.to_owned(), wait: None };
        outcome(&Response::Foreign(answer), 1, Runtime::Node)
    };
    let (page, error) = (foreign(""), foreign("{\"error\":\"no\"}"));
    assert_eq!((page.state, page.reason), (State::Unknown, Some(Reason::ForeignAnswer)));
    let (page, error) = (page.message.unwrap(), error.message.unwrap());
    assert!(page.contains("200 with a web page") && page.contains("check the endpoint"), "{page}");
    assert!(error.contains("an error: {\"error\":\"no\"}"), "{error}");
}
