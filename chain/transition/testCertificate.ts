import { type Address, EMPTY_ROOT, fromHex, keccak256, type SlotChange } from "@delchain/runtime";
import { AttestationRound } from "../attest/attestationRound.ts";
import type { CertifiedCall, ResultCertificate } from "../attest/certificate.ts";
import { committeeSeed, drawCommittee } from "../attest/committee.ts";
import { nobleBls } from "../attest/nobleBls.ts";
import { commitment, findingsOf, statementHash } from "../attest/statement.ts";
import { devnetHostSecret } from "../spec/devnet.ts";
import { CONTAINER, MANIFEST, type TestChain } from "./testChain.ts";

type Found = { readonly calls: readonly CertifiedCall[]; readonly slots: readonly SlotChange[] };

/** The certificate of both devnet hosts over a batch of a container; they agree unless `other` is given. */
export function certify(
  chain: TestChain,
  orderingNumber: bigint,
  found: Found,
  other: Found = found,
  contract: Address = CONTAINER,
): ResultCertificate {
  const randomness = chain.hashOf(orderingNumber);
  const seed = committeeSeed(randomness, randomness, contract);
  const committee = drawCommittee(chain.spec.hosts, seed);
  const batch = {
    contract,
    orderingNumber,
    orderingHash: randomness,
    manifestHash: keccak256(MANIFEST),
    firstIndex: found.calls[0]?.queueIndex ?? 0n,
    lastIndex: found.calls.at(-1)?.queueIndex ?? 0n,
    preRoot: EMPTY_ROOT,
  };
  const round = new AttestationRound(committee, chain.spec.chainId, batch, nobleBls);
  const reveals = committee.map((host, member) => {
    const secret = devnetHostSecret(
      chain.spec.hosts.findIndex(({ publicKey }) => publicKey === host.publicKey),
    );
    const { calls, slots } = member === 0 ? found : other;
    const findings = findingsOf(contract, calls, slots);
    const statement = statementHash(chain.spec.chainId, batch, findings);
    const salt = new Uint8Array(32).fill(member);
    round.commit(member, commitment(statement, salt, fromHex(host.publicKey)));
    const signature = nobleBls.sign(secret, fromHex(statement));
    return { member, salt, findings, signature };
  });
  for (const reveal of reveals) round.reveal(reveal);
  if (round.isAgreed() === true) return round.agreed(found.calls, found.slots);
  const where = { queueIndex: batch.firstIndex, where: "output byte 0", left: "0x", right: "0x" };
  return round.diverged(where);
}
