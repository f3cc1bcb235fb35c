import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImageSource, memoryImages, writeImage } from "@delchain/images";
import {
  DockerDriver,
  type Hash,
  type ImageDigest,
  type Perturbation,
  RESOURCE_CLASSES,
  Session,
  toHash,
  ZERO_ADDRESS,
} from "@delchain/runtime";

/** Room for a virtual machine that starts anew in every call. */
const RESOURCES = { ...RESOURCE_CLASSES.medium, wallMs: 60_000 };
const HELLO_MS = 30_000;
const SEED = toHash(`0x${"05".repeat(32)}`);

/** One replica of a program under detinit. */
export type Replica = {
  /** The CPU it is pinned to. */
  readonly cpu?: number;
  readonly calls?: number;
  readonly seed?: Hash;
  readonly timestamp?: bigint;
  readonly perturbations?: readonly Perturbation[];
};

/** An image of `strictImages.ts` in an engine. */
export class StrictBench {
  readonly #driver: DockerDriver;
  readonly #image: ImageDigest;
  readonly #runDirectory: string;

  private constructor(driver: DockerDriver, image: ImageDigest, runDirectory: string) {
    this.#driver = driver;
    this.#image = image;
    this.#runDirectory = runDirectory;
  }

  static async open(source: ImageSource): Promise<StrictBench> {
    const image = await writeImage(source);
    const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
    const driver = await DockerDriver.open({ runDirectory, images: memoryImages(image) });
    return new StrictBench(driver, image.digest, runDirectory);
  }

  /** What `command` writes in each of the calls to a fresh container. */
  async outputs(command: readonly string[], replica: Replica = {}): Promise<readonly string[]> {
    const { cpu = 0, calls = 1, seed = SEED, timestamp = 1_700_000_000n } = replica;
    const container = await this.#driver.start({
      image: this.#image,
      entrypoint: ["/bridge", ...command],
      isolation: "fork",
      determinism: "strict",
      perturbations: replica.perturbations ?? [],
      resources: RESOURCES,
      labels: { chain: "strict", contract: ZERO_ADDRESS, version: "1", replica: String(cpu) },
      cpuset: String(cpu),
    });
    const session = await Session.open(container, RESOURCES, HELLO_MS);
    const written: string[] = [];
    for (let call = 0; call < calls; call++) {
      const frame = { ...CALL, seed, timestamp };
      const outcome = await session.run(frame, () => ({ status: "refused", data: NOTHING }));
      if (outcome.status !== "success") throw new Error(JSON.stringify(outcome));
      written.push(Buffer.from(outcome.output).toString("latin1"));
    }
    await session.close();
    return written;
  }

  async close(): Promise<void> {
    await this.#driver.close();
    await rm(this.#runDirectory, { recursive: true });
  }
}

const NOTHING = new Uint8Array();
const CALL = {
  contract: ZERO_ADDRESS,
  caller: ZERO_ADDRESS,
  origin: ZERO_ADDRESS,
  value: 0n,
  chainId: 1n,
  blockNumber: 1n,
  producer: ZERO_ADDRESS,
  gasLimit: 1_000_000n,
  input: NOTHING,
};
