// The front door of @delchain/images: writing, storing and building the images that container contracts run in.

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
  type Platform,
  writeImage,
} from "./writer/image.ts";
export {
  hasImage,
  imagePath,
  loadImage,
  MAX_ARCHIVE_BYTES,
  saveImage,
  verifyArchive,
} from "./writer/store.ts";
