// Certificates that a node without any container engine verifies a second, beside bare checks of one BLS signature in
// the same run: of the fast committee's eleven, of the strong one's 41 of 61, and the list of commitments before it.
//   node start.js run test/bench/certificates.ts [--json]

import type { Certificate } from "../../chain/attest/certificate.ts";
import { encodeCertificate } from "../../chain/attest/certificateCodec.ts";
import { commitment, commitmentMessage, commitmentsHash } from "../../chain/attest/commitments.ts";
import { type Committee, drawCommittees } from "../../chain/attest/committee.ts";
import { encodeSigners } from "../../chain/attest/signers.ts";
import {
  attestationHash,
  findingsOf,
  roundId,
  statementHash,
} from "../../chain/attest/statement.ts";
import { verifyCertificate } from "../../chain/attest/verifyCertificate.ts";
import { chooseBls } from "../../chain/node/bls.ts";
import { DEVNET, devnetHostSecret } from "../../chain/spec/devnet.ts";
import { fromHex, type Hash, toAddress, toHex, ZERO_HASH } from "../../runtime/index.ts";
import { cpuMs, median } from "./cpuTime.ts";

const HOSTS = 100;
const ROUNDS = 5;
const ROUND_MS = 300;

const { bls } = chooseBls();
const secrets = new Map<string, Uint8Array>();
const hosts = Array.from({ length: HOSTS }, (_, i) => {
  const secret = devnetHostSecret(i);
  const publicKey = toHex(bls.publicKey(secret));
  secrets.set(publicKey, secret);
  return { publicKey, payout: ZERO_HASH };
});
const sizes = DEVNET.committeeSizes;
const committees = drawCommittees({ hosts, seed: ZERO_HASH, sizes, first: "fast" });
const [fast, strong] = committees as readonly [Committee, Committee];
const batch = {
  contract: toAddress(`0x${"c0".repeat(20)}`),
  orderingNumber: 5n,
  orderingHash: ZERO_HASH,
  manifestHash: ZERO_HASH,
  firstIndex: 1n,
  lastIndex: 1n,
  preRoot: ZERO_HASH,
};
const call = {
  queueIndex: 1n,
  outcome: "success",
  outputHash: ZERO_HASH,
  result: new Uint8Array(0),
  logs: [],
  messages: [],
  gasUsed: 200_000n,
  haltCode: "",
} as const;
const slots = [{ slot: ZERO_HASH, value: ZERO_HASH }];

const certificates: readonly (readonly [string, Certificate])[] = [
  ["fast, 11 of 11", agreed(fast)],
  ["strong, 41 of 61", agreed(strong)],
  ["commitments of 61", committed(strong)],
];
const message = fromHex(ZERO_HASH);
const key = fromHex((fast.members[0] as Committee["members"][number]).publicKey);
const signature = bls.sign(secretOf(fast, 0), message);

const rows = certificates.map(([name, certificate]) => {
  const fixedAt = () => fixedBy(strong);
  const isRevealOver = () => false;
  const facts = { chainId: DEVNET.chainId, committees, fixedAt, isRevealOver, bls };
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = ratePerCpuSecond(() => void bls.verifyAggregate([key], message, signature));
    const rate = ratePerCpuSecond(() => void verifyCertificate(certificate, facts));
    rates.push(rate);
    ratios.push(rate / bare);
  }
  const bytes = encodeCertificate(certificate).length;
  return { name, perSecond: Math.round(median(rates)), ofBare: median(ratios), bytes };
});

if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ rows })}\n`);
else {
  for (const { name, perSecond, ofBare, bytes } of rows) {
    const ratio = `${ofBare.toFixed(2)} of a bare signature's`;
    process.stdout.write(
      `${name.padEnd(18)} ${perSecond} a second of CPU, ${ratio}; ${bytes} bytes\n`,
    );
  }
}

function ratePerCpuSecond(run: () => void): number {
  const before = cpuMs();
  let count = 0;
  while (cpuMs() - before < ROUND_MS) {
    run();
    count++;
  }
  return (count * 1_000) / (cpuMs() - before);
}

function agreed(committee: Committee): Certificate {
  const { level, members, quorum } = committee;
  const signers = Array.from({ length: quorum }, (_, member) => member);
  const said = fromHex(attestationHash(statementAt(committee), fixedBy(committee)));
  return {
    kind: "agreed",
    ...batch,
    level,
    calls: [call],
    slots,
    signers: encodeSigners(signers, members.length),
    salts: signers.map(saltOf),
    others: commitmentsBy(committee).slice(quorum),
    numbers: [],
    signature: bls.aggregate(signers.map((member) => bls.sign(secretOf(committee, member), said))),
  };
}

function committed(committee: Committee): Certificate {
  const { level } = committee;
  const round = roundId(DEVNET.chainId, batch, level);
  const commitments = commitmentsBy(committee);
  const signatures = commitments.map((one, member) =>
    bls.sign(secretOf(committee, member), fromHex(commitmentMessage(round, one))),
  );
  return { kind: "committed", ...batch, level, commitments, signature: bls.aggregate(signatures) };
}

function commitmentsBy(committee: Committee): readonly Hash[] {
  const statement = statementAt(committee);
  return committee.members.map(({ publicKey }, member) =>
    commitment(statement, saltOf(member), fromHex(publicKey)),
  );
}

function fixedBy(committee: Committee): Hash {
  const round = roundId(DEVNET.chainId, batch, committee.level);
  return commitmentsHash(round, commitmentsBy(committee));
}

function statementAt({ level }: Committee): Hash {
  const findings = findingsOf(batch.contract, [call], slots);
  return statementHash(roundId(DEVNET.chainId, batch, level), findings);
}

function saltOf(member: number): Uint8Array {
  return new Uint8Array(32).fill(member);
}

function secretOf({ members }: Committee, member: number): Uint8Array {
  return secrets.get(members[member]?.publicKey ?? "") as Uint8Array;
}
