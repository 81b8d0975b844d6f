import { ModuleError } from "split-events";
import { failModule } from "split-events/internal/debug";

/** Makes the module fail, as any call may that panics. */
export function fail(): void {
  try {
    failModule();
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
  }
}

/** Makes the module fail in a future of its own, and waits until it has. */
export async function failLater(): Promise<void> {
  failModule(true);
  await new Promise((resolve) => setTimeout(resolve));
}
