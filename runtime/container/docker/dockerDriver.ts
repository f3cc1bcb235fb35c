import { Readable } from "node:stream";
import type Docker from "dockerode";
import { Unavailable } from "../../types/errors.ts";
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
import { DockerContainer, endOf } from "./dockerContainer.ts";
import { ask, find, removeContainer, unavailable } from "./engine.ts";
import { BoundedOutput } from "./output.ts";
import { createRequest, labelsFrom, labelsOf } from "./profile.ts";

export type DockerOptions = {
  /** Where sockets to containers lie; its path is short, see `openHostSocket`. */
  readonly runDirectory: string;
  /** Images that the engine is given when it lacks them. */
  readonly images?: ImageArchives;
  /** The engine's socket; else `DOCKER_HOST`, else the usual place. */
  readonly socketPath?: string;
  /** How long a started program may take to connect, in milliseconds. */
  readonly connectMs?: number;
};

/** The version whose fields `createRequest` uses; engines from 20.10 on speak it. */
const API_VERSION = "v1.41";

/** A JVM on a loaded machine takes 3 s. */
const CONNECT_MS = 30_000;

/** Contracts in Docker containers, held to the sandbox profile of `profile.ts`. */
export class DockerDriver implements ContainerDriver {
  readonly name = "docker";
  readonly gives: Capabilities = {
    platform: "linux/amd64",
    isolations: ["fork", "warm"],
    memoryLimit: true,
    pidLimit: true,
    diskLimit: true,
    outlives: true,
    // 14 MB each, the engine's own supervisor of a container included.
    warmMax: 50,
  };
  readonly #docker: Docker;
  readonly #options: DockerOptions;
  readonly #started = new Set<DockerContainer>();
  readonly #loads = new Map<ImageDigest, Promise<void>>();

  private constructor(docker: Docker, options: DockerOptions) {
    this.#docker = docker;
    this.#options = options;
  }

  /** Throws `Unavailable`, which says what to do, when no engine answers. */
  static async open(options: DockerOptions): Promise<DockerDriver> {
    const { socketPath } = options;
    // Loaded where a driver is opened: 100 ms that the other threads of a node, which import us too, do without.
    const { default: Engine } = await import("dockerode");
    const docker = new Engine({ version: API_VERSION, ...(socketPath ? { socketPath } : {}) });
    await ask("the Docker engine does not answer", docker.ping());
    return new DockerDriver(docker, options);
  }

  async start(spec: ContainerSpec): Promise<Container> {
    await this.#needImage(spec.image);
    const socket = await openHostSocket(this.#options.runDirectory);
    let id: string | undefined;
    try {
      const request = createRequest(spec, socket.directory);
      const container = await ask("creating a container", this.#docker.createContainer(request));
      id = container.id;
      return await this.#connect(container, socket);
    } catch (error) {
      if (id !== undefined) await removeContainer(this.#docker, id).catch(() => undefined);
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

  async #connect(container: Docker.Container, socket: HostSocket): Promise<Container> {
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
    const archive = await images.archive(digest);
    try {
      const answer = await this.#docker.loadImage(Readable.from([archive]));
      for await (const _progress of answer);
    } catch (error) {
      throw unavailable(`loading image ${digest}`, error);
    }
    if (await this.#engineHas(digest)) return;
    throw new Unavailable(
      "docker",
      `the engine took image ${digest} and names it otherwise: its image store is not addressed by configuration. Turn the containerd image store off ("features": {"containerd-snapshotter": false} in daemon.json)`,
    );
  }
}
