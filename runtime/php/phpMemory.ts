import type { Interpreter } from "./interpreter.ts";

// Where the pinned interpreter (PHP 8.4.25 for wasm32, integers of 64 bits) has what a profile asks for: found in its
// memory, and tried each time a profile begins (profiledInterpreter.ts). The structures are those of Zend/zend_types.h,
// zend_compile.h, zend.h and zend_globals.h of that version; names in comments are theirs.

/** `execute_ex`, whose loop begins each operation of PHP code: the index of a function. */
export const EXECUTE_LOOP = 18_869;
/** Of its marks (runtime/wasm/instrument/marks.ts), the one before the call that carries an operation out. */
export const OPERATION_MARK = 18;

/** `executor_globals`: function_table, class_table, current_execute_data. */
const FUNCTIONS = 15_554_380;
const CLASSES = 15_554_384;
const FRAME = 15_554_408;

/** zend_execute_data: opline, func, prev_execute_data. */
const [FRAME_OPERATION, FRAME_FUNCTION, FRAME_BELOW] = [0, 12, 32];
/** zend_op: lineno, opcode. */
const [OPERATION_BYTES, OPERATION_LINE, OPERATION_CODE] = [28, 20, 24];
/** zend_op_array. */
const FUNCTION = {
  type: 0,
  flags: 4,
  name: 8,
  last: 60,
  operations: 64,
  file: 100,
  firstLine: 104,
  lastLine: 108,
  innerCount: 116,
  inner: 124,
} as const;
/** ZEND_USER_FUNCTION and ZEND_USER_CLASS. */
const WRITTEN_IN_PHP = 2;
/** ZEND_ACC_ABSTRACT. */
const ABSTRACT = 1 << 6;
/** zend_class_entry: type, function_table. */
const [CLASS_TYPE, CLASS_FUNCTIONS] = [0, 40];
/** zend_array: arData, nNumUsed; Bucket: val, whose type is IS_UNDEF where an entry was taken out. */
const [TABLE_ENTRIES, TABLE_USED] = [16, 20];
const [ENTRY_BYTES, ENTRY_TYPE] = [32, 8];
/** zend_string: len, val. */
const [TEXT_LENGTH, TEXT_BYTES] = [16, 20];

/** ZEND_VERIFY_RETURN_TYPE. */
const VERIFY_RETURN = 124;

/** An operation that PHP code is at; pointers are numbers, and texts are read with `textAt`. */
export type RunningOperation = {
  readonly line: number;
  /** Its place in its function. */
  readonly place: number;
  /** 0 in code outside of functions. */
  readonly name: number;
  readonly file: number;
};

/** A function that PHP has compiled. */
export type CompiledPhp = {
  readonly name: string;
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
  /** Lines that have operations, its closures' among them; what PHP adds at its end is left out. */
  readonly lines: readonly number[];
};

/** What the loop is about to carry out. */
export function runningOperation(guest: Interpreter): RunningOperation {
  const frame = guest.readU32(FRAME);
  const operation = guest.readU32(frame + FRAME_OPERATION);
  const code = guest.readU32(frame + FRAME_FUNCTION);
  return {
    line: guest.readU32(operation + OPERATION_LINE),
    place: (operation - guest.readU32(code + FUNCTION.operations)) / OPERATION_BYTES,
    name: guest.readU32(code + FUNCTION.name),
    file: guest.readU32(code + FUNCTION.file),
  };
}

/** The files of the functions that are open, the innermost first; pointers, 0 for a function in C. */
export function* openFiles(guest: Interpreter): Generator<number> {
  for (let frame = guest.readU32(FRAME); frame !== 0; frame = guest.readU32(frame + FRAME_BELOW)) {
    const code = guest.readU32(frame + FRAME_FUNCTION);
    if (code === 0) continue;
    const isPhp = (guest.readU32(code + FUNCTION.type) & 0xff) === WRITTEN_IN_PHP;
    yield isPhp ? guest.readU32(code + FUNCTION.file) : 0;
  }
}

/** A `zend_string`; it costs no gas, for this is no part of a call. */
export function textAt(guest: Interpreter, pointer: number): string {
  if (pointer === 0) return "";
  return guest.view(pointer + TEXT_BYTES, guest.readU32(pointer + TEXT_LENGTH)).toString();
}

/** The functions that have been compiled so far, and the methods of classes, each once. */
export function compiledFunctions(guest: Interpreter): readonly CompiledPhp[] {
  const found = new Map<number, CompiledPhp>();
  const add = (code: number): void => {
    if ((guest.readU32(code + FUNCTION.type) & 0xff) !== WRITTEN_IN_PHP) return;
    if ((guest.readU32(code + FUNCTION.flags) & ABSTRACT) !== 0) return;
    // A class has its parent's methods, with their operations.
    found.set(guest.readU32(code + FUNCTION.operations), compiledFunction(guest, code));
  };
  for (const code of entries(guest, guest.readU32(FUNCTIONS))) add(code);
  for (const type of entries(guest, guest.readU32(CLASSES))) {
    if ((guest.readU32(type + CLASS_TYPE) & 0xff) !== WRITTEN_IN_PHP) continue;
    for (const code of entries(guest, type + CLASS_FUNCTIONS)) add(code);
  }
  return [...found.values()];
}

function compiledFunction(guest: Interpreter, code: number): CompiledPhp {
  return {
    name: textAt(guest, guest.readU32(code + FUNCTION.name)),
    file: textAt(guest, guest.readU32(code + FUNCTION.file)),
    firstLine: guest.readU32(code + FUNCTION.firstLine),
    lastLine: guest.readU32(code + FUNCTION.lastLine),
    lines: [...new Set(linesOf(guest, code))].sort((left, right) => left - right),
  };
}

function* linesOf(guest: Interpreter, code: number): Generator<number> {
  const operations = guest.readU32(code + FUNCTION.operations);
  const at = (i: number): number => operations + i * OPERATION_BYTES;
  // Every function ends with a return that PHP adds, and checks its type where it has one.
  let count = guest.readU32(code + FUNCTION.last) - 1;
  const before = guest.readU32(at(count - 1) + OPERATION_CODE) & 0xff;
  if (count > 0 && before === VERIFY_RETURN) count--;
  for (let i = 0; i < count; i++) yield guest.readU32(at(i) + OPERATION_LINE);
  const inner = guest.readU32(code + FUNCTION.inner);
  for (let i = 0; i < guest.readU32(code + FUNCTION.innerCount); i++) {
    yield* linesOf(guest, guest.readU32(inner + 4 * i));
  }
}

/** The pointers that a hash table holds. */
function* entries(guest: Interpreter, table: number): Generator<number> {
  const first = guest.readU32(table + TABLE_ENTRIES);
  for (let i = 0; i < guest.readU32(table + TABLE_USED); i++) {
    const entry = first + i * ENTRY_BYTES;
    if ((guest.readU32(entry + ENTRY_TYPE) & 0xff) !== 0) yield guest.readU32(entry);
  }
}
