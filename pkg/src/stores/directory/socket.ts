import { type FileHandle, open } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, relative } from "node:path";

/** The longest path of a socket, in bytes. Kernels allow 108 on Linux and 104 elsewhere, one of which ends the text. */
const PATH_BYTES = process.platform === "linux" ? 107 : 103;

/** Listens on the socket of a token, until it is closed or the process ends. It does not keep the process alive. */
export function listen(folder: string, token: string): Promise<Server> {
  return withAddress(folder, token, (path) => {
    const server = createServer((socket) => void socket.destroy());
    server.unref();
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      // `exclusive`: also a worker of a cluster has a socket of its own
      server.listen({ path, exclusive: true }, () => resolve(server));
    });
  });
}

/**
 * Resolves to whether the holder of a token lives. Only a refusal proves that it does not; any other error may come
 * from a busy process.
 */
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

/**
 * Calls `use` with the path of the socket. A path that is too long is shortened by way of the open directory or the
 * working directory.
 */
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
