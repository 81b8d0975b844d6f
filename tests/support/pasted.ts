import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { pack, ROOT } from "../node/package-app.js";

/** A block of code of a page. */
export interface Block {
  /** Its first line. */
  name: string;
  /** The heading above it. */
  heading: string;
  language: string;
  text: string;
}

/** Returns the blocks of a page that have a language, in their order. */
export function blocksOf(page: string): Block[] {
  let heading = "";
  return Array.from(page.matchAll(/^#+ (.*)$|^```(\w+)\n((?:.*\n)*?)^```$/gm), ([, title, language, text]) => {
    heading = title ?? heading;
    return language && text ? [{ name: text.split("\n", 1)[0] as string, heading, language, text }] : [];
  }).flat();
}

/** The file that a block is; `undefined` for commands. */
export function fileOf({ name }: Block): string | undefined {
  return /^(?:\/\/|<!--) (\S+\.\w+)/.exec(name)?.[1];
}

/**
 * A folder outside of the repository in which the blocks of a page run as a reader pastes them. Each port is replaced by
 * a free one. It is empty; or for a page about the repository it has the repository's packages and examples. Then
 * `npm install` takes the package from its tarball, and others from the workspace.
 */
export class Pasted {
  readonly folder = mkdtempSync(join(tmpdir(), "split-events-pasted-"));
  readonly #tarball: string | undefined;
  readonly #ports: Map<string, number>;

  private constructor(ports: Map<string, number>, isRepository: boolean) {
    this.#ports = ports;
    const home = mkdtempSync(join(tmpdir(), "split-events-tarball-"));
    onTestFinished(() => {
      for (const path of [this.folder, home]) rmSync(path, { recursive: true, force: true });
    });
    if (isRepository) {
      for (const name of ["node_modules", "tests", "worker"]) symlinkSync(join(ROOT, name), join(this.folder, name));
    } else this.#tarball = join(home, pack(home).filename);
  }

  static async begin(where: "empty" | "repository" = "empty"): Promise<Pasted> {
    const ports = new Map<string, number>();
    for (const port of ["8787", "8788", "8789", "8790"]) ports.set(port, await freePort());
    return new Pasted(ports, where === "repository");
  }

  /** Returns the address of what the page calls by this port. */
  url(port: 8787 | 8788 | 8789 | 8790): string {
    return `http://127.0.0.1:${this.#ports.get(`${port}`)}`;
  }

  /** Saves a block under the name in its first line. */
  save(block: Block): string {
    const file = fileOf(block);
    if (file === undefined) throw new Error(`${block.name} names no file`);
    writeFileSync(join(this.folder, file), this.#changed(block.text));
    return file;
  }

  /** Runs commands to their end, and returns what they print. What they leave running is ended after the test. */
  async run(text: string, env: Record<string, string> = {}): Promise<string> {
    const { child, output } = this.#start(this.#changed(text), env);
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`exit code ${code} of\n${text}\n${output()}`);
    return output();
  }

  /** Starts commands of which the last one serves until it is ended, and waits until it says a text. */
  async serve(text: string, says: string, env: Record<string, string> = {}): Promise<{ end(): Promise<void> }> {
    const { child, output, end } = this.#start(this.#changed(text), env);
    while (!output().includes(says)) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${text}\n${output()}`);
      await sleep(50);
    }
    return { end };
  }

  /** Returns the events that the sandbox of the page has taken. */
  async ledger(): Promise<string[]> {
    const response = await fetch(`${this.url(8787)}/_ledger`);
    return (await response.text()).split("\n").filter(Boolean);
  }

  #start(command: string, env: Record<string, string>) {
    const path = join(mkdtempSync(join(tmpdir(), "split-events-output-")), "output");
    const file = openSync(path, "w");
    const child = spawn("sh", ["-e", "-c", command], {
      cwd: this.folder,
      env: { ...environment(), ...env, XDG_STATE_HOME: join(this.folder, "state") },
      stdio: ["ignore", file, file],
      detached: true,
    });
    const ended = once(child, "exit");
    const end = async () => {
      try {
        process.kill(-(child.pid as number), "SIGKILL");
      } catch {
        // the whole group has ended already
      }
      await ended;
    };
    onTestFinished(async () => {
      await end();
      rmSync(dirname(path), { recursive: true, force: true });
    });
    return { child, output: () => readFileSync(path, "utf8"), end };
  }

  #changed(text: string): string {
    const here = text.replaceAll(/\b87(?:8[789]|90)\b/g, (port) => `${this.#ports.get(port)}`);
    return here.replaceAll(/^npm install (--save-dev )?(.*)$/gm, (_, isTool, name) => {
      if (!isTool) return `npm install --offline --no-audit --no-fund ${this.#tarball}`;
      this.#link(name);
      return "";
    });
  }

  /** Links a package of the workspace and its commands, in place of a download. */
  #link(name: string): void {
    const from = join(ROOT, "node_modules", name);
    const { bin } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as { bin: Record<string, string> };
    const bins = join(this.folder, "node_modules/.bin");
    mkdirSync(bins, { recursive: true });
    symlinkSync(from, join(this.folder, "node_modules", name));
    for (const [command, path] of Object.entries(bin)) symlinkSync(join(from, path), join(bins, command));
  }
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|vitest|node_options$|split_|ci$)/i.test(name));
  const { PATH, ...others } = Object.fromEntries(kept);
  return {
    ...others,
    PATH: `${dirname(process.execPath)}${delimiter}${PATH}`,
    NO_COLOR: "1",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
