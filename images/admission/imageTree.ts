import { MAX_ENTRIES, MAX_IMAGE_BYTES } from "../writer/entries.ts";
import type { ByteReader } from "./byteReader.ts";
import { checkSymlink, hardLinkTarget, layerEntryPath } from "./paths.ts";
import { refuse, shown } from "./refusal.ts";
import { readTar, type TarEntry } from "./tarReader.ts";

/** A path of an image as its container sees it, and where its content lies. */
export type ImageNode = {
  readonly kind: TarEntry["kind"];
  readonly mode: number;
  readonly size: number;
  readonly target: string;
  /** Which layer, lowest 0, and where in its tar. */
  readonly layer: number;
  readonly offset: number;
};

const WHITEOUT = ".wh.";
/** Hides all that lower layers have in its folder (OCI image specification, section "Whiteouts"). */
const OPAQUE = ".wh..wh..opq";
const PRIVILEGE_BITS = 0o6000;

/** Checks an image layer by layer, and tells what a container would see. */
export class ImageTree {
  readonly #nodes = new Map<string, ImageNode>();
  #bytes = 0;
  #entries = 0;
  #layers = 0;

  /** Unpacked bytes of all files so far, hidden ones included. */
  get bytes(): number {
    return this.#bytes;
  }

  get nodes(): ReadonlyMap<string, ImageNode> {
    return this.#nodes;
  }

  /** Puts a layer onto what is there. Throws `InvalidInput` for what no layer may have. */
  async addLayer(reader: ByteReader): Promise<void> {
    const own = new Map<string, ImageNode>();
    const folders = new Set<string>();
    const hidden: string[] = [];
    for await (const entry of readTar(reader)) {
      this.#count(entry);
      const path = layerEntryPath(entry.path);
      if (path === "") {
        if (entry.kind !== "directory") refuse("path", "the image's root is no folder");
        continue;
      }
      checkParents(path, own, folders);
      if (path.split("/").some((part) => part.startsWith(WHITEOUT))) {
        hidden.push(whiteoutOf(path, entry));
        continue;
      }
      if (entry.kind !== "directory" && folders.has(path)) {
        refuse(
          "parent",
          `${shown(path)} is a ${entry.kind}, and files of the same layer lie in it`,
        );
      }
      addNode(own, path, { ...entry, layer: this.#layers });
    }
    this.#hide(hidden);
    this.#merge(own);
    this.#layers++;
  }

  /** What counts only where a container sees it. Throws `InvalidInput` for a program that takes another user's rights. */
  finish(): void {
    for (const [path, { kind, mode }] of this.#nodes) {
      if (kind === "symlink" || (mode & PRIVILEGE_BITS) === 0) continue;
      refuse(
        "mode",
        `${shown(path)} has the mode ${(mode & 0o7777).toString(8)}, set-uid or set-gid; take it away: RUN find / -xdev -perm /6000 -exec chmod a-s {} +`,
      );
    }
  }

  #count({ path, size }: TarEntry): void {
    this.#entries++;
    if (this.#entries > MAX_ENTRIES) {
      refuse("entries", `it has more than ${MAX_ENTRIES} files, folders and links; leave some out`);
    }
    this.#bytes += size;
    if (this.#bytes <= MAX_IMAGE_BYTES) return;
    refuse(
      "bytes",
      `its files have ${this.#bytes} bytes up to ${shown(path)}; the limit of an image is ${MAX_IMAGE_BYTES}: leave some out`,
    );
  }

  /** In one pass, because a layer may have as many whiteouts as entries. */
  #hide(whiteouts: readonly string[]): void {
    const hidden = new Set(whiteouts);
    if (hidden.size === 0) return;
    for (const path of [...this.#nodes.keys()]) {
      if (isHidden(path, hidden)) this.#nodes.delete(path);
    }
  }

  #merge(own: ReadonlyMap<string, ImageNode>): void {
    // A file or a link in a folder's place takes all that lay in it.
    const replaced = [...own].flatMap(([path, { kind }]) => (kind === "directory" ? [] : path));
    this.#hide(replaced);
    for (const [path, node] of own) {
      this.#nodes.delete(path);
      this.#nodes.set(path, node);
    }
  }
}

/** Whether a path or a folder that it lies in is hidden; a folder with a slash behind it hides only what lies in it. */
function isHidden(path: string, hidden: ReadonlySet<string>): boolean {
  if (hidden.has(path) || hidden.has("")) return true;
  for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1)) {
    if (hidden.has(path.slice(0, cut)) || hidden.has(path.slice(0, cut + 1))) return true;
  }
  return false;
}

function addNode(
  own: Map<string, ImageNode>,
  path: string,
  entry: TarEntry & { readonly layer: number },
): void {
  const before = own.get(path);
  if (before !== undefined && !(before.kind === "directory" && entry.kind === "directory")) {
    refuse("duplicate", `${shown(path)} stands twice in a layer; keep one`);
  }
  const { kind, mode, size, target, layer, offset } = entry;
  if (kind === "symlink") checkSymlink(path, target);
  if (kind === "hardLink") {
    const linked = own.get(hardLinkTarget(path, target));
    if (linked?.kind !== "file" && linked?.kind !== "hardLink") {
      refuse(
        "hardLink",
        `${shown(path)} is a hard link to ${shown(target)}, which is no file that stands before it in the layer`,
      );
    }
    own.set(path, { ...linked, kind: "hardLink", target });
    return;
  }
  own.set(path, { kind, mode, size, target, layer, offset });
}

/** What is written through a link or a file lands where the check does not look. */
function checkParents(
  path: string,
  own: ReadonlyMap<string, ImageNode>,
  folders: Set<string>,
): void {
  for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1)) {
    const parent = path.slice(0, cut);
    if (folders.has(parent)) return;
    const kind = own.get(parent)?.kind;
    if (kind !== undefined && kind !== "directory") {
      refuse(
        "parent",
        `${shown(path)} lies in ${shown(parent)}, which is a ${kind} of the same layer`,
      );
    }
    folders.add(parent);
  }
}

/** What a whiteout hides: a path, or with a slash behind it all that lower layers have in a folder. */
function whiteoutOf(path: string, { kind, size }: TarEntry): string {
  const cut = path.lastIndexOf("/") + 1;
  const [folder, name] = [path.slice(0, cut), path.slice(cut)];
  const isWhole = !folder.split("/").some((part) => part.startsWith(WHITEOUT));
  const isEmptyFile = kind === "file" && size === 0;
  if (isWhole && isEmptyFile && name === OPAQUE) return folder;
  const hidden = name.slice(WHITEOUT.length);
  if (!isWhole || !isEmptyFile || hidden === "" || hidden.startsWith(WHITEOUT)) {
    refuse(
      "whiteout",
      `${shown(path)} is no whiteout that all engines read alike; one is an empty file ".wh." and a name`,
    );
  }
  return `${folder}${hidden}`;
}
