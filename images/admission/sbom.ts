import type { ImageFiles } from "./imageFiles.ts";
import { findPackages } from "./packages.ts";

/**
 * The software in an image as a CycloneDX 1.6 document, without a date or a serial number: one image has one document.
 */
export async function imageSbom(digest: string, files: ImageFiles): Promise<unknown> {
  const packages = await findPackages(files);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "container", "bom-ref": digest, name: digest } },
    components: packages.map(({ name, version, purl }) => ({
      type: "library",
      "bom-ref": purl,
      name,
      version,
      purl,
    })),
  };
}
