import { type Address, keccak256, RESOURCE_CLASS_NAMES, toHex } from "@delchain/runtime";
import type { CertifiedCall, ResultCertificate } from "../../attest/certificate.ts";
import { encodeReceipt } from "../../block/receiptCodec.ts";
import { hashSigners } from "../../system/challengeRegistry.ts";
import type {
  AttestationReport,
  Backend,
  ChallengeReport,
  ContractSummary,
  FoundTransaction,
  KnownBlock,
} from "../backend.ts";
import { type Json, quantityHex } from "../format.ts";
import { type MethodTable, method } from "../method.ts";
import { address, bytes, hash, index, optional, text } from "../params.ts";
import { methodNotFound } from "../rpcErrors.ts";
import { showExplained } from "../showExplained.ts";

/** What Ethereum has no word for: tiers, container calls and who attested them. */
export const DEL_METHODS: MethodTable = {
  del_getCall: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const found = await backend.findTransaction(wanted);
    return found === undefined ? null : showCall(backend, found);
  }),
  del_getAttestations: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const report = await backend.attestations(wanted);
    return report === undefined ? null : showReport(report);
  }),
  del_getChallenge: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const report = await backend.challenge(wanted);
    return report === undefined ? null : showChallenge(report);
  }),
  del_explainCall: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const explained = backend.explanation(wanted);
    return explained === undefined ? null : showExplained(explained);
  }),
  del_getContract: method([address("address")], async ({ backend }, wanted) => {
    const contract = await backend.contract(wanted);
    return contract === undefined ? null : showContract(wanted, contract);
  }),
  del_getConsole: method(
    [optional(index("after"), 0), optional(address("contract"), undefined)],
    ({ backend }, after, at) => {
      const page = backend.console(after, at);
      if (page === undefined) throw methodNotFound("del_getConsole");
      const lines = page.lines.map((line) => ({ ...line, number: quantityHex(line.number) }));
      return { lines, last: quantityHex(page.last) };
    },
  ),
  del_publishSource: method(
    [address("contract"), hash("transaction hash"), text("source"), bytes("signature")],
    async ({ backend }, contract, transactionHash, source, signature) => {
      const signed = { source, signature: toHex(signature) };
      await backend.publishSource({ address: contract, transactionHash, ...signed });
      return true;
    },
  ),
  del_getSource: method(
    [address("contract")],
    async ({ backend }, contract) => (await backend.source(contract)) ?? null,
  ),
  // Empty where there is no code, like `eth_getCode`.
  del_getCode: method([address("address")], async ({ backend }, wanted) =>
    toHex((await backend.payload(wanted)) ?? new Uint8Array(0)),
  ),
};

const NOT_YET: Json = {
  orderedIn: null,
  resultIn: null,
  callId: null,
  queueIndex: null,
  resultHash: null,
  gasUsed: null,
  effectiveGasPrice: null,
  median: null,
};

/** A transaction of any tier from its order to its result. */
async function showCall(backend: Backend, found: FoundTransaction): Promise<Json | null> {
  if (found.where === "listed") return showListed(backend, found.block, found.index);
  const { transaction, hash, sender } = found.transaction;
  const tier = await tierOf(backend, transaction.to);
  const head = { transactionHash: hash, from: sender, contract: transaction.to ?? null, tier };
  if (found.where === "pending") return { ...head, status: "pending", ...NOT_YET };
  const { call } = found;
  return {
    ...head,
    status: call.stage,
    ...NOT_YET,
    orderedIn: quantityHex(call.orderedIn),
    callId: call.callId,
    queueIndex: quantityHex(call.queueIndex),
    resultHash: call.resultsHash ?? null,
  };
}

async function showListed(
  backend: Backend,
  known: KnownBlock,
  index: number,
): Promise<Json | null> {
  const receipt = known.receipts[index];
  if (receipt === undefined) return null;
  const contract = receipt.to ?? receipt.created;
  const call = receipt.containerCall;
  const listedIn = quantityHex(known.block.header.number);
  return {
    transactionHash: receipt.transactionHash,
    from: receipt.sender,
    contract: contract ?? null,
    tier: call === undefined ? await tierOf(backend, contract) : "container",
    status: call?.outcome ?? receipt.status,
    orderedIn: call === undefined ? listedIn : quantityHex(call.orderedIn),
    resultIn: listedIn,
    callId: call?.callId ?? null,
    queueIndex: call === undefined ? null : quantityHex(call.queueIndex),
    // A synchronous call is agreed on by its receipt, a container call by what its committee signed.
    resultHash: call?.resultsHash ?? keccak256(encodeReceipt(receipt)),
    gasUsed: quantityHex(receipt.gasUsed),
    effectiveGasPrice: quantityHex(receipt.effectiveGasPrice),
    median: call?.median ?? null,
  };
}

