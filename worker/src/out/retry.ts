const DELAY_MAX = 3_600;

/** A hundred times at most: with growing delays that is longer than a queue keeps a message. */
export function retry(message: Message): void {
  message.retry({ delaySeconds: Math.min(2 ** Math.min(message.attempts, 12), DELAY_MAX) });
}
