import { messages } from "./messages/en.js";
import { isReachable } from "./state/reachable.js";
import { STEPS, type State } from "./state/state.js";
import { ColumnsStep } from "./steps/columns/Columns.js";
import { FileStep } from "./steps/file/File.js";
import { Held } from "./steps/plan/Held.js";
import { PlanStep } from "./steps/plan/Plan.js";
import { Checking } from "./steps/problems/Checking.js";
import { ProblemsStep } from "./steps/problems/Problems.js";
import { DecideStep } from "./steps/receipt/Decide.js";
import { ReceiptStep } from "./steps/receipt/Receipt.js";
import { SendStep } from "./steps/send/Send.js";
import { AskToForget, AskToRemove } from "./ui/forget.js";
import { useFlow } from "./ui/stage.js";

/** The whole page, as it follows from the state. */
export function Page({ state }: { state: State }) {
  return (
    <>
      <a class="skip" href="#step">
        {messages.skip}
      </a>
      <Head state={state} />
      <main id="step" tabIndex={-1} data-step={state.step}>
        <CurrentStep state={state} />
      </main>
      <Foot state={state} />
      <Asked state={state} />
      <p id="live" class="unseen" role="status" aria-live="polite">
        {state.said.text}
      </p>
    </>
  );
}

function Head({ state }: { state: State }) {
  const flow = useFlow();
  const current = STEPS.indexOf(state.step as never);
  return (
    <header class="top">
      <p class="brand">
        <Brand />
        {messages.title}
      </p>
      <nav aria-label={messages.steps.label}>
        <ol id="steps" class="steps">
          {STEPS.map((step, at) => (
            <li key={step} class={at < current ? "done" : undefined} aria-current={at === current ? "step" : undefined}>
              {at !== current && isReachable(state, step) ? (
                <a
                  href={`#${step}`}
                  onClick={(event) => {
                    event.preventDefault();
                    flow.go(step);
                  }}
                >
                  {messages.steps[step]}
                </a>
              ) : (
                <span>{messages.steps[step]}</span>
              )}
            </li>
          ))}
        </ol>
      </nav>
    </header>
  );
}

function Brand() {
  return (
    <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="currentColor" />
      <g fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round">
        <path d="M6 16h5c5 0 4-6 9-6M11 16c5 0 4 6 9 6" />
        <circle cx="24" cy="22" r="2.5" />
      </g>
      <circle cx="24" cy="10" r="3.6" fill="#fff" />
    </svg>
  );
}

function CurrentStep({ state }: { state: State }) {
  const { step, look, checked, busy, held, sending, sent, deciding } = state;
  if (step === "columns" && look) return <ColumnsStep state={state} look={look} />;
  if (step === "problems" && (busy === "looking" || busy === "checking")) return <Checking state={state} />;
  if (step === "problems" && checked) return <ProblemsStep key={checkedKey(state)} state={state} checked={checked} />;
  if (step === "plan" && held) return <Held state={state} held={held} />;
  if (step === "plan" && checked) return <PlanStep state={state} checked={checked} />;
  if (step === "send" && sending) return <SendStep state={state} sending={sending} />;
  if (step === "receipt" && sent) return <ReceiptStep key={sent.id} sent={sent} />;
  if (step === "decide" && deciding) return <DecideStep send={deciding} />;
  return <FileStep state={state} />;
}

/** What was opened or typed in the step is not kept for another check. */
function checkedKey({ checked }: State): string {
  return JSON.stringify([checked?.report.events, checked?.report.issueCounts]);
}

function Foot({ state }: { state: State }) {
  const flow = useFlow();
  const { local, remembered, forget, newer } = messages.foot;
  return (
    <footer class="foot">
      {state.isOld && <p>{newer}</p>}
      <p>
        {local}
        <code>npx split-events check FILE</code>.
      </p>
      <p>
        {remembered}
        <button
          type="button"
          id="forget"
          class="link"
          disabled={state.busy !== undefined}
          onClick={() => flow.ask({ about: "forget" })}
        >
          {forget}
        </button>
      </p>
    </footer>
  );
}

function Asked({ state: { question } }: { state: State }) {
  const flow = useFlow();
  if (question === undefined) return null;
  const onAnswer = (yes: boolean) => void flow.answer(question, yes);
  if (question.about === "forget") return <AskToForget onAnswer={onAnswer} />;
  return <AskToRemove send={question.send} onAnswer={onAnswer} />;
}
