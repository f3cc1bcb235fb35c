import { concatBytes, encodeRlp, fromHex } from "@delchain/runtime";
import type { ConflictingAttestations, SignedCommitment, SignedWord } from "../attest/conflict.ts";
import { uncompressKey, uncompressSignature } from "../attest/hostKey.ts";
import { roundBytes, statedFindings } from "../attest/statement.ts";
import { type AbiValue, encodeCall } from "./callData.ts";

/** The calldata by which HOSTS (Hosts.sol) slashes a host that has said two things. */
export function reportInput(conflict: ConflictingAttestations, chainId: bigint): Uint8Array {
  const { publicKey, batch, level } = conflict;
  const shared = [uncompressKey(fromHex(publicKey)), roundBytes(chainId, batch, level)];
  if (conflict.what === "commitment") {
    return encodeCall("reportCommitments(bytes,bytes,(bytes32,bytes),(bytes32,bytes))", [
      ...shared,
      commitmentOf(conflict.left),
      commitmentOf(conflict.right),
    ]);
  }
  return encodeCall("report(bytes,bytes,(bytes,bytes32,bytes),(bytes,bytes32,bytes))", [
    ...shared,
    wordOf(conflict.left),
    wordOf(conflict.right),
  ]);
}

function wordOf(word: SignedWord): AbiValue {
  const findings = concatBytes(...statedFindings(word).map((one) => encodeRlp(one)));
  return { struct: [findings, word.commitments, uncompressSignature(word.signature)] };
}

function commitmentOf({ commitment, signature }: SignedCommitment): AbiValue {
  return { struct: [commitment, uncompressSignature(signature)] };
}
