import { check, init } from "split-events";

/** What the tests of the harness call in their pages. */
const api = {
  /** The code and the message of what loading fails with. */
  async load(address?: string): Promise<string> {
    try {
      await init(address);
      return "loaded";
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code}: ${message}`;
    }
  },
  check: async (text: string) => (await check(text)).clean,
  /** How this page came to be shown. */
  persisted: false,
};

addEventListener("pageshow", ({ persisted }) => {
  api.persisted = persisted;
});

declare global {
  var loading: typeof api;
}

globalThis.loading = api;
