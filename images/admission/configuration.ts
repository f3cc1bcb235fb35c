import type { Platform } from "@delchain/runtime";
import { MAX_LAYERS } from "./limits.ts";
import { refuse, shown } from "./refusal.ts";
import { field, strictJson } from "./strictJson.ts";

export type CheckedConfiguration = {
  readonly platform: Platform;
  /** The hashes of its layers, unpacked, lowest first: 64 hex digits each. */
  readonly layers: readonly string[];
};

/** What makes an engine do more than run a program, and what to do about it. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  [
    "Volumes",
    "VOLUME makes folders outside of the image that no limit holds; leave it out of the Dockerfile",
  ],
  ["OnBuild", "ONBUILD runs commands where other images are built; leave it out of the Dockerfile"],
  [
    "Healthcheck",
    "HEALTHCHECK runs a program beside the calls; leave it out, or write HEALTHCHECK NONE",
  ],
];

/**
 * Checks an image's configuration (OCI image specification, section "Image Configuration"). What starts a program counts
 * for nothing there: manifest and driver say it. Throws `InvalidInput`.
 */
export function checkConfiguration(bytes: Uint8Array): CheckedConfiguration {
  const value = strictJson("its configuration", bytes);
  const platform = `${field(value, "os")}/${field(value, "architecture")}`;
  if (platform !== "linux/amd64" && platform !== "wasi/wasm") {
    refuse(
      "platform",
      `it is for ${shown(platform)}; hosts run linux/amd64 and wasi/wasm: build it with --platform linux/amd64`,
    );
  }
  for (const [name, why] of FORBIDDEN) {
    if (!isEmpty(field(field(value, "config"), name))) refuse("configuration", why);
  }
  const ids = field(field(value, "rootfs"), "diff_ids");
  if (!Array.isArray(ids) || ids.length === 0)
    refuse("layers", "its configuration names no layers");
  if (ids.length > MAX_LAYERS) {
    refuse(
      "layers",
      `it has ${ids.length} layers; the limit is ${MAX_LAYERS}: join some (RUN a && b, docker build --squash)`,
    );
  }
  return { platform, layers: ids.map((id) => layerHash(id)) };
}

/** 64 hex digits of `sha256:…`. */
export function layerHash(id: unknown): string {
  const digits = /^sha256:([0-9a-f]{64})$/.exec(String(id))?.[1];
  return (
    digits ??
    refuse(
      "digest",
      `${shown(String(id))} is no hash that hosts check; they check sha256 with 64 hex digits`,
    )
  );
}

/** Docker writes what is not set as null, and a health check that is switched off as `NONE`. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== "object") return false;
  const test = field(value, "Test");
  if (Array.isArray(test) && test.length === 1 && test[0] === "NONE") return true;
  return Object.keys(value).length === 0;
}
