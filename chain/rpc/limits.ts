/** What one server gives at most. Each has its reason; a test reaches each. */
export type RpcLimits = {
  /** HTTP body and WebSocket message, in bytes. */
  readonly bodyBytes: number;
  /** How long the rest of a body over `bodyBytes` is read and dropped, in milliseconds. */
  readonly discardMs: number;
  readonly batchEntries: number;
  /** Entries of one batch that run at a time. */
  readonly batchConcurrency: number;
  /** One answer, single or batch, in bytes of JSON. */
  readonly responseBytes: number;
  readonly httpConnections: number;
  readonly sockets: number;
  /** Messages of one WebSocket that run at a time; more wait in the kernel's buffer. */
  readonly socketMessages: number;
  readonly subscriptionsPerSocket: number;
  /** What waits for a slow reader of one WebSocket, in bytes, before it is cut off. */
  readonly socketBufferBytes: number;
  /** How often a WebSocket is pinged, and how long it may take to answer, in milliseconds. */
  readonly pingMs: number;
  /** Polling filters of all clients together. */
  readonly filters: number;
  /** How long a filter lives that nobody polls, in milliseconds. */
  readonly filterIdleMs: number;
  /** Pending transaction hashes kept for filters that poll slowly. */
  readonly pendingBacklog: number;
  /** Blocks that one log query may span. */
  readonly logBlocks: number;
  /** Logs that one log query may answer. */
  readonly logs: number;
  /** Addresses, and alternatives at each topic position, of one log filter. */
  readonly filterAlternatives: number;
  readonly feeHistoryBlocks: number;
  readonly feeHistoryPercentiles: number;
  /** How long `close` waits for answers under way, in milliseconds. */
  readonly closeMs: number;
};

export const RPC_LIMITS: RpcLimits = {
  // A 640 KiB transaction is 1.25 MiB of hex; 5 MiB leaves room for three in a batch, and is what geth takes.
  bodyBytes: 5 * 1024 * 1024,
  // 100 MB at 10 MB/s.
  discardMs: 10_000,
  // What Ethereum's nodes take in one batch.
  batchEntries: 1_000,
  // Enough to keep the reader pool busy, little enough that one batch does not fill its queue.
  batchConcurrency: 16,
  // geth's limit of a batch answer.
  responseBytes: 25 * 1024 * 1024,
  // Under the usual 1,024 or 4,096 open files of a process.
  httpConnections: 2_000,
  sockets: 1_000,
  socketMessages: 32,
  subscriptionsPerSocket: 128,
  // More than one largest answer, so that a reader that takes part in the traffic is never cut off by one.
  socketBufferBytes: 32 * 1024 * 1024,
  // Under the minute after which proxies close what is silent.
  pingMs: 30_000,
  // A filter is some hundred bytes, and lives for minutes.
  filters: 2_000,
  // geth's five minutes.
  filterIdleMs: 5 * 60 * 1000,
  pendingBacklog: 16_384,
  // Headers come by hundreds in a read, so that an empty range of this length takes some tens of milliseconds.
  logBlocks: 10_000,
  logs: 10_000,
  filterAlternatives: 1_000,
  feeHistoryBlocks: 1_024,
  feeHistoryPercentiles: 100,
  closeMs: 5_000,
};

/** Slots that one request has proved: each is some ten nodes of half a kilobyte. As geth's. */
export const PROOF_SLOTS_MAX = 1_024;

/** Accounts that one call overrides, and slots of each: what a body of the largest size would hold fifty of. */
export const OVERRIDES_MAX = 1_024;
