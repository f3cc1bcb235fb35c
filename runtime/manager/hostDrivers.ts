import { DockerDriver } from "../container/docker/dockerDriver.ts";
import type { ImageArchives } from "../container/images.ts";
import { WasmerDriver } from "../container/wasmer/wasmerDriver.ts";
import type { DriverOffer } from "./driverSet.ts";

/** What this program can drive containers with, in the order of preference; each is looked for when it is needed. */
export function hostDrivers(options: {
  /** Where sockets to containers lie; a short path. */
  readonly runDirectory: string;
  readonly images: ImageArchives;
  /** What Docker runs containers with, by the engine's name for it. */
  readonly runtime?: string;
}): readonly DriverOffer[] {
  return [
    { name: "docker", platform: "linux/amd64", open: () => DockerDriver.open(options) },
    {
      name: "wasmer",
      platform: "wasi/wasm",
      open: async () => WasmerDriver.open(options.images),
    },
  ];
}
