import { instrument } from "../instrument/instrument.ts";
import { CONTRACT_LIMITS } from "../instrument/limits.ts";
import { METER_EXPORTS } from "../instrument/meterNames.ts";
import type { InstrumentPolicy } from "../instrument/policy.ts";
import { STACK_BYTES_PER_FRAME, TRANSACTION_PAGES } from "../limits.ts";
import { WEIGHTS } from "../weights.ts";

/** A contract's rules without its boundary: any import, any export. */
export const OPEN_POLICY: InstrumentPolicy = {
  limits: CONTRACT_LIMITS,
  weights: WEIGHTS,
  transactionPages: TRANSACTION_PAGES,
  checkBoundary: () => undefined,
};

/** An instrumented module, running, with its meter in reach. */
export class MeteredInstance {
  /** The instrumented module. */
  readonly bytes: Uint8Array;
  readonly exports: Readonly<Record<string, WebAssembly.ExportValue>>;

  constructor(
    module: Uint8Array,
    imports: WebAssembly.Imports = {},
    policy: InstrumentPolicy = OPEN_POLICY,
  ) {
    const bytes = instrument(module, policy) as Uint8Array<ArrayBuffer>;
    this.bytes = bytes;
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
    this.refill();
  }

  refill(ink: number = 2 ** 50, stackBytes: number = STACK_BYTES_PER_FRAME): void {
    this.set("gas", ink);
    this.set("stack", stackBytes);
    this.set("fault", 0);
  }

  get(name: keyof typeof METER_EXPORTS): number {
    return (this.exports[METER_EXPORTS[name]] as WebAssembly.Global).value as number;
  }

  set(name: keyof typeof METER_EXPORTS, value: number): void {
    (this.exports[METER_EXPORTS[name]] as WebAssembly.Global).value = value;
  }

  call(name: string, ...values: readonly (number | bigint)[]): unknown {
    return (this.exports[name] as (...values: readonly (number | bigint)[]) => unknown)(...values);
  }

  /** Ink that a call takes. */
  inkOf(name: string, ...values: readonly (number | bigint)[]): number {
    this.refill();
    const before = this.get("gas");
    this.call(name, ...values);
    return before - this.get("gas");
  }
}
