import { BaseError, concatHex, type Hex, numberToHex, size, toHex } from "viem";

/** How code that is not the EVM's begins; EIP-3541 keeps EVM code from beginning so. */
const CODE_PREFIX: Hex = "0xefdc01";

const KINDS = { wasm: 1, php: 2, container: 3 } as const;
export type ProgramKind = keyof typeof KINDS;

/** The largest payload of each kind in bytes. */
const PAYLOAD_BYTES_MAX: Readonly<Record<ProgramKind, number>> = {
  wasm: 512 * 1024,
  php: 128 * 1024,
  container: 16 * 1024,
};

/** A module, PHP source, or a container's manifest as canonical JSON; text is taken as UTF-8. */
export type Program = { readonly kind: ProgramKind; readonly payload: Hex | Uint8Array | string };

/**
 * The `bytecode` of a contract of the other tiers, for viem's `deployContract`, `encodeDeployData` and every tool that
 * appends constructor arguments: `0xEFDC01 | kind (u8) | length (u32, big-endian) | payload`. Throws a viem
 * `BaseError` for an empty payload and one over its kind's limit.
 */
export function programCode({ kind, payload }: Program): Hex {
  const bytes = isHex(payload) ? payload : toHex(payload);
  const [length, limit] = [size(bytes), PAYLOAD_BYTES_MAX[kind]];
  if (length === 0 || length > limit) {
    throw new BaseError(
      `A program of kind ${kind} has 1 to ${limit} bytes; this one has ${length}.`,
    );
  }
  return concatHex([
    CODE_PREFIX,
    numberToHex(KINDS[kind], { size: 1 }),
    numberToHex(length, { size: 4 }),
    bytes,
  ]);
}

function isHex(payload: Program["payload"]): payload is Hex {
  return typeof payload === "string" && /^0x([0-9a-f]{2})*$/i.test(payload);
}
