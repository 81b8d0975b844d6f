import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { certificatePath } from "../../support/tls.ts";
import type { Job, Result } from "../job.ts";
import { bundle } from "./bundle.ts";
import type { Place, PlaceName } from "./place.ts";

interface Options {
  name: PlaceName;
  program: string;
  args?: string[];
  /** Whether it trusts the tests' certificate. */
  trusting?: boolean;
}

interface Answer {
  id: number;
  result?: Result;
  error?: string;
}

/** Starts a process of Node, Bun or Deno. */
export async function startProcess({ name, program, args = [], trusting = false }: Options): Promise<Place> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  if (trusting) env.NODE_EXTRA_CA_CERTS = certificatePath;
  const child = spawn(program, [...args, await bundle("lines")], { env, stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const waiting = new Map<number, (answer: Answer) => void>();
  void closed.then(([code]) => {
    for (const [id, answer] of waiting) answer({ id, error: `${program} ended with exit code ${code}` });
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let last = 0;
  return {
    name,
    title: version(name, program),
    perform: async (job) => {
      last += 1;
      const { result, error } = await ask(child, waiting, last, job);
      if (!result) throw new Error(error);
      return result;
    },
    close: async () => {
      child.stdin.end();
      child.kill();
      await closed;
    },
  };
}

function ask(child: ChildProcess, waiting: Map<number, (answer: Answer) => void>, id: number, job: Job) {
  return new Promise<Answer>((resolve) => {
    waiting.set(id, resolve);
    child.stdin?.write(`${JSON.stringify({ id, job })}\n`);
  });
}

function version(name: PlaceName, program: string): string {
  const said = execFileSync(program, ["--version"], { encoding: "utf8" });
  return `${name.replace(/ .*/, "")} ${/\d+\.\d+\.\d+/.exec(said)?.[0]}`;
}
