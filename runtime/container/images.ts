import type { ImageDigest } from "./driver.ts";

/** Where a driver finds images that its engine does not have: docker-archives, verified against their digest. */
export interface ImageArchives {
  has(digest: ImageDigest): Promise<boolean>;
  /** The whole archive. Throws `Unavailable` when it is not there, `InvalidInput` when it is another image. */
  archive(digest: ImageDigest): Promise<Uint8Array>;
}
