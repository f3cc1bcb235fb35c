import type { Hash } from "../types/hash.ts";
import type { Perturbation } from "./perturbation.ts";
import type { Resources } from "./resources.ts";

/** `sha256:` and 64 hex digits: the hash of an image's config JSON, which we compute and no engine assigns. */
export type ImageDigest = `sha256:${string}`;

export type Platform = "linux/amd64" | "wasi/wasm";

/** How one call is kept from the next (PROTOCOL.md, "Course of a call"). */
export type Isolation = "fork" | "process" | "warm";

/**
 * What every host promises a program alike. `standard`: environment, host name, zone, locale. `strict`: also what a
 * kernel would tell of clock, random numbers, processes, files and machine (README.md, "Determinism").
 */
export type Determinism = "standard" | "strict";

/** What a strict container is told of a call before the call itself. */
export type CallStart = {
  readonly exchange: bigint;
  readonly timestamp: bigint;
  readonly seed: Hash;
};

/** Whose container it is; what is found again after a restart. */
export type ContainerLabels = {
  readonly chain: string;
  readonly contract: string;
  /** The manifest's hash. */
  readonly version: string;
  readonly replica: string;
};

export type ContainerSpec = {
  readonly image: ImageDigest;
  readonly entrypoint: readonly string[];
  readonly isolation: Isolation;
  /** `standard` unless given. */
  readonly determinism?: Determinism;
  readonly resources: Resources;
  readonly labels: ContainerLabels;
  /** Public keys in PEM that must have signed the image; none unless told. */
  readonly signers?: readonly string[];
  /** CPUs by number, as `cpuset` has them (`0`, `1-2`); a driver that cannot pin ignores it. */
  readonly cpuset: string | undefined;
  /** None unless given; each must be among those that the driver `gives`, or `start` throws `Unavailable`. */
  readonly perturbations?: readonly Perturbation[];
};

/**
 * How a container ended. `limit`: by its own limits or its own doing, which every host sees alike. `host`: we killed
 * it. `engine`: the machine's trouble, no result of the contract.
 */
export type ContainerEnd =
  | { readonly by: "limit"; readonly code: EndCode; readonly detail: string }
  | { readonly by: "host" }
  | { readonly by: "engine"; readonly detail: string };

export type EndCode = "memory" | "pids" | "fileSize" | "signal" | "exit";

/** The byte stream to a container's program, in pieces of any size. */
export interface Channel {
  send(bytes: Uint8Array): void;
  /** Bytes sent that the program has not taken yet, as far as this process knows. */
  readonly backlog: number;
  /** Called once. What came before is delivered first; `closed` follows the last piece. */
  receive(listener: (piece: Uint8Array) => void, closed: () => void): void;
}

/** A started container, whose program is connected. */
export interface Container {
  readonly id: string;
  readonly channel: Channel;
  /** Called before each CALL is sent; only a strict container has to be told. Throws `Unavailable`. */
  startCall?(call: CallStart): void;
  /** Never rejects. */
  readonly ended: Promise<ContainerEnd>;
  /** The first bytes that the program wrote to its standard output and error; for people. */
  readonly output: string;
  /** Ends it, however it resists, and removes all it left. Never rejects; resolves when it is gone or the engine is. */
  kill(): Promise<void>;
}

export type ListedContainer = { readonly id: string; readonly labels: ContainerLabels };

/** What a driver can hold its containers to; what it cannot is a named exclusion of the conformance suite. */
export type Capabilities = {
  readonly platform: Platform;
  readonly isolations: readonly Isolation[];
  readonly determinisms: readonly Determinism[];
  readonly memoryLimit: boolean;
  readonly pidLimit: boolean;
  readonly diskLimit: boolean;
  /** Whether its containers outlive this process, so that `list` finds those of an earlier one. */
  readonly outlives: boolean;
  /** How many of its containers a machine may keep warm, by what an idle one occupies. */
  readonly warmMax: number;
  /** What it can give a replica otherwise. Warm state is none of them: whoever starts a container anew perturbs it. */
  readonly perturbations: readonly Perturbation[];
};

/**
 * Starts and ends containers of one kind; nothing else starts a process. Every method but `list` and `close`
 * throws `Unavailable` when the machine cannot do it; a driver keeps no opinion about calls or results.
 */
export interface ContainerDriver {
  readonly name: string;
  readonly gives: Capabilities;
  /** Resolves when the program has connected. Throws `Unavailable` too when it ends or stays silent before that. */
  start(spec: ContainerSpec): Promise<Container>;
  /** Containers that carry all of `labels`, running or not, of this process or an earlier one. */
  list(labels: Partial<ContainerLabels>): Promise<readonly ListedContainer[]>;
  /** Whatever state it is in; one that is not there is removed already. */
  remove(id: string): Promise<void>;
  hasImage(digest: ImageDigest): Promise<boolean>;
  /** Ends all that this driver started. Never rejects. */
  close(): Promise<void>;
}
