/** With a hundred retries, the most that a queue allows, this makes 18 hours: the free plan keeps a message for 24. */
const DELAY_MAX_S = 720;

/** What fails for longer goes to the dead queue, and is not dropped by age before. */
export function retry(message: Message): void {
  message.retry({ delaySeconds: Math.min(2 ** Math.min(message.attempts, 12), DELAY_MAX_S) });
}
