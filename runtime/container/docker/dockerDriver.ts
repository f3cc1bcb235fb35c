import type Docker from "dockerode";
import { Unavailable } from "../../types/errors.ts";
import { type CallRecord, installKit, KIT_PERTURBATIONS } from "../detinit/kit.ts";
import type {
  Capabilities,
  Container,
  ContainerDriver,
  ContainerLabels,
  ContainerSpec,
  ImageDigest,
  ListedContainer,
} from "../driver.ts";
import { type HostSocket, openHostSocket } from "../hostSocket.ts";
import type { ImageArchives } from "../images.ts";
import { checkPerturbations } from "../perturbation.ts";
import { DockerContainer, endOf } from "./dockerContainer.ts";
import { ask, find, openEngine, removeContainer } from "./engine.ts";
import { loadImage } from "./engineImages.ts";
import { BoundedOutput } from "./output.ts";
import { createRequest, GVISOR, labelsFrom, labelsOf, PROFILE_PERTURBATIONS } from "./profile.ts";

export type DockerOptions = {
  /** Where sockets to containers lie; its path is short, see `openHostSocket`. */
  readonly runDirectory: string;
  /** Images that the engine is given when it lacks them. */
  readonly images?: ImageArchives;
  /** The engine's socket; else `DOCKER_HOST`, else the usual place. */
  readonly socketPath?: string;
  /** The engine's name for the program that runs containers, like `runsc` for gVisor; its default unless given. */
  readonly runtime?: string;
  /** How long a started program may take to connect, in milliseconds. */
  readonly connectMs?: number;
};

/** A JVM on a loaded machine takes 3 s. */
const CONNECT_MS = 30_000;

/** Contracts in Docker containers, held to the sandbox profile of `profile.ts`. */
export class DockerDriver implements ContainerDriver {
  readonly name = "docker";
  readonly gives: Capabilities;
  readonly #docker: Docker;
  readonly #options: DockerOptions;
  readonly #started = new Set<DockerContainer>();
  readonly #loads = new Map<ImageDigest, Promise<void>>();

  private constructor(docker: Docker, options: DockerOptions) {
    this.#docker = docker;
    this.#options = options;
    // gVisor's kernel has neither the filter nor the tracing that detinit needs.
    const hasKit = options.runtime !== GVISOR;
    this.gives = {
      platform: "linux/amd64",
      isolations: ["fork", "warm"],
      determinisms: hasKit ? ["standard", "strict"] : ["standard"],
      memoryLimit: true,
      pidLimit: true,
      diskLimit: true,
      outlives: true,
      // 14 MB each, the engine's own supervisor of a container included.
      warmMax: 100,
      perturbations: hasKit
        ? [...PROFILE_PERTURBATIONS, ...KIT_PERTURBATIONS]
        : PROFILE_PERTURBATIONS,
    };
  }

  /** Throws `Unavailable`, which says what to do, when no engine answers. */
  static async open(options: DockerOptions): Promise<DockerDriver> {
    const docker = await openEngine(options.socketPath);
    if (options.runtime !== undefined) await needRuntime(docker, options.runtime);
    return new DockerDriver(docker, options);
  }

