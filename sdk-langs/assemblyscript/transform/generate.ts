import { hashSignature, selectorOf, signatureOf } from "./abi.ts";
import type { Contract, Field, Method, Record, Value } from "./model.ts";

/** Where the SDK's AssemblyScript half is imported from. */
export const SDK = "@delchain/assemblyscript/assembly";

/** Four topics are the most that a log has; the first is the event's hash. */
const INDEXED_FIELDS_MAX = 3;

/** The slot of a storage field is its place in the class, as in Solidity. */
export function generateField({ name, type }: Field, slot: number): string {
  return `${name}: ${type} = new ${type}(__abi_slotAt(${slot}));`;
}

function addAll(values: readonly Value[]): string {
  return values.map(({ name, language }) => `.add<${language}>(this.${name})`).join("");
}

/** The method that `emit` or `fail` calls on an instance of the class. */
export function generateRecord(record: Record): string {
  const { kind, name, fields } = record;
  if (kind === "error") {
    return `revertWithSelector(): void {
      const data = __abi_Encoder.withSelector(${selectorOf(name, fields)}, ${fields.length})${addAll(fields)}.finish();
      __abi_revertData(data.start, data.length);
    }`;
  }
  const indexed = fields.filter((field) => field.indexed);
  if (indexed.length > INDEXED_FIELDS_MAX) {
    throw new Error(
      `the event ${name} has ${indexed.length} indexed fields, a log takes ${INDEXED_FIELDS_MAX}`,
    );
  }
  const data = fields.filter((field) => !field.indexed);
  const hash = hashSignature(signatureOf(name, fields));
  const limbs = [0, 16, 32, 48].map((at) => `0x${hash.slice(at, at + 16)}`).join(", ");
  const topics = indexed.map(
    (field, i) =>
      `__abi_storeTopic<${field.language}>(log.start + ${32 * (i + 1)}, this.${field.name});`,
  );
  return `emitLog(): void {
    const log = new __abi_Encoder(${32 * (indexed.length + 1)}, ${data.length});
    log${addAll(data)};
    __abi_storeHash(log.start, ${limbs});
    ${topics.join("\n    ")}
    const bytes = log.finish();
    __abi_emit_log(bytes.start, bytes.length, ${indexed.length + 1});
  }`;
}

/** What generated members call, under names that no contract uses. */
export function generateImports(): string {
  return `import { Encoder as __abi_Encoder } from "${SDK}/abi";
import { storeHash as __abi_storeHash, storeTopic as __abi_storeTopic } from "${SDK}/abi";
import { emit_log as __abi_emit_log } from "${SDK}/host";
import { revertData as __abi_revertData } from "${SDK}/revert";
import { slotAt as __abi_slotAt } from "${SDK}/storage";
`;
}

function invocation(method: Method): string {
  const decode = method.inputs.map(({ language }, i) => `const a${i} = input.take<${language}>();`);
  const call = `contract.${method.name}(${method.inputs.map((_, i) => `a${i}`).join(", ")})`;
  const run =
    method.output === undefined ? `${call};` : `writeResult<${method.output.language}>(${call});`;
  const guard = method.mutability === "payable" ? "" : "refuseValue();";
  return `${guard} ${decode.join(" ")} ${run}`;
}

/** The module that Stylus' ABI wants: `user_entrypoint`, and `user_constructor` when there is an `@init`. */
export function generateEntry(contract: Contract, importPath: string): string {
  const cases = contract.methods.map(
    (method) =>
      `if (selector == ${selectorOf(method.name, method.inputs)}) { ${invocation(method)} return finish(); }`,
  );
  const receive =
    contract.hasReceive === undefined
      ? ""
      : `if (length == 0) { contract.${contract.hasReceive}(); return finish(); }`;
  const last =
    contract.hasFallback === undefined
      ? "revertEmpty(); return 1;"
      : `contract.${contract.hasFallback}(); return finish();`;
  const constructorEntry =
    contract.init === undefined
      ? ""
      : `export function user_constructor(length: i32): i32 {
  const calldata = readCalldata(length);
  const contract = new ${contract.name}();
  const input = new Decoder(calldata.start, length);
  ${invocation(contract.init)}
  return finish();
}`;
  return `import { Decoder, writeResult } from "${SDK}/abi";
import { Address } from "${SDK}/address";
import { Bytes, Bytes32 } from "${SDK}/bytes";
import { finish, readCalldata, refuseValue, selectorOf } from "${SDK}/entry";
import { revertEmpty } from "${SDK}/revert";
import { u256 } from "${SDK}/u256";
import { ${contract.name} } from "${importPath}";
export function user_entrypoint(length: i32): i32 {
  const calldata = readCalldata(length);
  const contract = new ${contract.name}();
  const selector = selectorOf(calldata);
  const input = new Decoder(calldata.start + 4, length - 4);
  ${receive}
  ${cases.join("\n  ")}
  ${last}
}
${constructorEntry}
`;
}
