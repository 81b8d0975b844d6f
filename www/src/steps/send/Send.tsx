import { useLayoutEffect, useRef } from "preact/hooks";
import { stateCounts } from "split-events/internal/words";
import type { Told } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import type { Sending, State } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";

const text = messages.send;

/** Shows the progress of a send. */
export function SendStep({ state, sending }: { state: State; sending: Sending }) {
  const flow = useFlow();
  const { progress, isPaused, stops } = sending;
  const events = state.checked?.report.events ?? 0;
  const { endpoint } = state.target;
  const host = URL.canParse(endpoint.trim()) ? new URL(endpoint.trim()).host : endpoint;
  useScene({ id: "send", heading: text.heading, announcement: text.announce(events) });
  useSaid(sending);
  const settled = progress ? progress.accepted + progress.refused + progress.unknown + progress.unsent : 0;
  const total = Math.max(events, settled);
  const isHeldUp = isPaused || sending.waiting !== "no" || isWaiting(progress);
  return (
    <section class="card sending">
      <Title>{text.heading}</Title>
      <p class="lead">
        {text.to}
        <strong>{host}</strong>.
      </p>
      <progress aria-label={text.bar} max={total} value={settled} />
      <p class="counts">{countsText(progress, settled, total)}</p>
      <p class={isHeldUp ? "held-up" : "small"}>{paceText(sending)}</p>
      <div class="actions">
        <Button look="quiet" disabled={stops > 0} onPress={() => flow.pause()}>
          {isPaused ? text.goOn : text.pause}
        </Button>
        <StopButton stops={stops} />
      </div>
      <p class="small">{[text.hint, text.stopping, text.cutting][stops]}</p>
    </section>
  );
}

/** The first press stops, the second cuts. */
function StopButton({ stops }: Pick<Sending, "stops">) {
  const flow = useFlow();
  return (
    <button
      type="button"
      class={stops === 0 ? "button quiet" : "button danger"}
      disabled={stops === 2}
      // a double click or a key held down must not stop and cut at once
      onClick={({ detail }) => {
        if (detail < 2) flow.stop();
      }}
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault();
      }}
    >
      {stops === 0 ? text.stop : text.cut}
    </button>
  );
}

/** Says aloud what holds the send up, and that it goes on. */
function useSaid({ progress, waiting }: Sending): void {
  const flow = useFlow();
  const offline = progress?.offline === true;
  const wasOffline = useRef(false);
  useLayoutEffect(() => {
    if (offline === wasOffline.current) return;
    wasOffline.current = offline;
    flow.say(offline ? text.offline : text.online);
  }, [offline]);
  useLayoutEffect(() => {
    if (waiting !== "no") flow.say(waiting === "tab" ? text.waitingTab : text.waitingLedger);
  }, [waiting]);
}

function countsText(progress: Told["sending"] | undefined, settled: number, total: number): string {
  const parts = [text.settled(settled, total)];
  if (progress) parts.push(...stateCounts(progress));
  if (progress && progress.inFlight > 0) parts.push(text.underWay(progress.inFlight));
  return parts.join(" · ");
}

/** Says how fast it goes, or what holds it up. */
function paceText({ progress, waiting, isPaused }: Sending): string {
  if (isPaused) return text.paused;
  if (waiting !== "no") return waiting === "tab" ? text.waitingTab : text.waitingLedger;
  if (!progress) return "";
  const { pausedMs, eventsPerSecond, secondsLeft, stopped, offline } = progress;
  if (stopped) return text.stopped(stopped.message);
  if (offline) return text.offline;
  if (pausedMs > 1000) return text.asked(pausedMs);
  const parts = [];
  if (eventsPerSecond !== undefined) parts.push(text.speed(Math.round(eventsPerSecond)));
  if (secondsLeft !== undefined && secondsLeft > 1) parts.push(text.left(secondsLeft));
  return parts.join(" · ");
}

function isWaiting(progress: Told["sending"] | undefined): boolean {
  return progress !== undefined && (progress.offline || progress.pausedMs > 1000);
}
