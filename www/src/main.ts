import { init } from "split-events";
import { linkedEndpoint, serviceEndpoint } from "./endpoint.js";
import { failureText } from "./failure.js";
import { Flow } from "./flow.js";
import { h } from "./ui/dom.js";
import { onDrop } from "./ui/dropped-files.js";
import { notice } from "./ui/notice.js";

try {
  await init();
  const flow = new Flow({ service: await serviceEndpoint(), linked: linkedEndpoint() });
  onDrop((dropped) => flow.drop(dropped));
  flow.choose({ focus: false });
} catch (error) {
  const text = `The checker, a WebAssembly module, could not be loaded: ${failureText(error)}.`;
  document.querySelector("main")?.replaceChildren(notice("error", h("p", {}, text)));
}
