import { assert, Unavailable } from "../types/errors.ts";
import { type BootFiles, INI_PATH, SCRIPT_PATH } from "./bootFiles.ts";
import { Interpreter, type Snapshot } from "./interpreter.ts";
import { RandomStream } from "./randomStream.ts";
import { CLOCK_STEP, MESSAGES, type Surroundings } from "./surroundings.ts";

/** Guest::READY, and two bytes that only a bridge for bytes of any value brings through. */
const READY = Uint8Array.of(MESSAGES.ready, 0x00, 0xff);
const BOOT_TIME: bigint = 1_000_000_000n * 1_000_000_000n;
const BOOT_STACK_BYTES: number = 1024 * 1024;
const ZERO_WORD = new Uint8Array(32);
/** More than any boot takes, and exact as a double. */
const BOOT_INK: number = 2 ** 50;

/** Unwinds the interpreter in the middle of its first script, with all its classes loaded. */
class Booted extends Error {
  override readonly name = "Booted";
}

/** The same for every boot of every machine: a clock that begins at one time, one stream of chance. */
class BootSurroundings implements Surroundings {
  printed = "";
  readonly #files: BootFiles;
  readonly #random = new RandomStream(ZERO_WORD);
  #now = BOOT_TIME;

  constructor(files: BootFiles) {
    this.#files = files;
  }

  message(message: Uint8Array): never {
    if (READY.every((byte, i) => message[i] === byte)) throw new Booted("the interpreter is ready");
    throw new Unavailable("php", `the interpreter says ${message.length} bytes before it is ready`);
  }

  print(bytes: Uint8Array): void {
    this.printed += Buffer.from(bytes).toString();
  }

  now(): bigint {
    this.#now += CLOCK_STEP;
    return this.#now;
  }

  random(length: number): Uint8Array {
    return this.#random.take(length);
  }

  file(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }
}

/**
 * The state of an interpreter that has loaded the SDK and waits, inside a request, for its first contract. The same
 * module and files give the same bytes on every machine.
 */
export function bootSnapshot(module: WebAssembly.Module, files: BootFiles): Snapshot {
  const surroundings = new BootSurroundings(files);
  const guest = new Interpreter(module, surroundings);
  guest.ink = BOOT_INK;
  guest.stackLeft = BOOT_STACK_BYTES;
  const { exports } = guest;
  exports.__wasm_call_ctors();
  exports.wasm_set_phpini_path(guest.writeText(INI_PATH));
  exports.php_wasm_init();
  exports.wasm_set_path_translated(guest.writeText(SCRIPT_PATH));
  try {
    exports.wasm_sapi_handle_request();
  } catch (thrown) {
    assert(thrown instanceof Booted, `the interpreter boots: ${String(thrown)}`);
    return guest.snapshot();
  }
  throw new Unavailable("php", `the interpreter ended while it booted: ${surroundings.printed}`);
}
