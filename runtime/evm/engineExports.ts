/** An address in the instance's memory. */
export type Pointer = number;

/**
 * What `engine.wasm` exports; `engine/src/exports.rs` and `host_api.rs` say what each promises. Pointers that
 * it returns are good until the next call.
 */
export type EngineExports = {
  readonly memory: WebAssembly.Memory;
  input_alloc(length: number): Pointer;
  code_alloc(length: number): Pointer;
  output_pointer(): Pointer;
  output_length(): number;
  open_block(): void;
  run(count: number, flags: number): number;
  diff(): void;
  read_account(): number;
  read_slot(): number;
  read_code(): number;
  write_account(): number;
  write_slot(): number;
  trace_pointer(): Pointer;
  trace_length(): number;
  arguments_alloc(length: number): Pointer;
  return_alloc(length: number): Pointer;
  return_pointer(): Pointer;
  return_length(): number;
  host_spent(): number;
  host_load_storage(slot: Pointer, out: Pointer, gas: number): number;
  host_store_storage(slot: Pointer, value: Pointer, gas: number): number;
  host_load_transient(slot: Pointer, out: Pointer): number;
  host_store_transient(slot: Pointer, value: Pointer): number;
  host_log(topics: Pointer, count: number, data: Pointer, length: number): number;
  host_balance(address: Pointer, out: Pointer, gas: number): number;
  host_code_hash(address: Pointer, out: Pointer, gas: number): number;
  host_code(address: Pointer, gas: number): number;
  host_call(
    kind: number,
    to: Pointer,
    value: Pointer,
    limit: number,
    input: Pointer,
    inputLength: number,
    gas: number,
  ): number;
  host_create(
    value: Pointer,
    salt: Pointer,
    initCode: Pointer,
    length: number,
    gas: number,
  ): number;
};
