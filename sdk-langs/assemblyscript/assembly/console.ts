// For the developer's eyes, on a devnet: other chains refuse modules that import it, so that none is left by mistake.

@external("console", "log_txt")
declare function log_txt(text: usize, length: i32): void;
@external("console", "log_i64")
declare function log_i64(value: i64): void;

export namespace console {
  export function log(text: string): void {
    const bytes = String.UTF8.encode(text);
    log_txt(changetype<usize>(bytes), bytes.byteLength);
  }
  export function logNumber(value: i64): void {
    log_i64(value);
  }
}
