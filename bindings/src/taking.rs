//! Waits until the hook `onUndelivered` has taken what it was given.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use wasm_bindgen_futures::JsFuture;

use crate::drive::{Drive, Owner};
use crate::wake::{Command, Sleep, now};

/// Waits for the hook's promise: no longer than a request may take beyond the time `ends`, or beyond a stop, and not at
/// all once the user cuts.
pub async fn let_take(owner: &mut impl Owner, drive: &mut Drive<'_>, mut taking: JsFuture, ends: Option<f64>) {
    let timeout = drive.target.timeout();
    let mut late = ends.map(|ends| Sleep::new((ends - now()).max(0.0) + timeout));
    let mut meanwhile = Vec::new();
    loop {
        let command = poll_fn(|context| {
            drive.commands.register(context);
            while let Poll::Ready(event) = drive.poll(context) {
                meanwhile.push(event);
            }
            if Pin::new(&mut taking).poll(context).is_ready() {
                return Poll::Ready(None);
            }
            if let Some(command) = drive.commands.next(drive.target.is_offline()) {
                return Poll::Ready(Some(command));
            }
            let Some(late) = &mut late else { return Poll::Pending };
            Pin::new(late).poll(context).map(|()| {
                owner.hooks().give_up();
                None
            })
        })
        .await;
        let Some(command) = command else { break };
        match command {
            Command::Stop => late = Some(Sleep::new(timeout)),
            Command::Cut => {
                owner.hooks().give_up();
                // what has ended by now was not cut
                for event in meanwhile.drain(..) {
                    drive.happened(owner, event);
                }
                return drive.apply(owner, command);
            }
            Command::Hold(_) | Command::Offline(_) => {}
        }
        drive.apply(owner, command);
    }
    for event in meanwhile {
        drive.happened(owner, event);
    }
}
