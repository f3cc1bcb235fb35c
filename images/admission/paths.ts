import { MAX_PART_BYTES, MAX_PATH_BYTES } from "./limits.ts";
import { refuse, shown } from "./refusal.ts";

/** Control characters hide what a name is from whoever reads it, and end it for the kernel. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** The path of a layer's entry: no `./` before it, no `/` behind; empty for the root. Throws `InvalidInput`. */
export function layerEntryPath(path: string): string {
  if (path.startsWith("/"))
    refuse("path", `${shown(path)} is an absolute path; a layer has relative ones`);
  const bare = path.replace(/^(\.\/+)+/, "").replace(/\/+$/, "");
  if (bare === "" || bare === ".") return "";
  const parts = bare.split("/");
  if (parts.includes("..")) refuse("path", `${shown(path)} leads out of the image by ".."`);
  if (parts.includes("") || parts.includes("."))
    refuse("path", `${shown(path)} has an empty part or "."; write it without`);
  checkText(path);
  return checkLengths(bare, parts);
}

/** The target of a hard link: another entry's path. */
export function hardLinkTarget(path: string, target: string): string {
  if (target.startsWith("/")) {
    refuse(
      "hardLink",
      `${shown(path)} is a hard link to the absolute path ${shown(target)}; a layer links its own files`,
    );
  }
  const parts = target.split("/");
  if (parts.includes(".."))
    refuse("hardLink", `${shown(path)} is a hard link out of the layer, to ${shown(target)}`);
  return layerEntryPath(target);
}

/**
 * Checks where a symbolic link leads. An absolute target is one in the image, as the kernel follows it in a container;
 * a relative one may not climb above the image's root.
 */
export function checkSymlink(path: string, target: string): void {
  if (target === "") refuse("link", `${shown(path)} is a link to nothing`);
  checkText(target);
  if (Buffer.byteLength(target) > MAX_PATH_BYTES) {
    refuse(
      "path",
      `the target of ${shown(path)} has ${Buffer.byteLength(target)} bytes; the limit is ${MAX_PATH_BYTES}`,
    );
  }
  if (target.startsWith("/")) return;
  let depth = path.split("/").length - 1;
  for (const part of target.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0)
      refuse(
        "link",
        `${shown(path)} links out of the image, to ${shown(target)}; link to a path in it`,
      );
  }
}

function checkText(path: string): void {
  if (CONTROL.test(path)) refuse("path", `${shown(path)} has a control character; rename the file`);
}

function checkLengths(path: string, parts: readonly string[]): string {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    refuse(
      "path",
      `${shown(path)} has ${bytes} bytes; the limit of a path is ${MAX_PATH_BYTES}: shorten it`,
    );
  }
  const longest = Math.max(...parts.map((part) => Buffer.byteLength(part)));
  if (longest > MAX_PART_BYTES) {
    refuse(
      "path",
      `${shown(path)} has a part of ${longest} bytes; the limit is ${MAX_PART_BYTES}: shorten it`,
    );
  }
  return path;
}
