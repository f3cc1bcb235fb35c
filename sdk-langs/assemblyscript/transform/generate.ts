import { hashSignature, selectorOf, signatureOf } from "./abi.ts";
import type { Codec } from "./codec.ts";
import type { Contract, Field, Method, Record } from "./model.ts";
import { type Value, wordsOfAll } from "./types.ts";

/** Where the SDK's AssemblyScript half is imported from. */
export const SDK = "@delchain/assemblyscript/assembly";

/** Four topics are the most that a log has; the first is the event's hash. */
const INDEXED_FIELDS_MAX = 3;

/** A field of a contract with its slot; `base` is the slot that a `@stored` class begins at. */
export function generateField({ name, storage, place }: Field, base?: string): string {
  // What shares a slot must leave its neighbours alone.
  const type = place.isShared
    ? storage.language.replace(/^Cell</, "__abi_PackedCell<")
    : storage.language;
  const at =
    base === undefined ? `__abi_slotAt(${place.slot})` : `__abi_slotPlus(${base}, ${place.slot})`;
  const isFull = place.offset === 0 && storage.width === 32;
  const rest = isFull ? "" : `, ${place.offset}, ${storage.width}`;
  return `${name}: ${type} = new ${type}(${at}${rest});`;
}

/** What makes a `@stored` class storage like any other. */
export function generateStored(fields: readonly Field[], slots: number): string[] {
  const clear = fields.map((field) => `this.${field.name}.clear();`).join(" ");
  return [
    `constructor(private readonly __abi_base: __abi_Bytes32, offset: i32 = 0, width: i32 = 32) {}`,
    ...fields.map((field) => generateField(field, "this.__abi_base")),
    `clear(): void { ${clear} }`,
    "isPacked(): bool { return false; }",
    `slots(): u64 { return ${slots}; }`,
  ];
}

