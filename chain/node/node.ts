import { availableParallelism } from "node:os";
import type { Address, DriverStatus } from "@delchain/runtime";
import type { KnownBlock } from "../rpc/backend.ts";
import { startRpc } from "../rpc/server.ts";
import { DEVNET_ACCOUNTS } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { Attester, type AttesterParts } from "./attester.ts";
import { chooseBls } from "./bls.ts";
import type { MessageCounts, Opened, Produced } from "./chainAnswers.ts";
import { ChainClock } from "./chainClock.ts";
import { monotonicMs } from "./clock.ts";
import { ConsoleHistory } from "./console.ts";
import { type DataFolder, openDataFolder } from "./dataFolder.ts";
import { devnetMembers } from "./devnetMembers.ts";
import { type ExecutorClient, startExecutor } from "./executorClient.ts";
import { Explainer } from "./explainer.ts";
import { HostDuties } from "./hostDuties.ts";
import type { Hosting } from "./hosting.ts";
import { startHosting } from "./hostingClient.ts";
import { Intake } from "./intake.ts";
import { createLog, type Log, type LogLevel } from "./log.ts";
import { NodeBackend } from "./nodeBackend.ts";
import { NodeCheats } from "./nodeCheats.ts";
import { OrderedCalls } from "./orderedCalls.ts";
import { Producer } from "./producer.ts";
import { PublishedSources } from "./publishedSources.ts";
import { ReaderPool } from "./readerPool.ts";
import { RecoveryPool } from "./recoveryPool.ts";
import { selectContent } from "./selectContent.ts";
import { MemoryNetwork } from "./transport.ts";
import { FileWordJournal } from "./wordJournal.ts";

export type NodeConfig = {
  readonly spec: ChainSpec;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** `undefined`: a folder for this run alone, removed at the end. */
  readonly dataFolder: string | undefined;
  /** Where images lie that an engine may lack. */
  readonly imageFolder: string;
  /** What the Docker engine runs containers with, by its name for it; its default unless given. */
  readonly containerRuntime?: string;
  /** Milliseconds between blocks; `undefined`: a block at once when there is work. */
  readonly intervalMs: number | undefined;
  readonly logLevel: LogLevel;
};

export type BlockSummary = {
  readonly number: bigint;
  readonly hash: string;
  readonly transactions: number;
  readonly ordered: number;
  readonly certificates: number;
  readonly gasUsed: bigint;
};

