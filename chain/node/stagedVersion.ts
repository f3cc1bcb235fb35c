import {
  type Address,
  concatBytes,
  EMPTY_ROOT,
  fromHex,
  type Hash,
  keccak256,
  parseManifest,
  ZERO_HASH,
} from "@delchain/runtime";
import { memberGasLimit } from "../attest/certifiedCall.ts";
import type { ExecutedBlock } from "../block/block.ts";
import { mayContain } from "../block/bloom.ts";
import type { Header } from "../block/header.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { HISTORY_BLOCKS } from "../state/history.ts";
import { encodeCall } from "../system/callData.ts";
import { hasSaidReady, readStaged } from "../system/contractRegistry.ts";
import { hostId, readRetainer } from "../system/hostRegistry.ts";
import { wordToAddress } from "../system/solidityStorage.ts";
import { judgesOf, termsOf } from "../transition/judges.ts";
import { MIGRATE, MIGRATE_BACK } from "../transition/orderRules.ts";
import { manifestAt } from "../transition/runningManifest.ts";
import { blockContext } from "./hostedBatch.ts";
import type { HostedBatch, HostedCall } from "./hosting.ts";
import type { Blocks } from "./settledBatches.ts";

/** A version that a contract waits to run, by the contract and the container whose manifest it is. */
export type Staged = { readonly contract: Address; readonly version: Address };

/** What a host tries before it says that it is ready. */
export type StagingTest = {
  /** Of those that were asked for, who may still say it. */
  readonly hosts: readonly Hash[];
  /** On the head's state: the call that switches to the version, and the one that its manifest names. */
  readonly batch: HostedBatch;
  /** What those calls are that must succeed, in their order. A version without any is only asked to answer. */
  readonly mustSucceed: readonly ("migration" | "probe")[];
};

const DECLARED = topicOf("Declared(address,address,uint8)");
const PROPOSED = topicOf("Proposed(address,address,bytes32,uint64)");

/** For a version that names no call: no function has this selector, and every program answers it somehow. */
const ANYTHING: Uint8Array = new Uint8Array(4);

/** What the logs of a block say that hosts are waited for. */
export function stagedIn(
  { receipts }: Pick<ExecutedBlock, "receipts">,
  { contractsAddress }: Pick<ChainSpec, "contractsAddress">,
): readonly Staged[] {
  return receipts.flatMap(({ logs }) =>
    logs.flatMap(({ address, topics }) => {
      if (address !== contractsAddress) return [];
      const [event, first, second] = topics;
      const version = event === PROPOSED ? second : first;
      if (event !== DECLARED && event !== PROPOSED) return [];
      return [
        {
          contract: wordToAddress(first ?? ZERO_HASH),
          version: wordToAddress(version ?? ZERO_HASH),
        },
      ];
    }),
  );
}

/** The same of all blocks whose states are kept: what waits for longer is readied by hand. */
export function stagedLately(
  { head, block }: Pick<Blocks, "head" | "block">,
  headerOf: (number: bigint) => Header | undefined,
  spec: ChainSpec,
): readonly Staged[] {
  const registry = fromHex(spec.contractsAddress);
  const found: Staged[] = [];
  for (let number = head < HISTORY_BLOCKS ? 0n : head - HISTORY_BLOCKS; number <= head; number++) {
    const header = headerOf(number);
    if (header === undefined || !mayContain(header.logsBloom, registry)) continue;
    found.push(...stagedIn(block(number), spec));
  }
  return found;
}

/** What these hosts are to try of a version at the head; `undefined` when it waits for none of them. */
export function stagingTest(
  { contract, version }: Staged,
  hosts: readonly Hash[],
  { head, block, viewAt }: Blocks,
  spec: ChainSpec,
): StagingTest | undefined {
  const view = viewAt(head);
  const { contractsAddress } = spec;
  const staged = readStaged(view, contractsAddress, contract);
  if (staged?.version !== version || staged.ready >= staged.replicas) return undefined;
  const manifestHash = manifestAt(view, version);
  const manifest = manifestHash && view.code(manifestHash);
  if (manifestHash === undefined || manifest === undefined) return undefined;
  const judges = judgesOf(view, manifestHash, head, spec);
  const drawn = new Set(judges.hosts.map(({ publicKey }) => hostId(publicKey)));
  const { round, priceCap } = staged;
  // Who is not paid what it asks for runs nothing: else deploying would be a way to have others work for nothing.
  const own = hosts.filter(
    (host) =>
      drawn.has(host) &&
      readRetainer(view, spec.hostsAddress, host, judges.resourceClass) <= priceCap &&
      !hasSaidReady(view, contractsAddress, contract, round, host),
  );
  if (own.length === 0) return undefined;
  const { header } = block(head).block;
  const { probe } = parseManifest(manifest);
  const migration = staged.isFormer ? MIGRATE_BACK : MIGRATE;
  const tried = [
    ...(staged.isFirst ? [] : [{ what: "migration", input: migration } as const]),
    ...(probe ? [{ what: "probe", input: fromHex(probe) } as const] : []),
  ];
  const inputs = tried.length > 0 ? tried.map(({ input }) => input) : [ANYTHING];
  const caller = staged.admin ?? contract;
  const { paid, refusal } = termsOf(judges.hosts.length, judges.first, spec);
  const call = (input: Uint8Array, place: number): HostedCall => ({
    caller,
    origin: caller,
    value: 0n,
    input,
    gasLimit: memberGasLimit(spec.transactionGasMax, spec.orderGas, paid),
    seed: keccak256(concatBytes(fromHex(header.mixHash), fromHex(contract), Uint8Array.of(place))),
    sending: {
      callId: ZERO_HASH,
      hops: 0,
      prices: {
        execute: header.baseFeePerGas,
        order: block(head).block.extension.containerBaseFee,
      },
      refusal,
    },
  });
  return {
    hosts: own,
    mustSucceed: tried.map(({ what }) => what),
    batch: {
      contract: { address: contract, manifestHash, manifest },
      block: blockContext(header, spec.chainId),
      stateAt: head,
      preRoot: view.account(contract)?.storageRoot ?? EMPTY_ROOT,
      isPast: true,
      calls: inputs.map(call),
    },
  };
}

/** Calldata of CONTRACTS' `ready`, by which a host says that a version may run. */
export function readyInput({ contract, version }: Staged, host: Hash): Uint8Array {
  return encodeCall("ready(address,address,bytes32)", [contract, version, host]);
}

function topicOf(event: string): Hash {
  return keccak256(new TextEncoder().encode(event));
}
