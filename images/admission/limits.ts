import { MAX_ENTRIES, MAX_IMAGE_BYTES } from "../writer/entries.ts";

// What an image may have at most before a container engine sees it. Bytes and entries are the writer's:
// MAX_IMAGE_BYTES and MAX_ENTRIES hold for all layers together, hidden files included.

/** Docker's own limit with overlay2: the kernel takes no more lower folders in a mount's options. */
export const MAX_LAYERS = 127;
/** Unpacked bytes for a packed one. Text packs to a tenth, what a compiler makes to a third; a bomb to a thousandth. */
export const MAX_RATIO = 100;
/** A layer may unpack to this much at any ratio: an empty tar alone packs to a fortieth. */
export const RATIO_FREE_BYTES: number = 1024 * 1024;
/** Bytes of a path, in UTF-8; the kernel takes 4,095 (path_resolution(7)), and node_modules within each other 300. */
export const MAX_PATH_BYTES = 1024;
/** Bytes of a path's part (ext4, overlayfs). */
export const MAX_PART_BYTES = 255;
/** Of one pax record or long name; what is larger has attributes that no host keeps. */
export const MAX_EXTENSION_BYTES: number = 64 * 1024;
/**
 * Files of an archive around its layers: configuration, manifest, and for each layer a folder, a version and a JSON.
 */
export const MAX_ARCHIVE_FILES: number = 4 * MAX_LAYERS + 16;
/** A manifest or an index inside an archive. */
export const MAX_MANIFEST_BYTES: number = 1024 * 1024;
/** Manifests that an index names and a host could run; hosts take one, and the message counts what else there is. */
export const MAX_MANIFESTS = 16;
/**
 * An archive with headers and padding of the layers' entries (at most 1,024 bytes each), and what stands around them. Layers
 * keep to it too once they are unpacked: extended headers and what a tar is filled up with are no entry's bytes.
 */
export const MAX_ARCHIVE_BYTES: number =
  MAX_IMAGE_BYTES + MAX_ENTRIES * 1024 + (MAX_ARCHIVE_FILES + 1) * 1024 + 4 * MAX_MANIFEST_BYTES;
/** A package's description, or a list of packages: Debian's whole status file has 10 MB on a desktop. */
export const MAX_PACKAGE_FILE_BYTES: number = 16 * 1024 * 1024;
/** An archive of Java classes that is looked into. */
export const MAX_JAR_BYTES: number = 64 * 1024 * 1024;
/** Signatures that are kept of an image, and bytes of one with its payload. */
export const MAX_SIGNATURES = 32;
export const MAX_SIGNATURE_BYTES: number = 16 * 1024;
/** A list of what is known to be bad: some 20,000 lines. */
export const MAX_KNOWN_BAD_BYTES: number = 2 * 1024 * 1024;
