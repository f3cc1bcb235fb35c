// What a contract finds around it beside the language: `types` of a contract's tsconfig names this file.

declare const console: {
  /** For the developer's eyes: `delchain logs` shows it, and no result has it. */
  log(...values: readonly unknown[]): void;
  info(...values: readonly unknown[]): void;
  debug(...values: readonly unknown[]): void;
  warn(...values: readonly unknown[]): void;
  error(...values: readonly unknown[]): void;
};

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(data?: Uint8Array): string;
}

// For the SDK's own use: a contract that imports it is refused.
declare module "node:crypto" {
  function createHash(name: "keccak-256"): {
    update(data: Uint8Array): { digest(): Uint8Array };
  };
}
