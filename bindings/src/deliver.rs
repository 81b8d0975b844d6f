//! A call of `deliver` of an outbox or a client, as one future.

use std::rc::Rc;
use std::task::{Context, Poll};

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use crate::drive::{Drive, Owner};
use crate::hooks::Hooks;
use crate::options::{Options, to_js};
use crate::shared::Shared;
use crate::wake::now;
use split_events_delivery::{Delivery, SettledPart, SourceChanged, State};

/// Begins a call. Returns `None` if another one is under way.
pub fn deliver(shared: &Rc<Shared>, options: &JsValue) -> Option<Promise> {
    let number = {
        let (mut outbox, options) = (shared.outbox.borrow_mut(), Options(options));
        outbox.pause(options.number("pausedUntil"));
        outbox.driver().machine().set_offline(shared.target.is_offline());
        outbox.begin(now(), options.number("patienceMs"), shared.target.timeout())?
    };
    let (shared, options) = (Rc::clone(shared), options.clone());
    Some(future_to_promise(async move {
        let mut call = Call { shared: &shared, number, settled: Array::new() };
        // an outbox reads no source that could have changed
        let _ = Drive::new(&shared.target, &shared.stores, &Options(&options)).run(&mut call).await;
        Ok(shared.told(call.settled))
    }))
}

struct Call<'a> {
    shared: &'a Shared,
    number: u32,
    settled: Array,
}

impl Owner for Call<'_> {
    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Delivery) -> T) -> T {
        act(&mut *self.shared.outbox.borrow_mut())
    }

    fn hooks(&self) -> &Hooks {
        &self.shared.hooks
    }

    async fn prepare(&mut self, _: &mut Drive<'_>) -> bool {
        self.shared.outbox.borrow().is_call(self.number)
    }

    fn stop(&mut self) {
        self.shared.outbox.borrow_mut().stop();
    }

    fn cut(&mut self) {
        self.shared.outbox.borrow_mut().cut(now());
    }

    fn settled(&mut self, SettledPart { outcome, held, .. }: SettledPart) {
        let Shared { outbox, hooks, client, .. } = self.shared;
        let told = to_js(&outcome);
        let mut body = None;
        if let Some(client) = client {
            body = held.filter(|_| outcome.state != State::Accepted).map(|events| events.text());
            client.borrow_mut().end(outcome, &mut outbox.borrow_mut());
        }
        hooks.settled(&told, body.as_deref());
        self.settled.push(&told);
    }

    fn read(&mut self) -> Result<bool, SourceChanged> {
        Ok(false)
    }

    fn poll(&mut self, context: &mut Context) -> Poll<()> {
        self.shared.nudge.register(context);
        if self.shared.nudge.take() { Poll::Ready(()) } else { Poll::Pending }
    }
}
