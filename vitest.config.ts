import { defineConfig } from "vitest/config";

const seconds = (count: number) => count * 1000;

/** `npm run test:worker` asks for it. */
const everyWorkerTest = process.env.SPLIT_EVENTS_WORKER_TESTS === "all";

/**
 * Node's tests and the sandbox's run in workers; the others drive one Chromium, one workerd or one other runtime at a
 * time. `npm test` leaves those of other runtimes to `npm run test:runtimes`.
 */
export default defineConfig({
  test: {
    environment: "node",
    allowOnly: false,
    expect: { poll: { timeout: seconds(15) } },
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["tests/node/**/*.test.ts", "tests/sandbox/**/*.test.ts"],
          testTimeout: seconds(60),
          hookTimeout: seconds(60),
        },
      },
      {
        extends: true,
        test: {
          name: "worker",
          include: ["tests/worker/**/*.test.ts"],
          // a busy machine may start a Worker's turn late
          expect: { poll: { timeout: seconds(60) } },
          exclude: everyWorkerTest ? [] : ["tests/worker/long/**"],
          fileParallelism: false,
          testTimeout: seconds(120),
          hookTimeout: seconds(120),
        },
      },
      {
        extends: true,
        test: {
          name: "runtimes",
          include: ["tests/runtimes/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: seconds(60),
          hookTimeout: seconds(60),
        },
      },
      ...["Chromium", "Firefox", "WebKit"].map((engine) => ({
        extends: true as const,
        test: {
          name: engine,
          include: ["tests/engines/**/*.test.ts"],
          env: { ENGINE: engine },
          fileParallelism: false,
          testTimeout: seconds(120),
          hookTimeout: seconds(120),
        },
      })),
      {
        extends: true,
        test: {
          name: "browser",
          // the client has tests of its own in tests/browser
          include: [
            "tests/browser/**/*.test.ts",
            "tests/engines/page/**/*.test.ts",
            "tests/engines/script/{inputs,module}.test.ts",
          ],
          env: { ENGINE: "Chromium" },
          fileParallelism: false,
          testTimeout: seconds(120),
          hookTimeout: seconds(120),
        },
      },
    ],
  },
});
