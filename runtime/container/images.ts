import type { ImageDigest } from "./driver.ts";

/**
 * Where drivers find images that their engine does not have. Every method but `has` throws `Unavailable`, which says
 * what is wrong with the image and what to do: it is not there, it is another one, or no host takes such a one.
 */
export interface ImageArchives {
  has(digest: ImageDigest): Promise<boolean>;
  /** What its layers are called, lowest first: `sha256:` and the hash of the layer unpacked. */
  layers(digest: ImageDigest): Promise<readonly string[]>;
  /**
   * A docker-archive, piece by piece, without the layers named: an engine reads none that it has. What is in it has
   * been checked before the first piece.
   */
  archive(digest: ImageDigest, without?: ReadonlySet<string>): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Asked before every start, whoever has the image: that each of these keys has signed it, and nothing speaks against
   * it.
   */
  admit(digest: ImageDigest, signers: readonly string[]): Promise<void>;
}
