import { fromHex, type Hex } from "@delchain/runtime";
import contracts from "../system/contracts.json" with { type: "json" };

/** What stands at a system contract's address: `chain/system` has its source. */
export function systemCode(name: keyof typeof contracts): Uint8Array {
  return fromHex(contracts[name].code as Hex);
}