  async start(spec: ContainerSpec): Promise<Container> {
    // What only detinit can move is moved where it runs.
    const isStrict = spec.determinism === "strict";
    const given = isStrict ? this.gives.perturbations : PROFILE_PERTURBATIONS;
    checkPerturbations(`docker, ${spec.determinism ?? "standard"}`, given, spec.perturbations);
    await this.#options.images?.admit(spec.image, spec.signers ?? []);
    await this.#needImage(spec.image);
    const socket = await openHostSocket(this.#options.runDirectory);
    let id: string | undefined;
    let record: CallRecord | undefined;
    try {
      if (isStrict) record = await installKit(socket.directory);
      const request = createRequest(spec, socket.directory, this.#options.runtime);
      const container = await ask("creating a container", this.#docker.createContainer(request));
      id = container.id;
      return await this.#connect(container, socket, record);
    } catch (error) {
      if (id !== undefined) await removeContainer(this.#docker, id).catch(() => undefined);
      record?.close();
      await socket.close();
      throw error;
    }
  }

  async list(labels: Partial<ContainerLabels>): Promise<readonly ListedContainer[]> {
    const label = Object.entries(labelsOf(labels)).map(([name, value]) => `${name}=${value}`);
    const found = await ask(
      "listing containers",
      this.#docker.listContainers({ all: true, filters: { label } }),
    );
    return found.flatMap(({ Id, Labels }) => {
      const known = labelsFrom(Labels);
      return known ? [{ id: Id, labels: known }] : [];
    });
  }

  async remove(id: string): Promise<void> {
    await removeContainer(this.#docker, id);
  }

  async hasImage(digest: ImageDigest): Promise<boolean> {
    return (await this.#engineHas(digest)) || ((await this.#options.images?.has(digest)) ?? false);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#started].map((container) => container.kill()));
  }

  async #connect(
    container: Docker.Container,
    socket: HostSocket,
    record: CallRecord | undefined,
  ): Promise<Container> {
    const output = new BoundedOutput();
    await ask("attaching to a container", output.attach(this.#docker, container));
    await ask("starting a container", container.start());
    const stopped = container.wait();
    const stream = await this.#connection(container, socket, stopped, output);
    const running: DockerContainer = new DockerContainer({
      docker: this.#docker,
      id: container.id,
      stream,
      socket,
      record,
      output,
      stopped,
      onGone: () => this.#started.delete(running),
    });
    this.#started.add(running);
    return running;
  }

  async #connection(
    container: Docker.Container,
    socket: HostSocket,
    stopped: Promise<unknown>,
    output: BoundedOutput,
  ): Promise<Awaited<HostSocket["connected"]>> {
    const { connectMs = CONNECT_MS } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`its program did not connect within ${connectMs} ms`)),
        connectMs,
      );
    });
    const gone = stopped.then(async () => {
      const { State } = await container.inspect();
      const end = endOf(State);
      throw new Error(`it ended before it connected: ${"detail" in end ? end.detail : ""}`);
    });
    try {
      return await Promise.race([socket.connected, gone, late]);
    } catch (error) {
      const said = output.text.trim().slice(0, 500);
      const message = `container ${container.id.slice(0, 12)}: ${(error as Error).message}`;
      throw new Unavailable("docker", said === "" ? message : `${message}; it wrote: ${said}`);
    } finally {
      clearTimeout(timer);
      gone.catch(() => undefined);
    }
  }

  async #engineHas(digest: ImageDigest): Promise<boolean> {
    const image = await find(
      `looking for image ${digest}`,
      this.#docker.getImage(digest).inspect(),
    );
    return image?.Id === digest;
  }

  async #needImage(digest: ImageDigest): Promise<void> {
    if (await this.#engineHas(digest)) return;
    let load = this.#loads.get(digest);
    if (!load) {
      load = this.#load(digest).finally(() => this.#loads.delete(digest));
      this.#loads.set(digest, load);
    }
    await load;
  }

  async #load(digest: ImageDigest): Promise<void> {
    const { images } = this.#options;
    if (!images || !(await images.has(digest))) {
      throw new Unavailable("docker", `the engine has no image ${digest}. Try: npm run images`);
    }
    await loadImage(this.#docker, digest, images);
    if (await this.#engineHas(digest)) return;
    throw new Unavailable(
      "docker",
      `the engine took image ${digest} and names it otherwise: its image store is not addressed by configuration. Turn the containerd image store off ("features": {"containerd-snapshotter": false} in daemon.json)`,
    );
  }
}

/** Throws `Unavailable` that names the engine's runtimes when it has none of that name. */
async function needRuntime(docker: Docker, runtime: string): Promise<void> {
  const { Runtimes } = (await ask("asking the engine for its runtimes", docker.info())) as {
    readonly Runtimes?: Readonly<Record<string, unknown>>;
  };
  const names = Object.keys(Runtimes ?? {});
  if (names.includes(runtime)) return;
  throw new Unavailable(
    "docker",
    `the engine has no runtime ${runtime}; it has ${names.join(", ")}. Add it to "runtimes" in the engine's daemon.json (runtime/container/README.md, "gVisor")`,
  );
}
