import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { InvalidInput, Unavailable } from "../../types/errors.ts";
import { imageEntries } from "../archive.ts";
import { StreamChannel } from "../channels.ts";
import type {
  Capabilities,
  Container,
  ContainerDriver,
  ContainerEnd,
  ContainerLabels,
  ContainerSpec,
  ImageDigest,
  ListedContainer,
} from "../driver.ts";
import type { ImageArchives } from "../images.ts";
import { checkPerturbations } from "../perturbation.ts";
import { boundModule } from "./wasiModule.ts";

const LAUNCHER: string = fileURLToPath(new URL("./wasiLauncher.ts", import.meta.url));
/** What is kept of a container's standard error. */
const OUTPUT_BYTES_KEPT: number = 16 * 1024;
/** The launcher's own heap, in MiB; the module's memory lies outside of it. */
const LAUNCHER_HEAP_MB = 128;

/**
 * Contracts that are WASI programs, run by @wasmer/sdk in a child process for each container: the SDK's own kill
 * resolves while the guest goes on spinning, so the process is what is killed. Nothing outlives this process.
 */
export class WasmerDriver implements ContainerDriver {
  readonly name = "wasmer";
  readonly gives: Capabilities = {
    platform: "wasi/wasm",
    isolations: ["process"],
    // What strict promises beyond standard, a module cannot ask for.
    determinisms: ["standard", "strict"],
    memoryLimit: true,
    pidLimit: true,
    diskLimit: true,
    outlives: false,
    // 180 MB each, nearly all of it the SDK.
    warmMax: 12,
    // A module sees nothing of what could be: no clock, no random numbers, no files, no environment of the machine.
    perturbations: [],
  };
  readonly #images: ImageArchives;
  readonly #running = new Map<string, { container: WasmerContainer; labels: ContainerLabels }>();

  private constructor(images: ImageArchives) {
    this.#images = images;
  }

  /** Throws `Unavailable`, which says what to do, when the optional package is not installed. */
  static open(images: ImageArchives): WasmerDriver {
    try {
      import.meta.resolve("@wasmer/sdk/node");
    } catch (error) {
      throw new Unavailable(
        "wasmer",
        "the optional package @wasmer/sdk is not installed. Try: npm install --include=optional",
        { cause: error },
      );
    }
    return new WasmerDriver(images);
  }

  async start(spec: ContainerSpec): Promise<Container> {
    checkPerturbations(this.name, this.gives.perturbations, spec.perturbations);
    const module = await this.#module(spec);
    const child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${LAUNCHER_HEAP_MB}`,
        "--disable-warning=ExperimentalWarning",
        LAUNCHER,
      ],
      // Nothing of this process's environment is the contract's to see.
      { stdio: ["pipe", "ignore", "pipe", "pipe"], env: {} },
    );
    const container = new WasmerContainer(child);
    this.#running.set(container.id, { container, labels: spec.labels });
    void container.ended.then(() => {
      container.channel.close();
      this.#running.delete(container.id);
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(module);
    return container;
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
    return this.#images.has(digest);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ container }) => container.kill()));
  }

  async #module(spec: ContainerSpec): Promise<Uint8Array> {
    const { image, resources } = spec;
    const entries = await imageEntries(this.#images, spec);
    const files = entries.filter(({ path }) => path.endsWith(".wasm"));
    const [file] = files;
    if (!file || files.length > 1) {
      throw new Unavailable(
        "wasmer",
        `image ${image} has ${files.length} .wasm files; a wasi/wasm image has exactly one`,
      );
    }
    try {
      return boundModule(file.data, resources.memoryBytes);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw new Unavailable("wasmer", `image ${image}: ${error.message}`, { cause: error });
    }
  }
}

class WasmerContainer implements Container {
  readonly id: string = randomUUID();
  readonly channel: StreamChannel;
  readonly ended: Promise<ContainerEnd>;
  readonly #child: ChildProcess;
  #killed = false;
  #output = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    this.channel = new StreamChannel(child.stdio[3] as Duplex);
    child.stderr?.on("data", (piece: Buffer) => {
      const room = OUTPUT_BYTES_KEPT - this.#output.length;
      if (room > 0) this.#output += piece.subarray(0, room).toString("latin1");
    });
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve({ by: "engine", detail: error.message }));
      child.once("exit", (code, signal) => resolve(this.#endOf(code, signal)));
    });
  }

  get output(): string {
    return this.#output;
  }

  async kill(): Promise<void> {
    this.#killed = true;
    await this.remove();
  }

  /** Ends it behind the back of whoever holds it. */
  async remove(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** The launcher outlives every guest, so its end is never the contract's doing. */
  #endOf(code: number | null, signal: string | null): ContainerEnd {
    if (this.#killed) return { by: "host" };
    const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`;
    const said = this.#output.trim().slice(0, 500);
    return { by: "engine", detail: `the WASI launcher ${how}${said === "" ? "" : `: ${said}`}` };
  }
}
