//! An `AbortSignal` as something to wait for. The listener goes when it is dropped.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// Waits for a signal that may not be there; then it never comes.
pub struct Aborted {
    signal: Option<AbortSignal>,
    waker: Rc<Cell<Option<Waker>>>,
    listener: Closure<dyn FnMut()>,
    told: bool,
}

impl Aborted {
    pub fn new(signal: Option<AbortSignal>) -> Self {
        let waker = Rc::new(Cell::new(None::<Waker>));
        let waking = Rc::clone(&waker);
        let listener = Closure::<dyn FnMut()>::new(move || {
            if let Some(waker) = waking.take() {
                waker.wake();
            }
        });
        if let Some(signal) = &signal {
            let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        }
        Aborted { signal, waker, listener, told: false }
    }

    /// Ready once, when the signal is aborted.
    pub fn poll_once(&mut self, context: &mut Context) -> Poll<()> {
        if self.told {
            return Poll::Pending;
        }
        if self.signal.as_ref().is_some_and(AbortSignal::aborted) {
            self.told = true;
            return Poll::Ready(());
        }
        self.waker.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Aborted {
    fn drop(&mut self) {
        if let Some(signal) = &self.signal {
            let _ = signal.remove_event_listener_with_callback("abort", self.listener.as_ref().unchecked_ref());
        }
    }
}
