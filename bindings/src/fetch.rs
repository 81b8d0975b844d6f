//! Posts one body, and reads the response.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Response as HttpResponse};

use crate::options::{ConfigError, Options};
use crate::wake::Sleep;
use split_events::text::{join, replace};
use split_events_delivery::{
    Answer, Attempt, Failure, Look, Response, Statuses, asked_wait, is_loopback, look, tells_error,
};

/// The most characters of an answer's body that a receipt repeats.
const BODY_MAX: usize = 200;
/// The longest wait for that body, in milliseconds. The state does not depend on it.
const BODY_TIMEOUT: f64 = 2_000.0;
/// The most bytes of a body that are read to find out whether a 2xx answer is the service's.
const LOOK_MAX: usize = 16_384;
/// The largest body of a 2xx answer that is read only so that the connection can be used again, in bytes.
const DRAIN_MAX: u32 = 65_536;

#[wasm_bindgen]
extern "C" {
    /// Keeps the controller of a request, so that the request is aborted if the module fails.
    fn hold(controller: &AbortController);
    #[wasm_bindgen(js_name = letGo)]
    fn let_go(controller: &AbortController);
}

/// The endpoint, and how to post to it.
pub struct Target {
    endpoint: String,
    api_key: String,
    timeout: f64,
    fetch: Function,
    /// True if requests tell the id of their batch, since the endpoint is a Worker of this package.
    forwarder: bool,
    /// True if requests outlive the page.
    keepalive: bool,
    /// The handling of answers. The user's own choice goes before the look of an answer.
    statuses: Statuses,
    /// The length of the pause that an answer asks for, in milliseconds, while its body is still read.
    pause: Cell<Option<f64>>,
}

