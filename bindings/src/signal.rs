//! What users hold in their hands while a send runs, as something to wait for. Listeners go when they are dropped.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Waker};

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, EventTarget};

use crate::fetch::Target;

/// A function for JavaScript that wakes who waits.
struct Bell {
    waker: Rc<Cell<Option<Waker>>>,
    ring: Closure<dyn FnMut()>,
}

impl Bell {
    fn new() -> Self {
        let waker = Rc::new(Cell::new(None::<Waker>));
        let waking = Rc::clone(&waker);
        let ring = Closure::<dyn FnMut()>::new(move || {
            if let Some(waker) = waking.take() {
                waker.wake();
            }
        });
        Bell { waker, ring }
    }

    fn function(&self) -> &Function {
        self.ring.as_ref().unchecked_ref()
    }
}

/// Wakes who waits, or will, from within the module.
#[derive(Default)]
pub struct Nudge {
    waker: Cell<Option<Waker>>,
    given: Cell<bool>,
}

impl Nudge {
    pub fn give(&self) {
        self.given.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Whether it was given since it was asked last.
    pub fn take(&self) -> bool {
        self.given.take()
    }

    pub fn wake(&self, context: &Context) {
        self.waker.set(Some(context.waker().clone()));
    }
}

/// Waits for a signal that may not be there; then it never comes.
pub struct Aborted {
    signal: Option<AbortSignal>,
    bell: Bell,
    told: bool,
}

impl Aborted {
    pub fn new(signal: Option<AbortSignal>) -> Self {
        let bell = Bell::new();
        if let Some(signal) = &signal {
            let _ = signal.add_event_listener_with_callback("abort", bell.function());
        }
        Aborted { signal, bell, told: false }
    }

    /// Says once that the signal is aborted.
    pub fn told(&mut self) -> bool {
        let tells = self.is_new();
        self.told |= tells;
        tells
    }

    /// Whether it is aborted, and was not said to be.
    pub fn is_new(&self) -> bool {
        !self.told && self.signal.as_ref().is_some_and(AbortSignal::aborted)
    }

    /// Wakes who waits when the signal is aborted.
    pub fn wake(&self, context: &Context) {
        self.bell.waker.set(Some(context.waker().clone()));
    }
}

impl Drop for Aborted {
    fn drop(&mut self) {
        if let Some(signal) = &self.signal {
            let _ = signal.remove_event_listener_with_callback("abort", self.bell.function());
        }
    }
}

/// Watches whether the browser is offline, where that keeps requests from beginning.
pub struct Offline {
    page: Option<EventTarget>,
    bell: Bell,
    told: Option<bool>,
}

impl Offline {
    const EVENTS: [&str; 2] = ["online", "offline"];

    pub fn new() -> Self {
        let (global, bell) = (js_sys::global(), Bell::new());
        let listens = Reflect::get(&global, &"addEventListener".into()).is_ok_and(|listen| listen.is_function());
        let page = listens.then(|| global.unchecked_into::<EventTarget>());
        for event in Self::EVENTS {
            let _ = page.as_ref().map(|page| page.add_event_listener_with_callback(event, bell.function()));
        }
        Offline { page, bell, told: None }
    }

    /// Whether it is, at first and where that has changed.
    pub fn change(&mut self, target: &Target) -> Option<bool> {
        let is_new = self.is_new(target);
        self.told = Some(target.is_offline());
        self.told.filter(|_| is_new)
    }

    /// Whether it has changed, and that was not said.
    pub fn is_new(&self, target: &Target) -> bool {
        self.told != Some(target.is_offline())
    }

    /// Wakes who waits when it changes.
    pub fn wake(&self, context: &Context) {
        self.bell.waker.set(Some(context.waker().clone()));
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        for event in Self::EVENTS {
            let _ =
                self.page.as_ref().map(|page| page.remove_event_listener_with_callback(event, self.bell.function()));
        }
    }
}

/// Watches a `Control`, which may not be there; then it never holds anything.
pub struct Control {
    object: JsValue,
    bell: Bell,
    unsubscribe: Option<Function>,
    held: bool,
}

impl Control {
    pub fn new(control: JsValue) -> Self {
        let bell = Bell::new();
        let unsubscribe = Reflect::get(&control, &"subscribe".into())
            .ok()
            .and_then(|subscribe| subscribe.dyn_into::<Function>().ok())
            .and_then(|subscribe| subscribe.call1(&control, bell.function()).ok())
            .and_then(|unsubscribe| unsubscribe.dyn_into().ok());
        Control { object: control, bell, unsubscribe, held: false }
    }

    /// Where it changed, whether all is held back now.
    pub fn change(&mut self) -> Option<bool> {
        self.unsubscribe.as_ref()?;
        let held = Reflect::get(&self.object, &"paused".into()).is_ok_and(|paused| paused.is_truthy());
        (std::mem::replace(&mut self.held, held) != held).then_some(held)
    }

    /// Wakes who waits when it changes.
    pub fn wake(&self, context: &Context) {
        self.bell.waker.set(Some(context.waker().clone()));
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Some(unsubscribe) = &self.unsubscribe {
            let _ = unsubscribe.call0(&JsValue::UNDEFINED);
        }
    }
}
