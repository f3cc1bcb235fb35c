import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../types/errors.ts";
import { imageEntries, type LayerEntry } from "../archive.ts";
import { StreamChannel } from "../channels.ts";
import type {
  Capabilities,
  Channel,
  Container,
  ContainerDriver,
  ContainerEnd,
  ContainerLabels,
  ContainerSpec,
  ImageDigest,
  ListedContainer,
} from "../driver.ts";
import { type HostSocket, openHostSocket } from "../hostSocket.ts";
import type { ImageArchives } from "../images.ts";
import { checkPerturbations } from "../perturbation.ts";
import { promisedEnvironment } from "../promisedEnvironment.ts";

export type ProcessOptions = {
  /** The word of whoever starts it that no stranger's contract runs here: there is no sandbox at all. */
  readonly development: boolean;
  readonly runDirectory: string;
  readonly images: ImageArchives;
  /** How long a started program may take to connect, in milliseconds. */
  readonly connectMs?: number;
};

const OUTPUT_BYTES_KEPT: number = 16 * 1024;
/** Static programs start in milliseconds, whatever the machine does beside. */
const CONNECT_MS = 10_000;
/** How often, and after what pauses, a program that the system holds for being written is tried, in milliseconds. */
const BUSY_TRIES = 100;
const BUSY_MS = 10;

/**
 * Contracts as plain processes of this machine, for work on a contract where no engine is at hand. Only programs that
 * need nothing of their image but themselves run, static ones say. It holds nobody to any limit.
 */
export class ProcessDriver implements ContainerDriver {
  readonly name = "process";
  readonly gives: Capabilities = {
    platform: "linux/amd64",
    isolations: ["fork", "warm"],
    determinisms: ["standard"],
    memoryLimit: false,
    pidLimit: false,
    diskLimit: false,
    outlives: false,
    warmMax: 50,
    perturbations: ["zone", "locale", "environmentOrder"],
  };
  readonly #options: ProcessOptions;
  readonly #running = new Map<string, { container: ProcessContainer; labels: ContainerLabels }>();

  private constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** Throws `Unavailable` unless `development` is true. */
  static open(options: ProcessOptions): ProcessDriver {
    if (options.development) return new ProcessDriver(options);
    throw new Unavailable(
      "process",
      "the process driver has no sandbox and serves development only. Use docker or wasmer",
    );
  }

  async start(spec: ContainerSpec): Promise<Container> {
    checkPerturbations(this.name, this.gives.perturbations, spec.perturbations);
    const { runDirectory, images } = this.#options;
    const entries = await imageEntries(images, spec);
    const socket = await openHostSocket(runDirectory);
    const root = await mkdtemp(join(runDirectory, "r-"));
    try {
      await unpack(entries, root);
      const container = await this.#run(spec, root, socket);
      this.#running.set(container.id, { container, labels: spec.labels });
      void container.ended.then(() => this.#running.delete(container.id));
      return container;
    } catch (error) {
      await cleanUp(socket, root);
      throw error;
    }
  }

  async list(labels: Partial<ContainerLabels>): Promise<readonly ListedContainer[]> {
    const wanted = Object.entries(labels) as [keyof ContainerLabels, string][];
    return [...this.#running.values()]
      .filter((each) => wanted.every(([field, value]) => each.labels[field] === value))
      .map((each) => ({ id: each.container.id, labels: each.labels }));
  }

  async remove(id: string): Promise<void> {
    await this.#running.get(id)?.container.remove();
  }

  async hasImage(digest: ImageDigest): Promise<boolean> {
    return this.#options.images.has(digest);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ container }) => container.kill()));
  }

  async #run(spec: ContainerSpec, root: string, socket: HostSocket): Promise<ProcessContainer> {
    const [program = "", ...given] = spec.entrypoint;
    const env = Object.fromEntries(promisedEnvironment(spec, `unix:${socket.path}`));
    const child = await spawnWritten(join(root, program), given, root, env);
    const started = new StartedProcess(child);
    const { connectMs = CONNECT_MS } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`it did not connect within ${connectMs} ms`)),
        connectMs,
      );
    });
    const gone = started.ended.then((end): never => {
      throw new Error(`it ended before it connected: ${"detail" in end ? end.detail : end.by}`);
    });
    try {
      const stream = await Promise.race([socket.connected, gone, late]);
      // Closing the socket also ends a call's process that survives its launcher in a session of its own.
      return new ProcessContainer(started, new StreamChannel(stream), () => cleanUp(socket, root));
    } catch (error) {
      started.kill();
      const said = started.output.trim().slice(0, 500);
      const message = `${program}: ${(error as Error).message}`;
      throw new Unavailable("process", said === "" ? message : `${message}; it wrote: ${said}`);
    } finally {
      clearTimeout(timer);
      gone.catch(() => undefined);
    }
  }
}

