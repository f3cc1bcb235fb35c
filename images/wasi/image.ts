import type { ImageSource } from "../writer/image.ts";

/** An image that holds one WASI command (preview 1), for the wasmer driver. */
export function wasiImage(module: Uint8Array): ImageSource {
  return {
    platform: "wasi/wasm",
    layers: [[{ kind: "file", path: "contract.wasm", mode: 0o644, data: module }]],
    config: { entrypoint: ["/contract.wasm"], labels: { "delchain.language": "c" } },
  };
}
