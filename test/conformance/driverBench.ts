import { randomUUID } from "node:crypto";
import {
  type Address,
  type BatchResult,
  type CallOutcome,
  type Container,
  type ContainerDriver,
  type ContainerLabels,
  type ContainerSpec,
  type Determinism,
  executeBatch,
  type ImageDigest,
  MemoryView,
  RESOURCE_CLASSES,
  type Resources,
  Session,
  toAddress,
  toHash,
} from "@delchain/runtime";

/** A driver under test, and what it cannot be tested for. */
export type DriverSubject = {
  readonly name: string;
  /** Builds the image and makes ready whatever the driver needs; throws an error that says what is missing. */
  readonly prepare: () => Promise<PreparedSubject>;
  readonly isolation: ContainerSpec["isolation"];
  /** `standard` unless given. */
  readonly determinism?: Determinism;
  /** What runs: the hostile program. */
  readonly program: string;
  /** By the sentence of a case: why it cannot hold. */
  readonly exclusions: Readonly<Record<string, string>>;
  /** How a call shows its memory limit here: killed, or an allocation that fails. */
  readonly memoryCode: "memory" | "exit";
};

export type PreparedSubject = {
  readonly image: ImageDigest;
  readonly open: () => Promise<ContainerDriver>;
  readonly cleanUp: () => Promise<void>;
};

/** One promise of the port. */
export type DriverCase = {
  readonly sentence: string;
  readonly prove: (bench: DriverBench) => Promise<void>;
};

export const CONTRACT: Address = toAddress(`0x${"aa".repeat(20)}`);
export const CALLER: Address = toAddress(`0x${"ca".repeat(20)}`);
const ORIGIN: Address = toAddress(`0x${"0e".repeat(20)}`);
const PRODUCER: Address = toAddress(`0x${"bb".repeat(20)}`);
const SEED = toHash(`0x${"5e".repeat(32)}`);

/** A call here takes milliseconds; on a machine with other things to do, seconds. */
export const SUITE_RESOURCES: Resources = { ...RESOURCE_CLASSES.small, wallMs: 10_000 };
/** For what never answers, so that it is over soon. */
export const SHORT_RESOURCES: Resources = { ...RESOURCE_CLASSES.small, wallMs: 1_500 };
const HELLO_MS = 5_000;
/** What drivers under test wait for a program to connect. */
export const CONNECT_MS = 2_000;

/** What a call came to, with the session's own account of it. */
export type Called = { readonly outcome: CallOutcome; readonly batch: BatchResult };

/** Containers of one case, under labels of its own. */
export class DriverBench {
  readonly driver: ContainerDriver;
  readonly subject: DriverSubject;
  readonly prepared: PreparedSubject;
  readonly labels: ContainerLabels;
  readonly view: MemoryView = new MemoryView();
  readonly debug: string[] = [];
  readonly #sessions: Session[] = [];

  constructor(driver: ContainerDriver, subject: DriverSubject, prepared: PreparedSubject) {
    this.driver = driver;
    this.prepared = prepared;
    this.subject = subject;
    this.labels = {
      chain: `conformance-${randomUUID()}`,
      contract: CONTRACT,
      version: "1",
      replica: "0",
    };
  }

  spec(role?: string, labels: Partial<ContainerLabels> = {}): ContainerSpec {
    const { program, isolation, determinism = "standard" } = this.subject;
    return {
      image: this.prepared.image,
      entrypoint: role === undefined ? [program] : [program, role],
      isolation,
      determinism,
      resources: SUITE_RESOURCES,
      labels: { ...this.labels, ...labels },
      cpuset: undefined,
    };
  }

  async start(role?: string, labels?: Partial<ContainerLabels>): Promise<Container> {
    return this.driver.start(this.spec(role, labels));
  }

  async open(role?: string, resources: Resources = SUITE_RESOURCES): Promise<Session> {
    const session = await Session.open(await this.start(role), resources, HELLO_MS);
    this.#sessions.push(session);
    return session;
  }

  /** One call with `mode` as its input, on the bench's empty state. */
  async call(session: Session, mode: string, gasLimit = 10_000_000n): Promise<Called> {
    let outcome: CallOutcome | undefined;
    const batch = await executeBatch(
      {
        contract: CONTRACT,
        resourceClass: "small",
        block: {
          chainId: 31_337n,
          number: 7n,
          timestamp: 1_700_000_000n,
          gasLimit: 1n << 27n,
          baseFee: 7n,
          producer: PRODUCER,
          randomness: SEED,
        },
        calls: [
          {
            caller: CALLER,
            origin: ORIGIN,
            value: 3n,
            input: new TextEncoder().encode(mode),
            gasLimit,
            seed: SEED,
            sending: { callId: SEED, hops: 0, prices: { execute: 1n, order: 1n } },
          },
        ],
      },
      this.view,
      {
        run: async (frame, answer) => {
          outcome = await session.run(frame, answer);
          return outcome;
        },
      },
      (text) => this.debug.push(text),
    );
    if (!outcome) throw new Error("the call never reached the container");
    return { outcome, batch };
  }

  /** A call's output as text; anything but a success is told as it is. */
  async said(session: Session, mode: string): Promise<string> {
    const { outcome } = await this.call(session, mode);
    return outcome.status === "success"
      ? Buffer.from(outcome.output).toString("latin1")
      : JSON.stringify(outcome);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
  }
}
