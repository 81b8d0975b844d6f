// Imported before the command. Makes the module fail while its POST with the number FAIL_AT is in flight.
import { failModule } from "split-events/internal/debug";

const own = globalThis.fetch;
let posts = 0;
globalThis.fetch = (...request) => {
  const answer = own(...request);
  posts += 1;
  if (posts === Number(process.env.FAIL_AT)) setTimeout(() => failModule(true), 200);
  return answer;
};