/** `null` for an account without code: a plain transfer runs in no tier. */
async function tierOf(backend: Backend, at: Address | undefined): Promise<string | null> {
  if (at === undefined) return null;
  return (await backend.contract(at))?.tier ?? null;
}

function showContract(at: Address, contract: ContractSummary): Json {
  const { container } = contract;
  return {
    address: at,
    tier: contract.tier,
    kind: contract.kind ?? null,
    codeHash: contract.codeHash,
    payloadHash: contract.payloadHash ?? null,
    payloadSize: quantityHex(contract.payloadBytes),
    ...(container !== undefined && {
      manifest: JSON.parse(container.manifest) as unknown,
      driver: container.driver ?? null,
      queueLength: quantityHex(container.queueLength),
      nextIndex: quantityHex(container.nextIndex),
    }),
  };
}

function showReport(report: AttestationReport): Json {
  const { certificate } = report;
  return {
    contract: report.contract,
    orderedIn: quantityHex(report.orderedIn),
    orderingHash: report.orderingHash,
    firstIndex: quantityHex(report.firstIndex),
    lastIndex: quantityHex(report.lastIndex),
    attested: report.attested,
    committee: report.committee.map(({ member, publicKey }) => ({
      member,
      publicKey: toHex(publicKey),
    })),
    attestations: report.attestations.map(showStatement),
    certifiedIn: certificate === undefined ? null : quantityHex(certificate.block),
    certificate: certificate === undefined ? null : showCertificate(certificate.certificate),
  };
}

/** `judged` has the names and order of CHALLENGES' struct. */
function showChallenge({ number, judged, records, until, bond, openedIn }: ChallengeReport): Json {
  const { signers } = judged;
  return {
    certifiedIn: quantityHex(number),
    until: quantityHex(until),
    bond: quantityHex(bond),
    openedIn: openedIn === undefined ? null : quantityHex(openedIn),
    judged: {
      target: judged.contract,
      class: RESOURCE_CLASS_NAMES.indexOf(judged.resourceClass),
      orderingNumber: quantityHex(judged.orderingNumber),
      firstIndex: quantityHex(judged.firstIndex),
      lastIndex: quantityHex(judged.lastIndex),
      manifest: judged.manifestHash,
      preRoot: judged.preRoot,
      findings: judged.findings,
      signers: hashSigners(signers),
      stateAt: quantityHex(judged.stateAt),
      hosts: quantityHex(judged.hosts),
    },
    records,
    signers,
  };
}

function showStatement(statement: AttestationReport["attestations"][number]): Json {
  return {
    member: statement.member,
    diffHash: statement.diffHash,
    resultsHash: statement.resultsHash,
    gasUsed: quantityHex(statement.gasUsed),
    number: statement.number ?? null,
    signature: toHex(statement.signature),
  };
}

function showCertificate(certificate: ResultCertificate): Json {
  const head = {
    kind: certificate.kind,
    level: certificate.level,
    manifestHash: certificate.manifestHash,
    preRoot: certificate.preRoot,
  };
  if (certificate.kind === "diverged") {
    const { queueIndex, ...difference } = certificate.difference;
    return {
      ...head,
      attestations: certificate.attestations.map(showStatement),
      difference: { queueIndex: quantityHex(queueIndex), ...difference },
    };
  }
  return {
    ...head,
    calls: certificate.calls.map(showCertifiedCall),
    slots: certificate.slots,
    signers: toHex(certificate.signers),
    salts: certificate.salts.map(toHex),
    others: certificate.others.map((commitment) => commitment ?? null),
    numbers: certificate.numbers,
    signature: toHex(certificate.signature),
  };
}

function showCertifiedCall(call: CertifiedCall): Json {
  return {
    queueIndex: quantityHex(call.queueIndex),
    outcome: call.outcome,
    outputHash: call.outputHash,
    logs: call.logs.map(({ address, topics, data }) => ({ address, topics, data: toHex(data) })),
    gasUsed: quantityHex(call.gasUsed),
    haltCode: call.haltCode,
    result: toHex(call.result),
    messages: call.messages.map(({ to, value, gas, callbackGas, data }) => ({
      to,
      value: quantityHex(value),
      gas: quantityHex(gas),
      callbackGas: quantityHex(callbackGas),
      data: toHex(data),
    })),
  };
}
