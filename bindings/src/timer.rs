//! A timer that is cleared when it is dropped.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;
}

/// Unix time in milliseconds, by a clock that nobody sets once the process has begun.
pub fn now() -> f64 {
    TIME_ORIGIN.with(|origin| *origin) + performance_now()
}

#[derive(Default)]
struct Shared {
    rang: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

/// Ends after so many milliseconds.
pub struct Sleep {
    timer: JsValue,
    shared: Rc<Shared>,
    _callback: Closure<dyn FnMut()>,
}

impl Sleep {
    pub fn new(ms: f64) -> Self {
        let shared = Rc::<Shared>::default();
        let ringing = Rc::clone(&shared);
        let callback = Closure::<dyn FnMut()>::new(move || {
            ringing.rang.set(true);
            if let Some(waker) = ringing.waker.take() {
                waker.wake();
            }
        });
        let timer = set_timeout(callback.as_ref().unchecked_ref(), ms);
        Sleep { timer, shared, _callback: callback }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        if self.shared.rang.get() {
            return Poll::Ready(());
        }
        self.shared.waker.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