/**
 * Starts a program that was just written. A process that forked meanwhile holds its file open until it runs another
 * one, and the system refuses to run what is open for writing (execve(2), ETXTBSY). Throws `Unavailable`.
 */
async function spawnWritten(
  program: string,
  given: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  for (let tries = 1; ; tries++) {
    try {
      return spawn(program, given, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "ETXTBSY" || tries === BUSY_TRIES) throw new Unavailable("process", message);
      await sleep(BUSY_MS);
    }
  }
}

async function cleanUp(socket: HostSocket, root: string): Promise<void> {
  await socket.close();
  await rm(root, { recursive: true, force: true }).catch(() => undefined);
}

async function unpack(entries: readonly LayerEntry[], root: string): Promise<void> {
  for (const { path, kind, mode, data } of entries) {
    const target = join(root, path);
    if (!target.startsWith(`${root}/`)) throw new Unavailable("process", `image path ${path}`);
    await mkdir(kind === "directory" ? target : dirname(target), { recursive: true });
    if (kind === "file") await writeFile(target, data, { mode });
  }
}

/** A launcher's calls run in sessions of their own, so no signal to a group reaches them all. */
function killTree(pid: number): void {
  const children = childrenOf(pid);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
  for (const child of children) killTree(child);
}

/** Linux tells (proc(5), `/proc/pid/task/tid/children`); elsewhere there are none to be found. */
function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

class StartedProcess {
  readonly ended: Promise<ContainerEnd>;
  readonly #child: ChildProcess;
  output = "";
  #killed = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (piece: Buffer) => {
        const room = OUTPUT_BYTES_KEPT - this.output.length;
        if (room > 0) this.output += piece.subarray(0, room).toString("latin1");
      });
    }
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve({ by: "engine", detail: error.message }));
      child.once("exit", (code, signal) =>
        resolve(this.#killed ? { by: "host" } : endOf(code, signal)),
      );
    });
  }

  kill(): void {
    this.#killed = true;
    this.end();
  }

  end(): void {
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
  }
}

class ProcessContainer implements Container {
  readonly id: string = randomUUID();
  readonly channel: Channel;
  readonly ended: Promise<ContainerEnd>;
  readonly #process: StartedProcess;
  readonly #gone: Promise<void>;

  constructor(started: StartedProcess, channel: Channel, cleanUp: () => Promise<void>) {
    this.#process = started;
    this.channel = channel;
    this.ended = started.ended;
    this.#gone = started.ended.then(cleanUp);
  }

  get output(): string {
    return this.#process.output;
  }

  async kill(): Promise<void> {
    this.#process.kill();
    await this.#gone;
  }

  /** Ends it behind the back of whoever holds it. */
  async remove(): Promise<void> {
    this.#process.end();
    await this.ended;
  }
}

/** SIGKILL came from outside: an operator, or a machine out of memory. */
function endOf(code: number | null, signal: NodeJS.Signals | null): ContainerEnd {
  if (signal === null) return { by: "limit", code: "exit", detail: `it exited with ${code}` };
  if (signal === "SIGKILL") {
    return { by: "engine", detail: "something outside killed the process" };
  }
  const named = signal === "SIGXFSZ" ? "fileSize" : "signal";
  return { by: "limit", code: named, detail: `signal ${constants.signals[signal]} ended it` };
}
