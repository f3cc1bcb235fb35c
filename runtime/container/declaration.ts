import type { Address } from "../types/address.ts";
import { bigintToBytes, concatBytes } from "../types/bytes.ts";
import { keccak256Bytes } from "../types/hash.ts";
import { type Manifest, resourcesOf } from "./manifest.ts";
import { RESOURCE_CLASS_NAMES } from "./resources.ts";

/** The contract that a network's containers declare themselves to when they are created. */
export type ContainerRegistry = {
  readonly address: Address;
  /** Whether those do whose manifests ask for nothing: where they pay for being kept. */
  readonly takesAll: boolean;
};

const SELECTOR: Uint8Array = keccak256Bytes(
  new TextEncoder().encode(
    "declare((address,uint8,uint16,uint32,bool,bool,bool,uint128,uint128),address[])",
  ),
).slice(0, 4);
/** Nine fields of the policy, and where the list of approvers begins. */
const HEAD_WORDS = 10;

/**
 * The calldata of `declare` (chain/system/Contracts.sol) that says what a manifest asks for; `undefined` when it asks
 * for nothing, and nobody has to know it.
 */
export function encodeDeclaration(
  manifest: Manifest,
  registry: ContainerRegistry,
): Uint8Array | undefined {
  const { upgrade, hosting } = manifest;
  if (upgrade === undefined && hosting === undefined && !registry.takesAll) return undefined;
  const { resourceClass } = resourcesOf(manifest);
  const approvers = upgrade?.approvers ?? [];
  return concatBytes(
    SELECTOR,
    word(BigInt(upgrade?.admin ?? 0n)),
    word(RESOURCE_CLASS_NAMES.indexOf(resourceClass)),
    word(hosting?.replicas ?? 0),
    word(upgrade?.timelock ?? 0),
    word(upgrade?.keep ?? 0),
    word(upgrade?.migrateBack ?? false),
    // The registry sets it itself.
    word(false),
    word(BigInt(hosting?.priceCap ?? 0)),
    word(BigInt(hosting?.deposit ?? 0)),
    word(32 * HEAD_WORDS),
    word(approvers.length),
    ...approvers.map((approver) => word(BigInt(approver))),
  );
}

function word(value: bigint | number | boolean): Uint8Array {
  return bigintToBytes(BigInt(value), 32);
}
