import {
  type Account,
  type Address,
  compareHex,
  concatBytes,
  EMPTY_ROOT,
  fromHex,
  type Hash,
  keccak256,
  RESOURCE_CLASS_NAMES,
  type ResourceClass,
  toHex,
} from "@delchain/runtime";
import type { Host } from "../attest/committee.ts";
import type { HostRules } from "../spec/spec.ts";
import {
  arraySlot,
  mappingSlot,
  nextSlot,
  packWord,
  type StorageReader,
  toWord,
  unpackWord,
} from "./solidityStorage.ts";

/** A host as HOSTS (Hosts.sol) has it: it judges what block N orders when `from <= N < until`. */
export type HostRecord = Host & {
  readonly from: bigint;
  readonly until: bigint;
  readonly classes: readonly ResourceClass[];
};

/** A state between blocks: committees are drawn from the parent's. */
type State = StorageReader & { account(address: Address): Account | undefined };

const IDS_SLOT = 2n;
const HOSTS_SLOT = 3n;
const RETAINERS_SLOT = 4n;
const NEVER = 2n ** 64n - 1n;
const KEY_START_BYTES = 32;

/** The hosts of the state that was read last: they change seldom, and every certificate asks for them. */
let last: { readonly root: Hash; readonly hosts: readonly HostRecord[] } | undefined;

/** All hosts of a state, ascending by key. */
export function readHosts(state: State, registry: Address): readonly HostRecord[] {
  const root = state.account(registry)?.storageRoot ?? EMPTY_ROOT;
  if (last?.root === root) return last.hosts;
  const count = Number(state.storage(registry, toWord(IDS_SLOT)));
  const hosts = Array.from({ length: count }, (_, place) => {
    const id = state.storage(registry, nextSlot(arraySlot(IDS_SLOT), BigInt(place)));
    return readHost(state, registry, id);
  });
  hosts.sort((left, right) => compareHex(left.publicKey, right.publicKey));
  // A state in maps has no roots.
  if (root !== EMPTY_ROOT) last = { root, hosts };
  return hosts;
}

/** Those of a class that judge what block `number` orders, ascending by key. */
export function hostsOf(
  hosts: readonly HostRecord[],
  resourceClass: ResourceClass,
  number: bigint,
): readonly Host[] {
  return hosts.filter(
    ({ classes, from, until }) =>
      classes.includes(resourceClass) && from <= number && number < until,
  );
}

function readHost(state: StorageReader, registry: Address, id: Hash): HostRecord {
  const slot = mappingSlot(id, HOSTS_SLOT);
  const read = (place: bigint) => state.storage(registry, nextSlot(slot, place));
  const [keyEnd, from, until] = unpackWord(read(1n), [128, 64, 64]);
  const [payout, classes] = unpackWord(read(2n), [160, 8]);
  return {
    publicKey: toHex(concatBytes(fromHex(read(0n)), fromHex(toWord(keyEnd)).subarray(16))),
    payout: toHex(fromHex(toWord(payout)).subarray(12)),
    from,
    until,
    classes: RESOURCE_CLASS_NAMES.filter((_, i) => ((classes >> BigInt(i)) & 1n) === 1n),
  };
}

/** Wei that a host asks for, for each block that it keeps a contract of a class ready. */
export function readRetainer(
  state: StorageReader,
  registry: Address,
  host: Hash,
  resourceClass: ResourceClass,
): bigint {
  const place = toWord(BigInt(RESOURCE_CLASS_NAMES.indexOf(resourceClass)));
  return BigInt(state.storage(registry, mappingSlot(place, mappingSlot(host, RETAINERS_SLOT))));
}

/** What names a host in HOSTS: the hash of its key, 48 bytes. */
export function hostId(publicKey: Host["publicKey"]): Hash {
  return keccak256(fromHex(publicKey));
}

/**
 * The registry's storage at genesis: the network's rules, and its first hosts, which serve all classes from the first
 * block on and are their payouts' own.
 */
export function genesisHostSlots(
  hosts: readonly Host[],
  rules: HostRules,
): { slot: Hash; value: Hash }[] {
  const slots = [
    {
      slot: toWord(0n),
      value: packWord([
        [rules.stakeUnit, 128],
        [BigInt(rules.hostsMax), 32],
        [rules.joinBlocks, 32],
        [rules.noticeBlocks, 32],
        [rules.unbondingBlocks, 32],
      ]),
    },
    {
      slot: toWord(1n),
      value: packWord([
        [BigInt(rules.missesMax), 32],
        [rules.epochBlocks, 32],
        [rules.jailBlocks, 32],
      ]),
    },
    { slot: toWord(IDS_SLOT), value: toWord(BigInt(hosts.length)) },
  ];
  hosts.forEach((host, place) => {
    const id = hostId(host.publicKey);
    slots.push({ slot: nextSlot(arraySlot(IDS_SLOT), BigInt(place)), value: id });
    hostWords(host, place, rules.stakeUnit).forEach((value, i) => {
      slots.push({ slot: nextSlot(mappingSlot(id, HOSTS_SLOT), BigInt(i)), value });
    });
  });
  return slots;
}

function hostWords({ publicKey, payout }: Host, place: number, stake: bigint): readonly Hash[] {
  const key = fromHex(publicKey);
  const allClasses = 2n ** BigInt(RESOURCE_CLASS_NAMES.length) - 1n;
  return [
    toHex(key.subarray(0, KEY_START_BYTES)) as Hash,
    packWord([
      [BigInt(toHex(key.subarray(KEY_START_BYTES))), 128],
      [0n, 64],
      [NEVER, 64],
    ]),
    packWord([
      [BigInt(payout), 160],
      [allClasses, 8],
    ]),
    packWord([
      [BigInt(payout), 160],
      [BigInt(place), 32],
    ]),
    packWord([[stake, 128]]),
  ];
}
