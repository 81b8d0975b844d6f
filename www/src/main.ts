import { init } from "split-events";
import { linkedEndpoint, serviceEndpoint } from "./endpoint.js";
import { failureText } from "./failure.js";
import { Flow } from "./flow.js";
import { Memory } from "./memory/memory.js";
import { h } from "./ui/dom.js";
import { onDrop } from "./ui/dropped-files.js";
import { notice } from "./ui/notice.js";

try {
  await init();
  const flow = new Flow({ service: await serviceEndpoint(), linked: linkedEndpoint() }, Memory.open());
  onDrop((dropped) => flow.drop(dropped));
  const forget = document.querySelector("#forget");
  forget?.addEventListener("click", () => void flow.forget());
  forget?.removeAttribute("hidden");
  flow.choose({ focus: false });
} catch (error) {
  const text = `The checker, a WebAssembly module, could not be loaded: ${failureText(error)}.`;
  document.querySelector("main")?.replaceChildren(notice("error", h("p", {}, text)));
}
