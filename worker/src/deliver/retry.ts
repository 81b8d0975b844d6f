/** With 100 retries, the most that a queue allows, this makes 18 hours: the free plan keeps a message for 24. */
const DELAY_MAX_S = 720;

/** Gives a message back to the queue. If it keeps failing, it reaches the dead queue before it is too old to be kept. */
export function retry(message: Message): void {
  message.retry({ delaySeconds: Math.min(2 ** Math.min(message.attempts, 12), DELAY_MAX_S) });
}