impl Target {
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        let fetch = match options.function("fetch") {
            Some(fetch) => fetch,
            None => Reflect::get(&js_sys::global(), &"fetch".into())
                .ok()
                .and_then(|fetch| fetch.dyn_into().ok())
                .ok_or_else(|| {
                    ConfigError::new("no_fetch", "this runtime has no fetch: give one as an option".into())
                })?,
        };
        Ok(Target {
            endpoint: options.word("endpoint"),
            api_key: options.word("apiKey"),
            timeout: options.number("timeoutMs"),
            fetch,
            forwarder: options.is("forwarder"),
            keepalive: false,
            statuses: options.statuses(),
            pause: Cell::new(None),
        })
    }

    /// Returns how long a request waits for its answer, in milliseconds.
    pub fn timeout(&self) -> f64 {
        self.timeout
    }

    /// Lets requests outlive the page.
    pub fn keeping_alive(self) -> Self {
        Target { keepalive: true, ..self }
    }

    /// Returns true if no request may begin: the browser is offline, and the endpoint is not on this machine.
    pub fn is_offline(&self) -> bool {
        is_offline() && !web_sys::Url::new(&self.endpoint).is_ok_and(|url| is_loopback(&url.hostname()))
    }

    /// Returns the length of the pause that an answer asks for that has just begun. Its request ends later.
    pub fn asked_pause(&self) -> Option<f64> {
        self.pause.take()
    }

    /// Posts the body of the batch with this id once. The request begins now; dropping the future aborts it.
    pub fn post<'a>(&'a self, id: &str, body: &[u8]) -> impl Future<Output = (Response, Attempt)> + use<'a> {
        let started = js_sys::Date::now();
        let begun = self.begin(id, body);
        async move {
            let ended = match begun {
                Ok(request) => self.answer(request).await,
                Err(error) => Err(error),
            };
            self.told(ended, started)
        }
    }

    fn told(&self, ended: Result<Response, JsValue>, started: f64) -> (Response, Attempt) {
        let came = ended.unwrap_or_else(|error| Response::Failed(self.failure(&error)));
        let (status, error) = match &came {
            Response::Answer(answer) | Response::Foreign(answer) => (Some(answer.status), None),
            Response::Redirect => (None, Some("a redirect".to_owned())),
            Response::Failed(failure) => (None, Some(failure.line())),
            Response::TimedOut => (None, Some(["no answer in ", &(self.timeout as u32).to_string(), " ms"].concat())),
            Response::Cut => (None, Some("cut".to_owned())),
        };
        (came, Attempt { status, error, ms: js_sys::Date::now() - started })
    }

    async fn answer(&self, Request { response, abort }: Request) -> Result<Response, JsValue> {
        let Some(response) = within(self.timeout, response).await else {
            return Ok(Response::TimedOut);
        };
        let response = response?;
        if !is_response(&response) {
            return Err(js_sys::Error::new("the option fetch resolved to no Response").into());
        }
        let response: HttpResponse = response.unchecked_into();
        let headers = response.headers();
        let wait = asked_wait(|name| headers.get(name).ok().flatten(), js_sys::Date::now());
        self.pause.set(wait);
        let status = response.status();
        if response.ok() {
            let answer = |body| Answer { status, body, wait };
            let content_type = headers.get("content-type").ok().flatten().unwrap_or_default();
            return Ok(match look(status, &content_type) {
                // the abort stays armed: the rest of the body is not wanted
                Look::Page if self.statuses.own(status).is_none() => Response::Foreign(answer(String::new())),
                Look::Body if self.statuses.own(status).is_none() => match self.body(&response).await {
                    (body, true) if tells_error(&body) => Response::Foreign(answer(self.start_of(&body))),
                    _ => Response::Answer(answer(String::new())),
                },
                _ => {
                    abort.armed.set(false); // what is left of the answer's body may still arrive
                    release(&response);
                    Response::Answer(answer(String::new()))
                }
            });
        }
        match status {
            0 => Ok(Response::Redirect),
            _ => {
                let (body, _) = self.body(&response).await;
                let body = self.start_of(&body);
                Ok(Response::Answer(Answer { status, body, wait }))
            }
        }
    }

    fn begin(&self, id: &str, body: &[u8]) -> Result<Request, JsValue> {
        let abort = AbortOnDrop::new()?;
        let request = self.request_of(id, body, &abort.controller)?;
        let promise = self.fetch.call2(&JsValue::UNDEFINED, &self.endpoint.as_str().into(), &request)?;
        Ok(Request { response: JsFuture::from(Promise::resolve(&promise)), abort })
    }

    /// Leaves the request to the browser, which makes it once the page is gone. Fails if the browser has no room for
    /// it.
    pub fn post_later(&self, id: &str, body: &[u8]) -> Result<Later, JsValue> {
        let controller = AbortController::new()?;
        let request = self.request_of(id, body, &controller)?;
        let later: Function = Reflect::get(&js_sys::global(), &"fetchLater".into())?.dyn_into()?;
        let result = later.call2(&JsValue::UNDEFINED, &self.endpoint.as_str().into(), &request)?;
        Ok(Later { result, controller })
    }

    fn request_of(&self, id: &str, body: &[u8], abort: &AbortController) -> Result<Object, JsValue> {
        let headers = Object::new();
        set(&headers, "Authorization", &["Bearer ", &self.api_key].concat().into())?;
        set(&headers, "Content-Type", &"application/json".into())?;
        if self.forwarder {
            set(&headers, "Idempotency-Key", &id.into())?;
        }
        let request = Object::new();
        set(&request, "method", &"POST".into())?;
        set(&request, "headers", &headers)?;
        // a copy: the module's memory may move while the request is on its way
        set(&request, "body", &Uint8Array::from(body))?;
        set(&request, "redirect", &"manual".into())?;
        set(&request, "signal", &abort.signal())?;
        if self.keepalive {
            set(&request, "keepalive", &JsValue::TRUE)?;
        }
        Ok(request)
    }

    /// Reads a body, as far as it comes in time and up to a length. Returns true with it if that is all of it.
    async fn body(&self, response: &HttpResponse) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let whole = within(self.timeout.min(BODY_TIMEOUT), read(response, &mut bytes)).await;
        (bytes, whole == Some(Some(())))
    }

    fn start_of(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        let line = join(&text.split_ascii_whitespace().collect::<Vec<_>>(), " ");
        self.without_key(&line).chars().take(BODY_MAX).collect()
    }

    fn failure(&self, error: &JsValue) -> Failure {
        let text = |of: &JsValue, name: &str| {
            if !of.is_object() {
                return String::new();
            }
            Reflect::get(of, &name.into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
        };
        let cause =
            if error.is_object() { Reflect::get(error, &"cause".into()).ok().filter(JsValue::is_object) } else { None };
        let source = cause.as_ref().unwrap_or(error);
        let message = match (text(source, "message"), text(error, "message")) {
            (inner, outer) if inner.is_empty() && cause.is_some() => [&outer, ": no reason given"].concat(),
            (inner, _) => inner,
        };
        Failure { code: text(source, "code"), syscall: text(source, "syscall"), message: self.without_key(&message) }
    }

    fn without_key(&self, text: &str) -> String {
        replace(text, &self.api_key, "[key]")
    }
}

