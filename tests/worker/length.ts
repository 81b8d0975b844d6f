/** Whether all tests run, as with `npm run test:worker`, or only quick ones, as with `npm test`. */
const whole = process.env.SPLIT_EVENTS_WORKER_TESTS === "all";

export const least = (quick: number, all: number): number => (whole ? all : quick);
