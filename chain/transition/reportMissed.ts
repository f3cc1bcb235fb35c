import type { BlockExecution } from "@delchain/runtime";
import type { AgreedCertificate } from "../attest/certificate.ts";
import type { Committee } from "../attest/committee.ts";
import { decodeSigners } from "../attest/signers.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall } from "../system/callData.ts";
import { hostId } from "../system/hostRegistry.ts";
import { systemCall } from "./systemCall.ts";

/** Tells HOSTS who of a committee did not sign what it agreed on: who misses often goes to jail. */
export function reportMissed(
  execution: BlockExecution,
  { signers }: AgreedCertificate,
  { members }: Committee,
  { hostsAddress }: Pick<ChainSpec, "hostsAddress">,
): void {
  const signed = new Set(decodeSigners(signers, members.length));
  const absent = members.filter((_, place) => !signed.has(place));
  if (absent.length === 0) return;
  const ids = absent.map(({ publicKey }) => hostId(publicKey));
  systemCall(execution, hostsAddress, encodeCall("missed(bytes32[])", [ids]));
}
