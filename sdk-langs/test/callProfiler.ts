import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  addProfile,
  loadProjectLines,
  type ProfileSum,
  type ProjectLines,
  type RpcProfile,
} from "@delchain/toolchain";
import {
  type Address,
  BaseError,
  type Hash,
  type Hex,
  MethodNotSupportedRpcError,
  numberToHex,
} from "viem";

/** The folder that `delchain gas` and `test --coverage` collect profiles from; without it nothing is profiled. */
const FOLDER_VARIABLE = "DELCHAIN_PROFILE_FOLDER";

export type ProfiledCall = {
  readonly from: Address;
  readonly to?: Address;
  readonly data: Hex;
  readonly value?: bigint | undefined;
  readonly gas?: bigint | undefined;
};

type Request = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** Profiles of the calls of this process, over all of its chains. */
const recorded: ProfileSum = {};

/** Runs calls of one chain again to see where they went: for reports, and for errors that say where they come from. */
export class CallProfiler {
  readonly #root: string;
  readonly #request: Request;
  #known: ProjectLines | undefined;

  constructor(root: string, request: Request) {
    this.#root = root;
    this.#request = request;
  }

  get #lines(): ProjectLines {
    this.#known ??= loadProjectLines(this.#root);
    return this.#known;
  }

  async recordTransaction(hash: Hash): Promise<void> {
    if (!isRecording()) return;
    this.#record(await this.#tell("debug_traceTransaction", [hash, this.#lines.options]));
  }

  async recordCall(call: () => ProfiledCall): Promise<void> {
    if (isRecording()) this.#record(await this.#call(call()));
  }

  /** The error of a call that reverted, with the source lines that it went through. */
  async traced(error: Error, call: ProfiledCall): Promise<Error> {
    if (!(error instanceof BaseError)) return error;
    const profile = await this.#call(call).catch(() => undefined);
    if (profile === undefined) return error;
    if (isRecording()) this.#record(profile);
    const trace = this.#lines.trace(profile.failure);
    // Without a single line it says no more than the error does.
    if (!trace.some((one) => one.endsWith(")"))) return error;
    return withTrace(error, trace);
  }

  /** Writes down what was recorded so far, for the report over all processes. */
  save(): void {
    const folder = process.env[FOLDER_VARIABLE];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(recorded));
  }

  #record(profile: RpcProfile | undefined): void {
    if (profile !== undefined) addProfile(recorded, this.#lines, profile);
  }

  #call({ value, gas, ...call }: ProfiledCall): Promise<RpcProfile | undefined> {
    const request = {
      ...call,
      ...(value !== undefined && { value: numberToHex(value) }),
      ...(gas !== undefined && { gas: numberToHex(gas) }),
    };
    return this.#tell("debug_traceCall", [request, "latest", this.#lines.options]);
  }

  async #tell(method: string, params: readonly unknown[]): Promise<RpcProfile | undefined> {
    try {
      return (await this.#request(method, params)) as RpcProfile;
    } catch (error) {
      // A container's call runs on its hosts, and no node runs it again.
      const isRefused = (cause: unknown) => cause instanceof MethodNotSupportedRpcError;
      if (error instanceof BaseError && error.walk(isRefused) !== null) return undefined;
      throw error;
    }
  }
}

function isRecording(): boolean {
  return process.env[FOLDER_VARIABLE] !== undefined;
}

/** At the end of what the error says, and of what the test runner shows of it. */
function withTrace(error: Error, trace: readonly string[]): Error {
  const lines = trace.map((one) => `  ${one}`).join("\n");
  const message = `${error.message}\n\nSource:\n${lines}`;
  const { stack } = error;
  if (stack !== undefined) error.stack = stack.replace(error.message, () => message);
  error.message = message;
  return error;
}
