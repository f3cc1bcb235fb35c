import { type Address, type ExecutionResult, type Hash, Unavailable } from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { MEMPOOL_LIMITS } from "../mempool/limits.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { describeError } from "../system/describeError.ts";
import { signTransaction } from "../tx/signer.ts";
import type { Log } from "./log.ts";

/** The account that owns one of this machine's hosts in HOSTS. */
export type HostOwner = { readonly address: Address; readonly secret: Uint8Array };

/** A call of a system contract that a host's owner would make by hand. */
export type Duty = {
  /** Tells duties apart, for logs and so that none is done twice at once. */
  readonly what: string;
  readonly contract: "Hosts" | "Contracts" | "Challenges";
  readonly data: Uint8Array;
  /** In wei. */
  readonly value?: bigint;
};

export type OperatorParts = {
  readonly spec: ChainSpec;
  /** What a call would come to in the next block, whatever its sender has. */
  readonly query: (from: Address, to: Address, duty: Duty) => Promise<ExecutionResult>;
  /** Of what an account sends next, behind what waits in the mempool. */
  readonly nextNonce: (account: Address) => Promise<bigint>;
  /** Of the next block, in wei. */
  readonly baseFee: () => bigint;
  readonly submit: (raw: Uint8Array) => Promise<Hash>;
  readonly log: Log;
};

/** Duties that wait for their turn or for a block; others are left to whoever else has seen their reason. */
export const DUTIES_MAX = 256;
/** A transaction that no block has listed for so long is not counted on any more. */
const LISTED_WITHIN_BLOCKS = 64n;
/** What a call may need beside the gas that it used: it sees another block's state, and keeps a part from what it calls. */
const SPARE_GAS = 100_000n;

type Task = { readonly owner: HostOwner; readonly duty: Duty };
type Sent = { readonly duty: Duty; readonly until: bigint };

/**
 * Does for this machine's hosts what their owners are paid for, or lose by leaving it: says that a version is ready,
 * contests a result that is wrong, reports who said two things. A duty that would change nothing, because others were
 * faster, is not sent. What was submitted is in the mempool's journal; what was not is forgotten by a restart.
 */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #waiting: Task[] = [];
  readonly #sent = new Map<Hash, Sent>();
  #head = 0n;
  #isWorking = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** Does it as soon as what was asked for before is done. */
  take(owner: HostOwner, duty: Duty): void {
    const { log } = this.#parts;
    const { what } = duty;
    const known = [...this.#waiting, ...this.#sent.values()];
    if (known.some((one) => one.duty.what === what)) return;
    if (known.length >= DUTIES_MAX) {
      log.warn(
        { what, limit: DUTIES_MAX },
        "too many duties wait: this one is left to other hosts",
      );
      return;
    }
    this.#waiting.push({ owner, duty });
    void this.#work();
  }

  /** A final block has come. */
  follow({ block, receipts }: ExecutedBlock): void {
    const { log } = this.#parts;
    this.#head = block.header.number;
    for (const { transactionHash, status } of receipts) {
      const sent = this.#sent.get(transactionHash);
      if (sent === undefined) continue;
      this.#sent.delete(transactionHash);
      const facts = { what: sent.duty.what, transaction: transactionHash };
      if (status === "success") log.info(facts, "done for a host");
      else log.warn(facts, "what was done for a host came too late");
    }
    for (const [hash, { until }] of this.#sent) if (until < this.#head) this.#sent.delete(hash);
    void this.#work();
  }

  /** The chain was rewound: what was sent may be gone. */
  forget(): void {
    this.#sent.clear();
  }

  close(): void {
    this.#waiting.length = 0;
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let task = this.#waiting[0]; task !== undefined; task = this.#waiting[0]) {
        if (!(await this.#isDone(task))) return;
        // Nothing is left of the list when the node has stopped meanwhile.
        if (this.#waiting[0] === task) this.#waiting.shift();
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** False when this machine could not do it now: it is tried again with the next block. */
  async #isDone({ owner, duty }: Task): Promise<boolean> {
    const { log } = this.#parts;
    const { what } = duty;
    try {
      await this.#send(owner, duty);
      return true;
    } catch (error) {
      if (error instanceof Unavailable) {
        log.warn({ what, reason: error.message }, "cannot be done for a host now");
        return false;
      }
      log.error({ what, error }, `cannot be done for a host: see that ${owner.address} can pay`);
      return true;
    }
  }

  async #send(owner: HostOwner, duty: Duty): Promise<void> {
    const { spec, query, nextNonce, baseFee, submit, log } = this.#parts;
    const { what, contract, data, value = 0n } = duty;
    const to = addressOf(contract, spec);
    const result = await query(owner.address, to, duty);
    if (result.status !== "success") {
      const reason =
        result.status === "revert" ? describeError(contract, result.output) : result.reason;
      log.info({ what, reason }, "not done for a host: it would change nothing");
      return;
    }
    const gasLimit = (result.gasUsed * 3n) / 2n + SPARE_GAS;
    const tip = MEMPOOL_LIMITS.tipMin;
    const raw = signTransaction(
      {
        type: 2,
        chainId: spec.chainId,
        nonce: await nextNonce(owner.address),
        gasLimit: gasLimit < spec.transactionGasMax ? gasLimit : spec.transactionGasMax,
        maxFeePerGas: 2n * baseFee() + tip,
        maxPriorityFeePerGas: tip,
        to,
        value,
        data,
        accessList: [],
      },
      owner.secret,
    );
    const transaction = await submit(raw);
    this.#sent.set(transaction, { duty, until: this.#head + LISTED_WITHIN_BLOCKS });
  }
}

function addressOf(contract: Duty["contract"], spec: ChainSpec): Address {
  if (contract === "Hosts") return spec.hostsAddress;
  return contract === "Contracts" ? spec.contractsAddress : spec.challengesAddress;
}
