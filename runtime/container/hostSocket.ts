import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Unavailable } from "../types/errors.ts";

/** sockaddr_un holds 108 bytes with the closing zero (unix(7)). */
const SOCKET_PATH_BYTES_MAX = 107;
const SOCKET_NAME = "host.sock";
const DIRECTORY_PREFIX = "c-";
const MKDTEMP_SUFFIX = 6;

/** A Unix socket in a directory of its own, on which the host awaits one container. */
export type HostSocket = {
  /** What is bound into the container: it holds the socket and nothing else. */
  readonly directory: string;
  readonly path: string;
  /** The one connection; whoever comes later is turned away. */
  readonly connected: Promise<Socket>;
  /** Ends listening and connection and removes the directory. Never rejects. */
  close(): Promise<void>;
};

/** Listens in a new directory below `runDirectory`. Throws `Unavailable` when the path would be too long. */
export async function openHostSocket(runDirectory: string): Promise<HostSocket> {
  const length =
    Buffer.byteLength(join(runDirectory, DIRECTORY_PREFIX)) +
    MKDTEMP_SUFFIX +
    1 +
    SOCKET_NAME.length;
  if (length > SOCKET_PATH_BYTES_MAX) {
    throw new Unavailable(
      "container",
      `a socket below ${runDirectory} would have a path of ${length} bytes; the system takes ${SOCKET_PATH_BYTES_MAX}. Give a shorter run directory`,
    );
  }
  await mkdir(runDirectory, { recursive: true, mode: 0o711 });
  const directory = await mkdtemp(join(runDirectory, DIRECTORY_PREFIX));
  const path = join(directory, SOCKET_NAME);
  const server = createServer();
  // Nobody awaits it when the container never starts.
  const connected = firstConnection(server);
  connected.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  // The program runs as nobody: it may pass through the directory and connect, no more.
  await chmod(directory, 0o711);
  await chmod(path, 0o666);
  const close = async (): Promise<void> => {
    server.close();
    await connected.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  };
  return { directory, path, connected, close };
}

function firstConnection(server: Server): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let taken = false;
    server.on("connection", (socket) => {
      if (taken) {
        socket.destroy();
        return;
      }
      taken = true;
      server.close();
      resolve(socket);
    });
    server.once("close", () => {
      if (!taken) reject(new Error("nobody connected"));
    });
  });
}
