//! Wakes futures from JavaScript: timers, signals, the network, and the user's `Control`. Dropping them removes their
//! listeners and timers.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, EventTarget};

use crate::options::Options;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;
}

/// Returns Unix time in milliseconds, by a clock that is never set while the process runs.
pub fn now() -> f64 {
    TIME_ORIGIN.with(|origin| *origin) + performance_now()
}

/// Wakes a future from within the module.
#[derive(Default)]
pub struct Nudge {
    waker: Cell<Option<Waker>>,
    has_fired: Cell<bool>,
}

impl Nudge {
    pub fn fire(&self) {
        self.has_fired.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Wakes this future when it fires.
    pub fn register(&self, context: &Context) {
        self.waker.set(Some(context.waker().clone()));
    }

    /// Returns true if it has fired since it was last asked.
    pub fn take(&self) -> bool {
        self.has_fired.take()
    }
}

/// A function for JavaScript that fires a nudge.
struct Callback {
    nudge: Rc<Nudge>,
    closure: Closure<dyn FnMut()>,
}

impl Callback {
    fn new() -> Self {
        let nudge = Rc::<Nudge>::default();
        let fired = Rc::clone(&nudge);
        Callback { nudge, closure: Closure::new(move || fired.fire()) }
    }

    fn function(&self) -> &Function {
        self.closure.as_ref().unchecked_ref()
    }
}

/// A future that ends after some time.
pub struct Sleep {
    timer: JsValue,
    callback: Callback,
}

impl Sleep {
    pub fn new(ms: f64) -> Self {
        let callback = Callback::new();
        Sleep { timer: set_timeout(callback.function(), ms), callback }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        if self.callback.nudge.has_fired.get() {
            return Poll::Ready(());
        }
        self.callback.nudge.register(context);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}

/// A command of the user or the browser during a delivery.
#[derive(Clone, Copy)]
pub enum Command {
    Hold(bool),
    Offline(bool),
    Stop,
    Cut,
}

/// Watches for commands.
pub struct Commands {
    /// The signal to begin no further request.
    stop: Aborted,
    /// The signal to abort what is in flight, too.
    cut: Aborted,
    control: Control,
    offline: Offline,
}

impl Commands {
    pub fn new(options: &Options) -> Self {
        Commands {
            stop: Aborted::new(options.signal("signal")),
            cut: Aborted::new(options.signal("cutSignal")),
            control: Control::new(options.get("control")),
            offline: Offline::new(),
        }
    }

    /// Returns each command once.
    pub fn next(&mut self, is_offline: bool) -> Option<Command> {
        if self.stop.is_new() {
            return Some(Command::Stop);
        }
        if self.cut.is_new() {
            return Some(Command::Cut);
        }
        self.control.change().map(Command::Hold).or_else(|| self.offline.change(is_offline).map(Command::Offline))
    }

    /// Wakes this future when there may be a command.
    pub fn register(&self, context: &Context) {
        for callback in [&self.stop.callback, &self.cut.callback, &self.control.callback, &self.offline.callback] {
            callback.nudge.register(context);
        }
    }
}

/// A signal, if there is one.
struct Aborted {
    signal: Option<AbortSignal>,
    callback: Callback,
    is_told: bool,
}

impl Aborted {
    fn new(signal: Option<AbortSignal>) -> Self {
        let callback = Callback::new();
        if let Some(signal) = &signal {
            let _ = signal.add_event_listener_with_callback("abort", callback.function());
        }
        Aborted { signal, callback, is_told: false }
    }

    /// Returns true once, when the signal is aborted.
    fn is_new(&mut self) -> bool {
        let is_new = !self.is_told && self.signal.as_ref().is_some_and(AbortSignal::aborted);
        self.is_told |= is_new;
        is_new
    }
}

impl Drop for Aborted {
    fn drop(&mut self) {
        if let Some(signal) = &self.signal {
            let _ = signal.remove_event_listener_with_callback("abort", self.callback.function());
        }
    }
}

/// The network state of a page.
struct Offline {
    page: Option<EventTarget>,
    callback: Callback,
    told: bool,
}

impl Offline {
    const EVENTS: [&str; 2] = ["online", "offline"];

    fn new() -> Self {
        let (global, callback) = (js_sys::global(), Callback::new());
        let listens = Reflect::get(&global, &"addEventListener".into()).is_ok_and(|listen| listen.is_function());
        let page = listens.then(|| global.unchecked_into::<EventTarget>());
        for event in Self::EVENTS {
            let _ = page.as_ref().map(|page| page.add_event_listener_with_callback(event, callback.function()));
        }
        Offline { page, callback, told: false }
    }

    /// Returns whether the browser is offline, or `None` if that has not changed.
    fn change(&mut self, is_offline: bool) -> Option<bool> {
        (std::mem::replace(&mut self.told, is_offline) != is_offline).then_some(is_offline)
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        for event in Self::EVENTS {
            let page = self.page.as_ref();
            let _ = page.map(|page| page.remove_event_listener_with_callback(event, self.callback.function()));
        }
    }
}

/// The user's `Control`, if there is one.
struct Control {
    object: JsValue,
    callback: Callback,
    unsubscribe: Option<Function>,
    held: bool,
}

impl Control {
    fn new(object: JsValue) -> Self {
        let callback = Callback::new();
        let unsubscribe = Reflect::get(&object, &"subscribe".into())
            .ok()
            .and_then(|subscribe| subscribe.dyn_into::<Function>().ok())
            .and_then(|subscribe| subscribe.call1(&object, callback.function()).ok())
            .and_then(|unsubscribe| unsubscribe.dyn_into().ok());
        Control { object, callback, unsubscribe, held: false }
    }

    /// Returns whether requests are held back, or `None` if that has not changed.
    fn change(&mut self) -> Option<bool> {
        self.unsubscribe.as_ref()?;
        let held = Reflect::get(&self.object, &"paused".into()).is_ok_and(|paused| paused.is_truthy());
        (std::mem::replace(&mut self.held, held) != held).then_some(held)
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Some(unsubscribe) = &self.unsubscribe {
            let _ = unsubscribe.call0(&JsValue::UNDEFINED);
        }
    }
}
