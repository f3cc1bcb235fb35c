import { type Address, type Hash, Unavailable } from "@delchain/runtime";
import { certifiedCall } from "../attest/certifiedCall.ts";
import { findingsOf } from "../attest/statement.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { hashFindings } from "../system/challengeRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import type { LocalMember } from "./attester.ts";
import type { HostedOutcome, Hosting } from "./hosting.ts";
import type { Log } from "./log.ts";
import type { Duty, HostOwner } from "./operator.ts";
import { readyInput, type Staged, type StagingTest, stagedIn } from "./stagedVersion.ts";

export type StagingParts = {
  readonly spec: ChainSpec;
  /** Of this node; those without an owner's key say nothing by themselves. */
  readonly members: readonly LocalMember[];
  readonly hosting: Pick<Hosting, "execute">;
  readonly testOf: (staged: Staged, hosts: readonly Hash[]) => Promise<StagingTest | undefined>;
  readonly take: (owner: HostOwner, duty: Duty) => void;
  /** Tells whoever deploys why a version is not ready here. */
  readonly tell: (contract: Address, text: string) => void;
  readonly log: Log;
};

/** Versions that wait for this machine. The one that came first goes for a new one: it has been tried. */
export const STAGED_MAX = 256;
/** Tries of a version that does not answer in its wall time: the machine may be slow, and the program hostile. */
export const SLOW_TRIES_MAX = 3;
/** Between tries of a version that this machine cannot run, as long as its image is missing: a minute of slots. */
export const RETRY_BLOCKS = 12n;

/** What a try came to: `reason` is the version's own fault, `trouble` this machine's, and `isSlow` either's. */
type Verdict = { readonly reason?: string; readonly trouble?: string; readonly isSlow?: boolean };

type Waiting = {
  readonly staged: Staged;
  /** The block from which on it is tried. */
  notBefore: bigint;
  slowTries: number;
};

/**
 * Readies versions that contracts are about to run: starts each in two replicas, has them make the calls of the test,
 * and says for this machine's hosts that it is ready when both came to the same. One version after another, beside the
 * calls that are judged.
 */
export class Staging {
  readonly #parts: StagingParts;
  readonly #owners: ReadonlyMap<Hash, HostOwner>;
  /** By contract and version. */
  readonly #waiting = new Map<string, Waiting>();
  #head = 0n;
  #isWorking = false;
  #isClosed = false;

  constructor(parts: StagingParts) {
    this.#parts = parts;
    this.#owners = new Map(
      parts.members.flatMap(({ host, owner }) =>
        owner ? [[hostId(host.publicKey), owner] as const] : [],
      ),
    );
  }

  /** Takes up what waited when this node started. */
  resume(staged: readonly Staged[]): void {
    for (const one of staged) this.#add(one);
    void this.#work();
  }

  /** A final block has come. */
  follow(executed: ExecutedBlock): void {
    this.#head = executed.block.header.number;
    for (const one of stagedIn(executed, this.#parts.spec)) this.#add(one);
    void this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
  }

  #add(staged: Staged): void {
    if (this.#owners.size === 0) return;
    const key = `${staged.contract} ${staged.version}`;
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= STAGED_MAX && !this.#waiting.has(key)) {
      const { log } = this.#parts;
      log.warn({ dropped: oldest, limit: STAGED_MAX }, "too many versions wait");
      this.#waiting.delete(oldest);
    }
    this.#waiting.set(key, { staged, notBefore: this.#head, slowTries: 0 });
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let key = this.#due(); key !== undefined; key = this.#due()) await this.#stage(key);
    } finally {
      this.#isWorking = false;
    }
  }

  #due(): string | undefined {
    for (const [key, { notBefore }] of this.#waiting) if (notBefore <= this.#head) return key;
    return undefined;
  }

  async #stage(key: string): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    const { staged } = waiting;
    waiting.notBefore = this.#head + RETRY_BLOCKS;
    const { testOf, take, tell, log } = this.#parts;
    try {
      const test = await testOf(staged, [...this.#owners.keys()]);
      const { reason, trouble, isSlow } = test ? await this.#try(test) : {};
      if (this.#isClosed) return;
      if (isSlow) waiting.slowTries++;
      if (trouble !== undefined && waiting.slowTries < SLOW_TRIES_MAX) {
        log.warn({ ...staged, trouble }, "a version could not be tried yet");
        return;
      }
      // Another proposal of it may have come meanwhile.
      if (this.#waiting.get(key) === waiting) this.#waiting.delete(key);
      const why = reason ?? trouble;
      if (why !== undefined) {
        log.warn({ ...staged, reason: why }, "a version is not ready");
        tell(staged.contract, `${staged.version} is not ready to run here: ${why}`);
        return;
      }
      for (const host of test?.hosts ?? []) {
        const what = `ready ${staged.contract} ${staged.version} ${host}`;
        const data = readyInput(staged, host);
        take(this.#owners.get(host) as HostOwner, { what, contract: "Contracts", data });
      }
    } catch (error) {
      log.error({ ...staged, error }, "a version could not be tried");
    }
  }

  async #try({ batch, mustSucceed }: StagingTest): Promise<Verdict> {
    const { hosting } = this.#parts;
    const { address } = batch.contract;
    try {
      const outcomes = await Promise.all([hosting.execute(0, batch), hosting.execute(1, batch)]);
      const [first, second] = outcomes.map((outcome) => this.#hash(address, outcome));
      const calls = outcomes[0]?.calls ?? [];
      if (calls.some(({ status }) => status === "timeout")) {
        return { trouble: "no answer within its wall time", isSlow: true };
      }
      if (first !== second) return { reason: "two replicas differ; delchain check says why" };
      for (const [i, what] of mustSucceed.entries()) {
        const { status, haltCode } = calls[i] ?? { status: "missing" };
        if (status !== "success") return { reason: `its ${what} ends as ${haltCode || status}` };
      }
      return {};
    } catch (error) {
      if (error instanceof Unavailable) return { trouble: error.message };
      throw error;
    }
  }

  /** What members must say alike. */
  #hash(contract: Address, { calls, slots }: HostedOutcome): Hash {
    const { spec } = this.#parts;
    const certified = calls.map((call, i) => certifiedCall(call, BigInt(i), spec, 1, false));
    return hashFindings(findingsOf(contract, certified, slots));
  }
}
