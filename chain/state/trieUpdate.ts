import {
  assert,
  concatBytes,
  decodeRlp,
  EMPTY_BYTES,
  EMPTY_ROOT,
  encodeRlp,
  type Hash,
  hashFromBytes,
  hashToBytes,
  keccak256,
  type RlpItem,
} from "@delchain/runtime";
import { compareNibbles, decodePath, encodePath, sharedLength } from "../block/nibbles.ts";

/** What becomes of one key; `undefined` removes it, if it is there. */
export type TrieChange = {
  /** Nibbles, of one length for all keys of a trie: none is the beginning of another. */
  readonly path: Uint8Array;
  readonly value: Uint8Array | undefined;
};

export type TrieUpdate = {
  readonly root: Hash;
  /** Nodes that the trie did not have, by hash. */
  readonly written: ReadonlyMap<Hash, Uint8Array>;
  /** Nodes that it had and has no more. */
  readonly removed: ReadonlySet<Hash>;
};

type Leaf = { readonly kind: "leaf"; readonly path: Uint8Array; readonly value: Uint8Array };
type Extension = {
  readonly kind: "extension";
  readonly path: Uint8Array;
  readonly child: Reference;
};
/** Sixteen children, and never a value: no key ends in a branch. */
type Branch = { readonly kind: "branch"; readonly children: readonly (Reference | undefined)[] };
type Node = Leaf | Extension | Branch;
/** A stored node by its hash, until it is looked at; or a node itself. */
type Reference = Hash | Node;
type Insertion = { readonly path: Uint8Array; readonly value: Uint8Array };

const CHILDREN = 16;
const HASH_BYTES = 32;

/**
 * Applies changes to a Merkle-Patricia trie (Yellow Paper, appendix D) in one pass, so that a node above many changes
 * is read, encoded and hashed once. `read` gives a stored node's bytes. Within one trie of hashed keys no two places
 * hold equal nodes, so that what is unlinked in one place is unlinked in all.
 */
export function updateTrie(
  root: Hash,
  changes: readonly TrieChange[],
  read: (hash: Hash) => Uint8Array,
): TrieUpdate {
  const trie = new ChangedTrie(read);
  const sorted = changes.toSorted((left, right) => compareNibbles(left.path, right.path));
  const before = root === EMPTY_ROOT ? undefined : root;
  return trie.finish(sorted.length === 0 ? before : trie.change(before, 0, sorted));
}

/**
 * The stored nodes on the way to a key, the root's first: they prove what lies under it, or that nothing does. A node
 * shorter than a hash stands in its parent, and is not listed again.
 */
export function proveKey(
  root: Hash,
  path: Uint8Array,
  read: (hash: Hash) => Uint8Array,
): readonly Uint8Array[] {
  const proof: Uint8Array[] = [];
  let reference: Reference | undefined = root === EMPTY_ROOT ? undefined : root;
  let depth = 0;
  while (reference !== undefined) {
    if (typeof reference === "string") {
      const bytes = read(reference);
      proof.push(bytes);
      reference = decodeNode(decodeRlp(bytes));
    }
    if (reference.kind === "leaf") break;
    if (reference.kind === "branch") {
      reference = reference.children[path[depth] as number];
      depth++;
      continue;
    }
    const { path: along, child } = reference;
    if (sharedLength(along, path.subarray(depth)) < along.length) break;
    reference = child;
    depth += along.length;
  }
  return proof;
}

class ChangedTrie {
  readonly #read: (hash: Hash) => Uint8Array;
  readonly #written = new Map<Hash, Uint8Array>();
  readonly #removed = new Set<Hash>();

  constructor(read: (hash: Hash) => Uint8Array) {
    this.#read = read;
  }

  /** The node in a place after changes below it, all of which share their first `depth` nibbles. */
  change(
    reference: Reference | undefined,
    depth: number,
    changes: readonly TrieChange[],
  ): Reference | undefined {
    if (reference === undefined) return build(insertionsOf(changes), depth);
    const node = this.#look(reference);
    const changed = this.#changeNode(node, depth, changes);
    if (changed === node) return reference;
    this.#drop(reference);
    return changed;
  }

  finish(reference: Reference | undefined): TrieUpdate {
    const root = reference === undefined ? EMPTY_ROOT : this.#rootOf(reference);
    // What was taken out and came back as it was.
    for (const hash of this.#removed) {
      if (this.#written.delete(hash)) this.#removed.delete(hash);
    }
    return { root, written: this.#written, removed: this.#removed };
  }

  /** `node` itself where nothing of it changes. */
  #changeNode(node: Node, depth: number, changes: readonly TrieChange[]): Reference | undefined {
    switch (node.kind) {
      case "leaf":
        return changeLeaf(node, depth, changes);
      case "extension":
        return this.#changeExtension(node, depth, changes);
      case "branch":
        return this.#changeBranch(node, depth, changes);
    }
  }

  #changeExtension(
    node: Extension,
    depth: number,
    changes: readonly TrieChange[],
  ): Reference | undefined {
    const { path, child } = node;
    const along = (change: TrieChange): number => sharedLength(path, change.path.subarray(depth));
    // A removal that leaves the path finds nothing.
    const real = changes.filter(
      (change) => change.value !== undefined || along(change) === path.length,
    );
    if (real.length === 0) return node;
    const shared = Math.min(...real.map(along));
    if (shared === path.length) {
      const changed = this.change(child, depth + shared, real);
      return changed === child ? node : this.#behind(path, changed);
    }
    // Keys leave it on the way: a branch stands where the first one does.
    const children: (Reference | undefined)[] = Array.from({ length: CHILDREN });
    const rest = path.subarray(shared + 1);
    children[path[shared] as number] =
      rest.length === 0 ? child : { kind: "extension", path: rest, child };
    const branch = this.#changeBranch({ kind: "branch", children }, depth + shared, real);
    return this.#behind(path.subarray(0, shared), branch);
  }

