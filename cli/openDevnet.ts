import { DEVNET, type LogLevel, type RunningNode, startNode } from "@delchain/chain";
import { DEFAULT_STORE } from "@delchain/images";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import { CommandError } from "./commandError.ts";
import { EXIT } from "./exitCodes.ts";

export type DevnetPlace = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Without it the chain goes with the process. */
  readonly data?: string;
  /** Seconds between blocks; without it a block at once when there is work. */
  readonly interval?: number;
  readonly log: LogLevel;
  /** What the Docker engine runs containers with; its default unless given. */
  readonly containerRuntime?: string;
};

/** Starts a devnet. Throws `CommandError` that names what is in the way and what to do. */
export async function openDevnet(place: DevnetPlace): Promise<RunningNode> {
  const { host, port, data, interval, log, containerRuntime } = place;
  try {
    return await startNode({
      spec: DEVNET,
      host,
      port,
      dataFolder: data,
      imageFolder: DEFAULT_STORE,
      intervalMs: interval === undefined ? undefined : interval * 1_000,
      logLevel: log,
      ...(containerRuntime === undefined ? {} : { containerRuntime }),
    });
  } catch (error) {
    throw explained(error, place);
  }
}

function explained(error: unknown, { host, port, data }: DevnetPlace): unknown {
  if (error instanceof Unavailable) return new CommandError(error.message, EXIT.unavailable);
  if (error instanceof InvalidInput) return new CommandError(error.message, EXIT.failed);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `${host}:${port} is in use by another program. Choose another port (--port 8546), or any free one (--port 0).`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Try --host 127.0.0.1.`,
    ENOTFOUND: `${host} is no name of a machine. Try --host 127.0.0.1.`,
    EACCES: `this user may not listen on port ${port}. Choose one from 1024 on (--port 8545).`,
  };
  const isNetwork = syscall === "listen" || syscall === "getaddrinfo";
  const reason = isNetwork ? reasons[code ?? ""] : undefined;
  if (reason !== undefined) return new CommandError(reason, EXIT.unavailable);
  if (syscall === "mkdir" || syscall === "mkdtemp") {
    const where = data === undefined ? "the folder for temporary files" : `the folder ${data}`;
    return new CommandError(
      `${where} cannot be made (${message}). Choose one that this user may write to: --data FOLDER.`,
      EXIT.unavailable,
    );
  }
  return error;
}
