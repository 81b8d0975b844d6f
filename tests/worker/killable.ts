import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Admin } from "./admin.js";
import { ADMIN_KEY, OFFLINE, type Options, startOptions } from "./support.js";

const SERVE = fileURLToPath(new URL("serve.mjs", import.meta.url));

/** The Worker with its workerd in a process group of its own, which can be killed with -9. */
export class Killable {
  private constructor(
    readonly url: URL,
    readonly admin: Admin,
    readonly child: ChildProcess,
  ) {}

  static async start(options: Options): Promise<Killable> {
    const args = [SERVE, JSON.stringify(startOptions(options))];
    const env = { ...process.env, ...OFFLINE };
    const child = spawn(process.execPath, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const url = await new Promise<URL>((resolve, reject) => {
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        const found = /^ready (\S+)/m.exec(text)?.[1];
        if (found) resolve(new URL(found));
      });
      child.once("close", (code) => reject(new Error(`the Worker ended with ${code} and never was ready: ${said}`)));
    });
    return new Killable(url, new Admin(url, ADMIN_KEY), child);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    process.kill(-(child.pid as number), "SIGKILL");
    await closed;
  }
}
