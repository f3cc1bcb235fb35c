import type { Address } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import type { BlockContent, CertifiedBatch } from "../transition/executeBlock.ts";
import type { BlockTime } from "../transition/giveUpOrder.ts";
import type { Attester } from "./attester.ts";
import { certificateBytes } from "./blockBytes.ts";
import type { Intake } from "./intake.ts";

/** What the next block would hold; `undefined` when nothing waits for one. */
export function selectContent(
  intake: Intake,
  attester: Attester,
  spec: ChainSpec,
  next: BlockTime,
  hasMessages: boolean,
): BlockContent | undefined {
  const certificates = attester.certificates(certificateBytes(spec));
  // A block with certificates takes no overdue calls: each may fill the room that both share.
  const overdue = certificates.length > 0 ? [] : attester.overdue(next, certificateBytes(spec));
  const { transactions, orders } = intake.select(settledBy(certificates));
  const isEmpty = certificates.length + overdue.length + transactions.length + orders.length === 0;
  return isEmpty && !hasMessages ? undefined : { certificates, overdue, transactions, orders };
}

/** How many calls of each contract a block's certificates take off its queue, before it orders more. */
function settledBy(certificates: readonly CertifiedBatch[]): ReadonlyMap<Address, number> {
  return new Map(
    certificates.map(({ certificate, transactions }) => [
      certificate.contract,
      transactions.length,
    ]),
  );
}
