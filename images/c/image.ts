import type { ImageSource } from "../writer/image.ts";

/** An image that holds one static program and nothing else: no shell, no libc, no other file to run or read. */
export function cImage(program: Uint8Array): ImageSource {
  return {
    platform: "linux/amd64",
    layers: [[{ kind: "file", path: "contract", mode: 0o755, data: program }]],
    config: { entrypoint: ["/contract"], labels: { "delchain.language": "c" } },
  };
}
