import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** The crate's folder, with a slash at its end. */
export const ENGINE_SOURCE: URL = new URL("./", import.meta.url);
export const ENGINE_ARTEFACT: URL = new URL("../engine.wasm", import.meta.url);
export const ENGINE_RECORD: URL = new URL("../engine.json", import.meta.url);

/** What `engine.json` says of `engine.wasm`: SHA-256 of its bytes, and of the source that it was built from. */
export type EngineRecord = {
  readonly artefact: string;
  readonly source: string;
};

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** One hash over everything that decides the artefact's bytes: source files, lock file and toolchain. */
export function hashEngineSource(): string {
  const modules = readdirSync(new URL("src/", ENGINE_SOURCE)).sort();
  const files = ["Cargo.lock", "Cargo.toml", "rust-toolchain.toml"].concat(
    modules.map((name) => `src/${name}`),
  );
  const hash = createHash("sha256");
  for (const name of files) {
    const bytes = readFileSync(new URL(name, ENGINE_SOURCE));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}
