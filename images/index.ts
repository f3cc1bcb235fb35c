// The front door of @delchain/images: writing, storing and building the images that container contracts run in.

export {
  type BuildOptions,
  type BuiltImage,
  buildImages,
  DEFAULT_CACHE,
  DEFAULT_STORE,
  findImage,
  imageNames,
} from "./build.ts";
export { cImage } from "./c/image.ts";
export { type DownloadedPackage, downloadPackages } from "./debian/packages.ts";
export { type UnpackedFiles, unpackPackages } from "./debian/unpack.ts";
export { javaImage } from "./java/image.ts";
export { openJdk } from "./java/jdk.ts";
export { buildJavaRuntime } from "./java/runtime.ts";
export { NODE_PACKAGES, nodeImage } from "./node/image.ts";
export { nodeProgram } from "./node/program.ts";
export { PHP_PACKAGES, type PhpContract, phpImage } from "./php/image.ts";
export { wasiImage } from "./wasi/image.ts";
export { containerHeaders, WASI_FLAGS } from "./wasi/program.ts";
export {
  type ImageEntry,
  MAX_ENTRIES,
  MAX_IMAGE_BYTES,
  MAX_LINK_BYTES,
  MAX_MODE,
  MAX_NAME_BYTES,
  MAX_PREFIX_BYTES,
} from "./writer/entries.ts";
export {
  IMAGE_REPOSITORY,
  type Image,
  type ImageConfig,
  type ImageSource,
  writeImage,
} from "./writer/image.ts";
export {
  hasImage,
  imagePath,
  loadImage,
  MAX_ARCHIVE_BYTES,
  openImageStore,
  saveImage,
  verifyArchive,
} from "./writer/store.ts";
