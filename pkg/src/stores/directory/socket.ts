import { type FileHandle, open } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, relative } from "node:path";

/** The kernel's own limit: 108 bytes on Linux, 104 elsewhere, one of which ends the text. */
const PATH_BYTES = process.platform === "linux" ? 107 : 103;

/** Listens until it is closed or the process ends. Does not keep the process alive. */
export function listen(folder: string, token: string): Promise<Server> {
  return withAddress(folder, token, (path) => {
    const server = createServer((socket) => void socket.destroy());
    server.unref();
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      // Of this process alone, in a cluster's worker too.
      server.listen({ path, exclusive: true }, () => resolve(server));
    });
  });
}

/** Only a refusal proves that nobody is there; anything else may be a process with too much to do. */
export function isListening(folder: string, token: string): Promise<boolean> {
  return withAddress(folder, token, (path) => {
    const socket = connect(path);
    return new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED" && code !== "ENOENT"));
    }).then((listening) => {
      socket.destroy();
      return listening as boolean;
    });
  });
}

/** Long paths are reached through the open directory, or from the working directory. */
async function withAddress<T>(folder: string, token: string, use: (path: string) => Promise<T>): Promise<T> {
  const name = `lock.${token}.sock`;
  if (process.platform === "win32") return use(`\\\\.\\pipe\\split-events-${token}`);
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= PATH_BYTES) return use(path);
  if (process.platform === "linux") {
    const directory: FileHandle = await open(folder, "r");
    try {
      return await use(`/proc/self/fd/${directory.fd}/${name}`);
    } finally {
      await directory.close();
    }
  }
  const near = relative(process.cwd(), path);
  if (Buffer.byteLength(near) <= PATH_BYTES) return use(near);
  throw new Error(`its path is longer than the ${PATH_BYTES - name.length - 1} bytes that a socket in it may have`);
}