  #changeBranch(
    node: Branch,
    depth: number,
    changes: readonly TrieChange[],
  ): Reference | undefined {
    const children = node.children.slice();
    let isChanged = false;
    for (let from = 0; from < changes.length; ) {
      const nibble = (changes[from] as TrieChange).path[depth] as number;
      let to = from + 1;
      while (to < changes.length && (changes[to] as TrieChange).path[depth] === nibble) to++;
      const before = children[nibble];
      children[nibble] = this.change(before, depth + 1, changes.slice(from, to));
      if (children[nibble] !== before) isChanged = true;
      from = to;
    }
    if (!isChanged) return node;
    const places = [...children.keys()].filter((place) => children[place] !== undefined);
    const [only] = places;
    if (only === undefined) return undefined;
    if (places.length > 1) return { kind: "branch", children };
    return this.#behind(Uint8Array.of(only), children[only]);
  }

  /** A node moved down a path: leaves and extensions take it into their own. */
  #behind(path: Uint8Array, reference: Reference | undefined): Reference | undefined {
    if (reference === undefined || path.length === 0) return reference;
    const node = this.#look(reference);
    if (node.kind === "branch") return { kind: "extension", path, child: reference };
    this.#drop(reference);
    return { ...node, path: concatBytes(path, node.path) };
  }

  #look(reference: Reference): Node {
    return typeof reference === "string" ? decodeNode(decodeRlp(this.#read(reference))) : reference;
  }

  #drop(reference: Reference): void {
    if (typeof reference === "string") this.#removed.add(reference);
  }

  #rootOf(reference: Reference): Hash {
    return typeof reference === "string"
      ? reference
      : this.#write(encodeRlp(this.#encode(reference)));
  }

  #encode(node: Node): RlpItem {
    switch (node.kind) {
      case "leaf":
        return [encodePath(node.path, true), node.value];
      case "extension":
        return [encodePath(node.path, false), this.#refer(node.child)];
      case "branch":
        return [
          ...Array.from(node.children, (child) => (child ? this.#refer(child) : EMPTY_BYTES)),
          EMPTY_BYTES,
        ];
    }
  }

  /** A node shorter than a hash stands in its parent itself. */
  #refer(reference: Reference): RlpItem {
    if (typeof reference === "string") return hashToBytes(reference);
    const item = this.#encode(reference);
    const bytes = encodeRlp(item);
    return bytes.length < HASH_BYTES ? item : hashToBytes(this.#write(bytes));
  }

  #write(bytes: Uint8Array): Hash {
    const hash = keccak256(bytes);
    this.#written.set(hash, bytes);
    return hash;
  }
}

function changeLeaf(
  leaf: Leaf,
  depth: number,
  changes: readonly TrieChange[],
): Reference | undefined {
  const isOwn = ({ path }: TrieChange): boolean =>
    compareNibbles(path.subarray(depth), leaf.path) === 0;
  const insertions = insertionsOf(changes);
  if (changes.some(isOwn)) return build(insertions, depth);
  if (insertions.length === 0) return leaf;
  const [some] = insertions as [Insertion];
  const path = concatBytes(some.path.subarray(0, depth), leaf.path);
  const all = [...insertions, { path, value: leaf.value }];
  return build(
    all.sort((left, right) => compareNibbles(left.path, right.path)),
    depth,
  );
}

function insertionsOf(changes: readonly TrieChange[]): Insertion[] {
  return changes.flatMap(({ path, value }) => (value === undefined ? [] : { path, value }));
}

/** A trie of nothing but these, which are in order and share their first `depth` nibbles. */
function build(insertions: readonly Insertion[], depth: number): Node | undefined {
  const [first] = insertions;
  const last = insertions.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (first === last) {
    return { kind: "leaf", path: first.path.subarray(depth), value: first.value };
  }
  const fork = depth + sharedLength(first.path, last.path, depth);
  const children = Array.from({ length: CHILDREN }, (_, nibble) =>
    build(
      insertions.filter(({ path }) => path[fork] === nibble),
      fork + 1,
    ),
  );
  const branch: Branch = { kind: "branch", children };
  if (fork === depth) return branch;
  return { kind: "extension", path: first.path.subarray(depth, fork), child: branch };
}

function decodeNode(item: RlpItem): Node {
  assert(!(item instanceof Uint8Array), "a trie node is a list");
  if (item.length === CHILDREN + 1) {
    return { kind: "branch", children: item.slice(0, CHILDREN).map(decodeReference) };
  }
  const [bytes, content] = item as readonly [Uint8Array, RlpItem];
  const { nibbles: path, isLeaf } = decodePath(bytes);
  if (isLeaf) return { kind: "leaf", path, value: content as Uint8Array };
  return { kind: "extension", path, child: decodeReference(content) as Reference };
}

function decodeReference(item: RlpItem): Reference | undefined {
  if (!(item instanceof Uint8Array)) return decodeNode(item);
  return item.length === 0 ? undefined : hashFromBytes(item);
}
