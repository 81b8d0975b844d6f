/** `npm run test:worker` asks for everything, `npm test` for what is quick. */
export const whole = process.env.SPLIT_EVENTS_WORKER_TESTS === "all";

export const least = (quick: number, all: number): number => (whole ? all : quick);
