import type { Address, Hash } from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import type { Extension, Header } from "../block/header.ts";
import { BoundedCache } from "../state/boundedCache.ts";
import type { ChainStore } from "../state/store.ts";

/** What later blocks need of one, which is little of a whole block. */
export type BlockHeads = {
  readonly hash: Hash;
  readonly header: Header;
  readonly extension: Extension;
  readonly certified: readonly CertifiedCalls[];
};

/** That a block has settled so many calls of a contract which one block ordered. */
export type CertifiedCalls = {
  readonly contract: Address;
  readonly orderingNumber: bigint;
  readonly count: number;
};

/** More blocks than a call may wait for its certificate, about 1 kB each. */
const HEADS_MAX = 1_024;

/** A block stands on the one before it, and on those that ordered what it certifies: nobody reads them whole again. */
export class KnownHeads {
  readonly #store: ChainStore;
  readonly #heads = new BoundedCache<bigint, BlockHeads>(HEADS_MAX);

  constructor(store: ChainStore) {
    this.#store = store;
  }

  of(number: bigint): BlockHeads | undefined {
    const known = this.#heads.get(number);
    if (known) return known;
    const hash = this.#store.hashByNumber(number);
    const executed = this.#store.blockByNumber(number);
    return hash && executed && this.set(hash, executed);
  }

  set(hash: Hash, executed: ExecutedBlock): BlockHeads {
    const { header, extension } = executed.block;
    const heads = { hash, header, extension, certified: certifiedIn(executed) };
    this.#heads.set(header.number, heads);
    return heads;
  }

  /** The chain was rewound. */
  clear(): void {
    this.#heads.clear();
  }
}

function certifiedIn({ block, receipts }: ExecutedBlock): readonly CertifiedCalls[] {
  return block.certificates.flatMap((certificate) => {
    if (certificate.kind === "committed") return [];
    const { contract, orderingNumber } = certificate;
    const settled = receipts.filter(({ to, containerCall }) => containerCall && to === contract);
    return { contract, orderingNumber, count: settled.length };
  });
}