/** The methods that `emit` or `fail` call on an instance of the class. Throws an `Error` for too many topics. */
export function generateRecord(record: Record, codec: Codec): string {
  const { kind, name, fields } = record;
  if (kind === "error") {
    return `revertWithSelector(): void {
      const data = __abi_Encoder.withSelector(${selectorOf(name, fields)}, ${wordsOfAll(fields)});
      ${codec.putAll(fields, "data", "this.")}
      const bytes = data.finish();
      __abi_revertData(bytes.start, bytes.length);
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
  const topics = indexed.map((field, i) => generateTopic(field, i, name));
  return `emitLog(): void {
    const log = new __abi_Encoder(${32 * (indexed.length + 1)}, ${wordsOfAll(data)});
    ${codec.putAll(data, "log", "this.")}
    __abi_storeHash(log.start, ${limbs});
    ${topics.join("\n    ")}
    const bytes = log.finish();
    __abi_emit(bytes, ${indexed.length + 1});
  }`;
}

function generateTopic({ name, type }: Value, index: number, event: string): string {
  if (type.kind === "array" || type.kind === "struct") {
    throw new Error(
      `the event ${event} indexes ${name}, and an array or a struct has no topic here; index its hash`,
    );
  }
  return `__abi_storeTopic<${type.language}>(log.start + ${32 * (index + 1)}, this.${name});`;
}

/** How a `@struct` or `@results` class is read from and written to its words. */
export function generateStruct(name: string, fields: readonly Value[], codec: Codec): string[] {
  const taken = fields.map(({ type }) => codec.take(type, "from")).join(", ");
  return [
    `static __abi_take(from: __abi_Decoder): ${name} { return new ${name}(${taken}); }`,
    `__abi_put(to: __abi_Encoder): void { ${codec.putAll(fields, "to", "this.")} }`,
  ];
}

/** A method of a `@remote` class: it calls, and reverts as the target does; `try_…` says what the call came to. */
export function generateRemote(method: Method, codec: Codec): string[] {
  const { name, inputs, outputs, returnsFields, mutability } = method;
  const value = mutability === "payable" ? ["value: __abi_u256"] : [];
  const parameters = [...inputs.map((one) => `${one.name}: ${one.type.language}`), ...value];
  const call = `const call = __abi_Encoder.withSelector(${selectorOf(name, inputs)}, ${wordsOfAll(inputs)});
    ${codec.putAll(inputs, "call", "")}`;
  const sent = value.length === 0 ? "__abi_u256.ZERO" : "value";
  const rest = `this.address, call, ${sent}, ${mutability === "view"}`;
  const [output] = outputs;
  if (returnsFields) throw new Error(`${name}: a @remote method returns one value, not @results`);
  const result = output === undefined ? "void" : output.type.language;
  const decode = output === undefined ? "" : `return ${codec.take(output.type, "results")};`;
  return [
    `${name}(${parameters.join(", ")}): ${result} {
    ${call}
    const results = __abi_demand(${rest});
    ${decode}
  }`,
    `try_${name}(${parameters.join(", ")}): __abi_Outcome {
    ${call}
    return __abi_attempt(${rest});
  }`,
  ];
}

/** What generated code calls, under names that no contract uses. */
export function generateImports(): string {
  const names: readonly (readonly [string, string])[] = [
    ["abi", "Decoder Encoder storeHash storeTopic writeOutput"],
    ["address", "Address"],
    ["bytes", "Bytes Bytes32"],
    ["call", "attempt demand Outcome"],
    ["context", "emitLog"],
    ["entry", "refuseReentry refuseValue"],
    ["i256", "i256"],
    ["revert", "PANIC_INDEX panic revertData"],
    ["storage", "PackedCell slotAt slotPlus"],
    ["u256", "u256"],
    ["view", "beginView"],
  ];
  return names
    .map(([file, exported]) => {
      const list = exported
        .split(" ")
        .map((name) => `${name} as __abi_${name === "emitLog" ? "emit" : name}`);
      return `import { ${list.join(", ")} } from "${SDK}/${file}";`;
    })
    .join("\n");
}

/** The function that takes a method's arguments off the calldata, runs it, and writes what it returns. */
export function generateInvocation(contract: string, method: Method, codec: Codec): string {
  const { name, inputs, outputs, returnsFields, mutability, isGuarded } = method;
  const guards = [
    mutability === "payable" ? "" : "__abi_refuseValue();",
    mutability === "view" ? "__abi_beginView();" : "",
    isGuarded ? "__abi_refuseReentry();" : "",
  ].join(" ");
  const takes = inputs.map(({ type }, i) => `const a${i} = ${codec.take(type, "input")};`);
  const call = `contract.${name}(${inputs.map((_, i) => `a${i}`).join(", ")})`;
  const [output] = outputs;
  const put = returnsFields
    ? "result.__abi_put(output);"
    : output === undefined
      ? ""
      : codec.put(output.type, "output", "result");
  const run =
    output === undefined
      ? `${call};`
      : `const result = ${call};
  const output = new __abi_Encoder(0, ${wordsOfAll(outputs)});
  ${put}
  __abi_writeOutput(output);`;
  return `export function __abi_run_${name}(contract: ${contract}, input: __abi_Decoder): void {
  ${guards} ${takes.join(" ")}
  ${run}
}`;
}

/** The module that Stylus' ABI wants: `user_entrypoint`, and `user_constructor` when there is an `@init`. */
export function generateEntry(contract: Contract, importPath: string): string {
  const { name, init, methods } = contract;
  const runs = [...(init === undefined ? [] : [init]), ...methods].map(
    (one) => `__abi_run_${one.name}`,
  );
  const cases = methods.map(
    (method) =>
      `if (selector == ${selectorOf(method.name, method.inputs)}) { __abi_run_${method.name}(contract, input); return finish(); }`,
  );
  const receive =
    contract.receive === undefined
      ? ""
      : `if (length == 0) { contract.${contract.receive}(); return finish(); }`;
  const { fallback } = contract;
  const guard = fallback?.isPayable ? "" : "refuseValue(); ";
  const last =
    fallback === undefined
      ? "revertEmpty(); return 1;"
      : `${guard}contract.${fallback.name}(); return finish();`;
  const constructorEntry =
    init === undefined
      ? ""
      : `export function user_constructor(length: i32): i32 {
  const calldata = readCalldata(length);
  __abi_run_${init.name}(new ${name}(), new Decoder(calldata.start, length));
  return finish();
}`;
  return `import { Decoder } from "${SDK}/abi";
import { finish, readCalldata, refuseValue, selectorOf } from "${SDK}/entry";
import { revertEmpty } from "${SDK}/revert";
import { ${[name, ...runs].join(", ")} } from "${importPath}";
export function user_entrypoint(length: i32): i32 {
  const calldata = readCalldata(length);
  const contract = new ${name}();
  const selector = selectorOf(calldata);
  const input = new Decoder(calldata.start + 4, length - 4);
  ${receive}
  ${cases.join("\n  ")}
  ${last}
}
${constructorEntry}
`;
}