export type RunningNode = {
  readonly url: string;
  readonly chainId: bigint;
  readonly dataFolder: string;
  /** Which of several ways this machine uses, and why. */
  readonly choices: readonly { readonly what: string; readonly choice: string }[];
  readonly drivers: readonly DriverStatus[];
  head(): { readonly number: bigint; readonly hash: string };
  onBlock(listener: (block: BlockSummary) => void): void;
  /** Resolves with the reason when the node can no longer go on; `close` it then. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
};

/** Signature recovery is most of a transaction's cost: a thread of its own, two where there are cores. */
const RECOVERY_THREADS: number = availableParallelism() > 4 ? 2 : 1;
const READER_THREADS: number = Math.min(4, Math.max(1, availableParallelism() - 1));

/**
 * Puts a node together: the one place that knows every part and every join. Reading it from top to bottom is
 * reading what a node is.
 */
export async function startNode(config: NodeConfig): Promise<RunningNode> {
  // Closed last to first: what started later stands on what started earlier.
  const started = new AsyncDisposableStack();
  try {
    return await startParts(config, started);
  } catch (error) {
    // Why it did not start says more than what then did not close.
    await started.disposeAsync().catch(() => undefined);
    throw error;
  }
}

async function startParts(config: NodeConfig, started: AsyncDisposableStack): Promise<RunningNode> {
  const folder = openDataFolder(config.dataFolder);
  started.defer(folder.dispose);
  const failure = Promise.withResolvers<Error>();
  const threads = await startThreads(config, folder, started, failure.resolve);
  const core = await joinCore(config, folder, threads, started);
  const { backend, log } = core;
  const { executor, recovery, hosting, bls } = threads;
  const { host, port } = config;
  const rpc = await startRpc({ backend, host, port, log, nowMs: monotonicMs });
  started.defer(() => rpc.close());
  // The port and the folder are ours now, and so is every container with our label.
  await hosting.reconcile();
  core.attester.start();
  core.duties.resume(await executor.call("staged", undefined));
  core.producer.wake();
  return {
    url: rpc.url,
    chainId: config.spec.chainId,
    dataFolder: folder.path,
    choices: [
      { what: "signatures", choice: recovery.backend.name },
      { what: "BLS", choice: `${bls.bls.name} (${bls.reason})` },
    ],
    drivers: await hosting.drivers(),
    head: () => ({ number: backend.head().header.number, hash: backend.head().hash }),
    onBlock: (listener) => {
      backend.subscribe((event) => {
        if (event.type === "block") listener(summaryOf(event.block));
      });
    },
    failed: failure.promise,
    close: () => started.disposeAsync(),
  };
}

type Threads = {
  readonly executor: ExecutorClient;
  readonly opened: Opened;
  readonly recovery: RecoveryPool;
  readonly readers: ReaderPool;
  readonly hosting: Hosting;
  readonly printed: ConsoleHistory;
  readonly bls: ReturnType<typeof chooseBls>;
};

/**
 * One thread owns the database and executes; the others recover signers, answer queries and run containers. All
 * start at once; what did start is in `started` when one of them fails.
 */
async function startThreads(
  config: NodeConfig,
  folder: DataFolder,
  started: AsyncDisposableStack,
  onFailure: (error: Error) => void,
): Promise<Threads> {
  const { spec } = config;
  const printed = new ConsoleHistory();
  const executor = startExecutor({ path: folder.chain, spec }, printed, onFailure);
  started.defer(() => executor.close());
  const readers = new ReaderPool(spec, executor.connect, { size: READER_THREADS, printed });
  started.defer(() => readers.close());
  const starting = [
    executor.call("opened", undefined),
    RecoveryPool.start(RECOVERY_THREADS, { onFailure }).then((pool) => {
      started.defer(() => pool.close());
      return pool;
    }),
  ] as const;
  const { imageFolder, containerRuntime } = config;
  const label = nodeLabel(config, folder);
  const hosted = { label, imageFolder, containerRuntime, dataFolder: folder.path };
  const hosting = startHosting(hosted, executor.connect, printed, onFailure);
  started.defer(() => hosting.close());
  await Promise.allSettled(starting);
  const [opened, recovery] = await Promise.all(starting);
  return { executor, opened, recovery, readers, hosting, printed, bls: chooseBls() };
}

type Core = {
  readonly log: Log;
  readonly attester: Attester;
  readonly duties: HostDuties;
  readonly intake: Intake;
  readonly backend: NodeBackend;
  readonly producer: Producer;
};

/** The main thread's parts, and what each tells the others. */
async function joinCore(
  config: NodeConfig,
  folder: DataFolder,
  threads: Threads,
  started: AsyncDisposableStack,
): Promise<Core> {
  const { spec } = config;
  const { executor, opened, recovery, readers, hosting, bls } = threads;
  const log = createLog(config.logLevel);
  log.info({ signatures: recovery.backend, bls: bls.bls.name, reason: bls.reason }, "starting");
  const ordered = new OrderedCalls(spec.chainId);
  for (const { ordering, calls } of opened.waiting) ordered.add(ordering, calls);
  const explainer = openExplainer(threads, log);
  const onCertified = () => producer.wake();
  const onDiverged: AttesterParts["onDiverged"] = (call, batch) => explainer.explain(call, batch);
  const onConflict: AttesterParts["onConflict"] = (conflict) => duties.report(conflict);
  const tells = { onCertified, onDiverged, onConflict, log };
  const attester = await openAttester(config, folder, threads, started, tells);
  // Before anything makes a block, whose calls would stand before these.
  attester.resume(opened);
  const onPending = (transaction: SignedTransaction) => {
    backend.emit({ type: "pendingTransaction", transaction });
    producer.wake();
  };
  const { head } = opened;
  const { journal } = folder;
  const taken = { spec, recovery, executor, ordered, journal, head, onPending, log };
  const intake = await Intake.open(taken);
  started.defer(() => intake.close());
  const parts = { intake, ordered, attester, explainer };
  const backend = await newBackend(spec, folder, threads, parts);
  const duties = openDuties(spec, threads, backend, log);
  let waiting: MessageCounts = opened;
  const clock = new ChainClock(spec.cheats ? head.block.header.timestamp : 0n);
  const producer = new Producer({
    producer: DEVNET_ACCOUNTS[0] as Address,
    intervalMs: config.intervalMs,
    nextTimestamp: () => clock.take(),
    selectContent: () => {
      const { number } = backend.head().header;
      const time = { number: number + 1n, timestamp: clock.next };
      return selectContent(intake, attester, spec, time, waiting.messages > 0);
    },
    hasCalls: () => attester.hasCalls || waiting.heldMessages > 0,
    produce: async (request) => {
      const produced = await executor.call("produce", request);
      waiting = produced;
      follow(produced, { ordered, intake, attester, backend });
      duties.follow(produced.block);
    },
    setAside: ({ certificates, transactions, orders }, error) => {
      intake.setAside([...transactions, ...orders], error);
      for (const { certificate } of certificates) attester.refuse(certificate, String(error));
    },
    log,
  });
  const rewind = async (block: bigint): Promise<void> => {
    const rewound = await executor.call("rewind", block);
    const { head: earlier } = rewound;
    waiting = rewound;
    await Promise.all([readers.forget(), hosting.forget()]);
    await intake.reset(earlier);
    backend.rewind(earlier);
    duties.forget();
    duties.resume(await executor.call("staged", undefined));
  };
  if (spec.cheats) {
    backend.cheats = new NodeCheats({ spec, producer, clock, ordered, backend, rewind });
  }
  started.defer(() => duties.close());
  started.defer(() => producer.close());
  started.defer(() => attester.close());
  return { log, attester, duties, intake, backend, producer };
}

function openExplainer({ hosting, printed }: Threads, log: Log): Explainer {
  return new Explainer({ hosting, tell: tellAuthor(printed), log });
}

/** Puts a text among what the contract prints, where its author looks. */
function tellAuthor(printed: ConsoleHistory): (contract: Address, text: string) => void {
  return (contract, text) => printed.add({ contract, during: "container call", text });
}

/** Runs the members of this node's hosts; on a devnet they are alone, and their network has nobody else. */
async function openAttester(
  { spec }: NodeConfig,
  folder: DataFolder,
  { executor, hosting, bls }: Threads,
  started: AsyncDisposableStack,
  tells: Pick<AttesterParts, "onCertified" | "onDiverged" | "onConflict" | "log">,
): Promise<Attester> {
  const journal = await FileWordJournal.open(folder.words);
  started.defer(() => journal.close());
  return new Attester({
    spec,
    bls: bls.bls,
    members: devnetMembers(spec),
    hosting,
    transport: new MemoryNetwork().join(),
    journal,
    factsOf: (contract) => executor.call("factsOf", contract),
    balanceOf: async (address, block) =>
      (await executor.call("account", { address, block }))?.balance ?? 0n,
    randomnessOf: (number) => executor.call("randomness", number),
    contestedOf: (contract) => executor.call("contested", contract),
    ...tells,
  });
}

function openDuties(
  spec: ChainSpec,
  { executor, hosting, printed }: Threads,
  backend: NodeBackend,
  log: Log,
): HostDuties {
  return new HostDuties({
    spec,
    members: devnetMembers(spec),
    hosting,
    query: (from, to, duty) => backend.estimate(from, to, duty),
    nextNonce: (account) => backend.transactionCount(account, "pending"),
    baseFee: () => backend.head().nextBaseFee,
    submit: (raw) => backend.submit(raw),
    auditable: (number) => executor.call("auditable", number),
    bondOf: (contract) => executor.call("challengeBond", contract),
    testOf: (staged, hosts) => executor.call("stagingTest", { staged, hosts }),
    tell: tellAuthor(printed),
    log,
  });
}

async function newBackend(
  spec: ChainSpec,
  folder: DataFolder,
  { executor, readers, hosting, printed, opened }: Threads,
  parts: Pick<Core, "intake" | "attester"> & {
    readonly ordered: OrderedCalls;
    readonly explainer: Explainer;
  },
): Promise<NodeBackend> {
  return new NodeBackend(
    {
      ...parts,
      spec,
      clientVersion: clientVersion(),
      executor,
      readers,
      hosting,
      sources: await PublishedSources.open(folder.sources, spec.chainId),
      // Elsewhere a contract that prints is refused.
      printed: spec.network === "devnet" ? printed : undefined,
    },
    opened.head,
  );
}

/** What a block that is final and on disk means to each part. */
function follow(
  produced: Produced,
  {
    ordered,
    intake,
    attester,
    backend,
  }: Pick<Core, "intake" | "attester" | "backend"> & {
    readonly ordered: OrderedCalls;
  },
): void {
  const { block, calls, refused } = produced;
  const { header, extension } = block.block;
  const { containerBaseFee } = extension;
  const ordering = { hash: block.hash, header, containerBaseFee };
  ordered.settle(block);
  ordered.add(ordering, calls);
  intake.advance(produced);
  for (const { certificate, reason, isTemporary } of refused) {
    if (certificate && !isTemporary) attester.refuse(certificate, reason);
  }
  attester.settle(block);
  attester.contest(header.number, produced.contested);
  attester.accept(ordering, calls);
  // Last, because it tells listeners, who may throw.
  backend.advance(block);
}

/**
 * What this node's containers are known by. A folder or a port belongs to one process at a time, so whoever holds
 * it may remove what carries its name.
 */
function nodeLabel(
  { dataFolder, host, port }: Pick<NodeConfig, "dataFolder" | "host" | "port">,
  folder: DataFolder,
): string {
  return dataFolder === undefined && port !== 0 ? `${host}:${port}` : folder.path;
}

function summaryOf({ hash, block }: KnownBlock): BlockSummary {
  return {
    number: block.header.number,
    hash,
    transactions: block.transactions.length,
    ordered: block.orders.length,
    certificates: block.certificates.length,
    gasUsed: block.header.gasUsed,
  };
}

function clientVersion(): string {
  const [major] = process.versions.node.split(".");
  return `DelChain/v0.1.0/${process.platform}-${process.arch}/node${major}`;
}
