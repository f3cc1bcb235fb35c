import type { Address } from "@delchain/runtime";
import type { ConflictingAttestations } from "../attest/conflict.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { type Contestable, challengeInput } from "../system/challengeRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import { reportInput } from "../system/hostReport.ts";
import type { LocalMember } from "./attester.ts";
import { Audit, type AuditParts } from "./audit.ts";
import type { Log } from "./log.ts";
import { type HostOwner, Operator, type OperatorParts } from "./operator.ts";
import type { Staged } from "./stagedVersion.ts";
import { Staging, type StagingParts } from "./staging.ts";

export type HostDutiesParts = Omit<OperatorParts, "log"> &
  Pick<AuditParts, "auditable" | "hosting"> &
  Pick<StagingParts, "testOf" | "tell"> & {
    readonly spec: ChainSpec;
    readonly members: readonly LocalMember[];
    /** What a challenge of a contract takes now, in wei. */
    readonly bondOf: (contract: Address) => Promise<bigint>;
    readonly log: Log;
  };

/** What this machine's hosts do beside judging: audit others, report who lies, and ready what is to run. */
export class HostDuties {
  readonly #parts: HostDutiesParts;
  readonly #operator: Operator;
  readonly #audit: Audit;
  readonly #staging: Staging;

  constructor(parts: HostDutiesParts) {
    this.#parts = parts;
    this.#operator = new Operator(parts);
    this.#audit = new Audit({
      ...parts,
      onContradiction: (contestable) => this.#contest(contestable),
    });
    const take: StagingParts["take"] = (owner, duty) => this.#operator.take(owner, duty);
    this.#staging = new Staging({ ...parts, take });
  }

  /** Takes up what waited for hosts when this node started, or when the chain was rewound. */
  resume(staged: readonly Staged[]): void {
    this.#staging.resume(staged);
  }

  /** A final block has come. */
  follow(block: ExecutedBlock): void {
    this.#operator.follow(block);
    this.#staging.follow(block);
    this.#audit.follow(block);
  }

  /** A host has said two things: whoever proves it has a part of its stake. */
  report(conflict: ConflictingAttestations): void {
    const { spec, log } = this.#parts;
    const { publicKey, level, what } = conflict;
    log.error({ publicKey, level, what }, "a host has said two things");
    const reporter = this.#owned().find(({ host }) => host.publicKey !== publicKey);
    if (reporter === undefined) return;
    const data = reportInput(conflict, spec.chainId);
    const duty = { what: `report ${publicKey}`, contract: "Hosts", data } as const;
    this.#operator.take(reporter.owner, duty);
  }

  /** Resolves when it has looked at all that others have certified. */
  async audited(): Promise<void> {
    await this.#audit.idle();
  }

  /** The chain was rewound. */
  forget(): void {
    this.#operator.forget();
  }

  close(): void {
    this.#audit.close();
    this.#staging.close();
    this.#operator.close();
  }

  #contest(contestable: Contestable): void {
    const { bondOf, log } = this.#parts;
    const { number, judged } = contestable;
    const { contract, firstIndex } = judged;
    const [challenger] = this.#owned();
    if (challenger === undefined) {
      const remedy = "delchain host challenge contests it, with the hash of one of its calls";
      log.error({ contract, number, firstIndex }, remedy);
      return;
    }
    const what = `challenge ${contract} ${number} ${firstIndex}`;
    const data = challengeInput(contestable, hostId(challenger.host.publicKey));
    bondOf(contract).then(
      (value) =>
        this.#operator.take(challenger.owner, { what, contract: "Challenges", data, value }),
      (error: unknown) => log.error({ what, error }, "what a challenge takes is not known"),
    );
  }

  #owned(): readonly (LocalMember & { readonly owner: HostOwner })[] {
    return this.#parts.members.flatMap((member) =>
      member.owner ? [{ ...member, owner: member.owner }] : [],
    );
  }
}