/// A request that was left to the browser.
pub struct Later {
    result: JsValue,
    controller: AbortController,
}

impl Later {
    /// Takes it back. Returns true if it was not made, and never will be.
    pub fn take_back(&self) -> bool {
        let made = Reflect::get(&self.result, &"activated".into()).is_ok_and(|made| made.is_truthy());
        if !made {
            self.controller.abort();
        }
        !made
    }
}

/// Returns the future's result, or `None` if it is not there within this time, in milliseconds.
async fn within<T>(ms: f64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut late = pin!(Sleep::new(ms));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => late.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Returns true if the browser is offline. Other runtimes never are.
fn is_offline() -> bool {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let navigator = get(&js_sys::global(), "navigator");
    navigator.is_object() && get(&navigator, "onLine") == JsValue::FALSE
}

/// A request that has begun.
struct Request {
    response: JsFuture,
    abort: AbortOnDrop,
}

/// Returns true if a value has what is read of a response. A `fetch` of the user's own may resolve to anything.
fn is_response(value: &JsValue) -> bool {
    let get = |name: &str| Reflect::get(value, &name.into()).unwrap_or_default();
    value.is_object() && get("status").as_f64().is_some() && get("headers").is_object()
}

struct AbortOnDrop {
    controller: AbortController,
    armed: Cell<bool>,
}

impl AbortOnDrop {
    fn new() -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        hold(&controller);
        Ok(AbortOnDrop { controller, armed: Cell::new(true) })
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        let_go(&self.controller);
        if self.armed.get() {
            self.controller.abort();
        }
    }
}

/// Releases the body of a 2xx answer: reads a small one in the background, cancels a large one. Until then the request
/// counts among those that outlive the page, even if the body is empty.
fn release(response: &HttpResponse) {
    let length = response.headers().get("content-length").ok().flatten().and_then(|length| length.parse::<u32>().ok());
    let empty = Reflect::get(response, &"body".into()).is_ok_and(|body| body.is_null());
    let small = empty || length.is_some_and(|length| length <= DRAIN_MAX);
    let done = if small { response.array_buffer().ok().map(JsValue::from) } else { cancel(response) };
    if let Some(promise) = done.and_then(|done| done.dyn_into::<Promise>().ok()) {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

fn cancel(response: &HttpResponse) -> Option<JsValue> {
    call(&Reflect::get(response, &"body".into()).ok()?, "cancel")
}

/// Reads a body. Returns `None` if it is too long or breaks.
async fn read(response: &HttpResponse, bytes: &mut Vec<u8>) -> Option<()> {
    let reader = call(&Reflect::get(response, &"body".into()).ok()?, "getReader")?;
    loop {
        let next = JsFuture::from(call(&reader, "read")?.dyn_into::<Promise>().ok()?).await.ok()?;
        let Ok(piece) = Reflect::get(&next, &"value".into()).ok()?.dyn_into::<Uint8Array>() else { return Some(()) };
        let room = (LOOK_MAX - bytes.len()) as u32;
        bytes.append(&mut piece.subarray(0, room).to_vec());
        if piece.length() > room {
            return None;
        }
    }
}

/// Calls a method. Returns `None` if there is none, or it throws.
fn call(object: &JsValue, method: &str) -> Option<JsValue> {
    if !object.is_object() {
        return None;
    }
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    method.call0(object).ok()
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), value).map(|_| ())
}
