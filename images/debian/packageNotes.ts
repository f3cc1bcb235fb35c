import type { ImageEntry } from "../writer/entries.ts";
import type { DebianPackage } from "./packages.ts";

/**
 * What an image says of the packages that its files come from: one file each below `status.d`, as images without a package
 * manager have it (distroless), so that whoever looks for known vulnerabilities finds names and versions.
 */
export function packageNotes(packages: readonly DebianPackage[]): readonly ImageEntry[] {
  return packages.map(({ name, version }) => ({
    kind: "file",
    path: `var/lib/dpkg/status.d/${name}`,
    mode: 0o644,
    data: Buffer.from(
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
    ),
  }));
}

/** What of the packages decides an image's bytes. */
export function packageHashes(packages: readonly DebianPackage[]): readonly string[] {
  return packages.map(({ name, sha256 }) => `${name} ${sha256}`).sort();
}
