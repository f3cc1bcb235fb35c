// What launcher and isolate say to each other. The other way go bytes: the CALL's body, and each HOSTREPLY's.

/** What an isolate tells the launcher. */
export type FromIsolate =
  /** The contract is loaded. */
  | { readonly kind: "ready" }
  /** The body of a HOSTCALL; the isolate sleeps until the reply is there. */
  | { readonly kind: "hostCall"; readonly body: Uint8Array }
  /** The body of the RESULT. */
  | { readonly kind: "result"; readonly body: Uint8Array }
  /** The contract cannot be loaded. */
  | { readonly kind: "refused"; readonly reason: string };

/** What an isolate starts with. */
export type IsolateData = {
  /** The URL of the module that exports the contract. */
  readonly contract: string;
  /** One number: not 0 when a message waits for the isolate. */
  readonly bell: Int32Array;
};
