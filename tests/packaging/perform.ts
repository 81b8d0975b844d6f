import { join } from "node:path";
import { createSandbox } from "split-events-sandbox";
import { finish } from "../../scripts/lib/child.mjs";
import { Failure } from "../../scripts/lib/say.mjs";
import { open } from "./browser.ts";
import { assertDone } from "./expected.ts";
import type { Run } from "./fixture.ts";
import { environmentOf } from "./install.ts";
import { type Served, serveBy, serveFiles } from "./serve.ts";

const minute = 60_000;

/**
 * Builds and runs one way of a fixture that is installed in `folder`, and looks at the sandbox's ledger.
 *
 * @throws Failure with the consumer's own output
 */
export async function perform(run: Run, folder: string): Promise<void> {
  let text = "";
  try {
    text = await result(run, folder);
  } catch (error) {
    if (run.fails === undefined || !(error instanceof Failure)) throw error;
    if (`${error.message}\n${error.output}`.includes(run.fails)) return;
    throw new Failure(`fails otherwise than by "${run.fails}": ${error.message}`, error.output);
  }
  if (run.fails !== undefined) throw new Failure(`does not fail, but returns ${text}`);
}

async function result(run: Run, folder: string): Promise<string> {
  if (run.build !== undefined) await command(run.build, folder);
  if (run.succeeds !== undefined) return (await command(run.succeeds, folder)).output;
  const sandbox = await createSandbox();
  try {
    const text = await sent(run, folder, `${sandbox.url}/api/events/bulk`);
    assertDone(text, sandbox);
    return text;
  } finally {
    await sandbox.close();
  }
}

async function sent(run: Run, folder: string, endpoint: string): Promise<string> {
  if (run.program !== undefined) {
    const { stdout, output } = await command(`${run.program} ${endpoint}`, folder);
    return stdout.trimEnd().split("\n").at(-1) || output;
  }
  const served = await serve(run, folder);
  try {
    const query = `?endpoint=${encodeURIComponent(endpoint)}`;
    if (run.response !== undefined) return await response(`${served.url}${run.response}${query}`);
    return await open(`${served.url}${run.page ?? "/"}${query}`);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.message, `${served.output()}\n${error.output}`);
    throw error;
  } finally {
    await served.close();
  }
}

function serve({ server, files }: Run, folder: string): Promise<Served> {
  if (server !== undefined) return serveBy(server, folder);
  if (files !== undefined) return serveFiles(join(folder, files));
  throw new Failure("fixture.json names none of program, succeeds, files and server");
}

async function response(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(minute) });
  const text = await answer.text();
  if (!answer.ok) throw new Failure(`the response has status ${answer.status}`, text);
  return text;
}

async function command(line: string, folder: string): Promise<{ stdout: string; output: string }> {
  const options = { cwd: folder, env: environmentOf(folder), timeout: 5 * minute };
  const { code, stdout, output } = await finish("sh", ["-c", line], options);
  if (code !== 0) throw new Failure(`\`${line}\` failed with exit code ${code}`, output);
  return { stdout, output };
}
