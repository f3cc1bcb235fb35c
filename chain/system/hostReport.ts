import {
  bigintToBytes,
  concatBytes,
  encodeRlp,
  fromHex,
  type Hash,
  keccak256Bytes,
} from "@delchain/runtime";
import type { ConflictingAttestations, SignedCommitment, SignedWord } from "../attest/conflict.ts";
import { uncompressKey, uncompressSignature } from "../attest/hostKey.ts";
import { roundBytes, statedFindings } from "../attest/statement.ts";

const REPORT: Uint8Array = selector(
  "report(bytes,bytes,(bytes,bytes32,bytes),(bytes,bytes32,bytes))",
);
const REPORT_COMMITMENTS: Uint8Array = selector(
  "reportCommitments(bytes,bytes,(bytes32,bytes),(bytes32,bytes))",
);

const WORD = 32;

/** The calldata by which HOSTS (Hosts.sol) slashes a host that has said two things. */
export function reportInput(conflict: ConflictingAttestations, chainId: bigint): Uint8Array {
  const { publicKey, batch, level } = conflict;
  const shared = [
    bytesOf(uncompressKey(fromHex(publicKey))),
    bytesOf(roundBytes(chainId, batch, level)),
  ];
  if (conflict.what === "commitment") {
    const sides = [conflict.left, conflict.right].map(commitmentOf);
    return concatBytes(REPORT_COMMITMENTS, tuple([...shared, ...sides]));
  }
  return concatBytes(REPORT, tuple([...shared, ...[conflict.left, conflict.right].map(wordOf)]));
}

function wordOf(word: SignedWord): Uint8Array {
  const findings = concatBytes(...statedFindings(word).map((one) => encodeRlp(one)));
  return tuple([bytesOf(findings), word.commitments, bytesOf(uncompressSignature(word.signature))]);
}

function commitmentOf({ commitment, signature }: SignedCommitment): Uint8Array {
  return tuple([commitment, bytesOf(uncompressSignature(signature))]);
}

/** Fields as the ABI has them: a word, or encoded bytes, which stand behind all words. */
function tuple(fields: readonly (Hash | Uint8Array)[]): Uint8Array {
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let at = fields.length * WORD;
  for (const field of fields) {
    if (typeof field === "string") {
      heads.push(fromHex(field));
      continue;
    }
    heads.push(bigintToBytes(BigInt(at), WORD));
    tails.push(field);
    at += field.length;
  }
  return concatBytes(...heads, ...tails);
}

function bytesOf(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(bytes.length / WORD) * WORD);
  padded.set(bytes);
  return concatBytes(bigintToBytes(BigInt(bytes.length), WORD), padded);
}

function selector(signature: string): Uint8Array {
  return keccak256Bytes(new TextEncoder().encode(signature)).slice(0, 4);
}
