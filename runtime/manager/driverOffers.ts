import { DockerDriver, type DockerOptions } from "../container/docker/dockerDriver.ts";
import type { ImageArchives } from "../container/images.ts";
import { WasmerDriver } from "../container/wasmer/wasmerDriver.ts";
import type { DriverOffer } from "./driverSet.ts";

/**
 * What this program can drive containers with, in the order of preference, each looked for when it is needed. Both
 * hold a contract to a sandbox; the process driver, which does not, is for whoever asks for it by name.
 */
export function driverOffers(
  options: DockerOptions & { readonly images: ImageArchives },
): readonly DriverOffer[] {
  return [
    { name: "docker", platform: "linux/amd64", open: () => DockerDriver.open(options) },
    { name: "wasmer", platform: "wasi/wasm", open: async () => WasmerDriver.open(options.images) },
  ];
}
