import canonicalize from "canonicalize";
import { z } from "zod";
import { PAYLOAD_BYTES_MAX } from "../host/envelope.ts";
import { EMPTY_BYTES, equalBytes, type Hex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import type { Determinism, ImageDigest, Isolation, Platform } from "./driver.ts";
import { FIELDS_MAX, OUTPUTS_MAX } from "./limits.ts";
import { type Outputs, wrongOutputs } from "./outputRule.ts";
import {
  HOSTING_POLICY,
  type HostingPolicy,
  UPGRADE_POLICY,
  type UpgradePolicy,
} from "./policy.ts";
import { RESOURCE_LIMITS } from "./resourceLimits.ts";
import { classOf, RESOURCE_CLASSES, type ResourceClass, type Resources } from "./resources.ts";

/** What a container contract is, as its deployer declares it; any change is a new version. */
export type Manifest = {
  readonly name: string;
  readonly image: ImageDigest;
  readonly platform: Platform;
  /** The program and its arguments; the image's own entry point counts for nothing. */
  readonly entrypoint: readonly string[];
  /** Solidity's ABI in JSON, for tools; the chain reads of it what `outputs` names, and whether there is a constructor. */
  readonly abi?: readonly unknown[];
  readonly resources: ResourceClass | Resources;
  /** Whether plain value without calldata is taken, without running code. */
  readonly payable: boolean;
  readonly isolation: Isolation;
  readonly determinism: Determinism;
  /**
   * How members agree, each time on the same bytes: `identical` begins with a small committee of which all must agree,
   * `strong` with a wide one, for contracts whose value cannot wait for a challenge.
   */
  readonly attestation: "identical" | "strong";
  /**
   * How members agree on what functions return whose output is not the same on every host, by signature (PROTOCOL.md,
   * "Outputs"). What any function writes, logs and sends must be the same in any case.
   */
  readonly outputs?: Outputs;
  /** Who decides about versions; without it the program alone does (PROTOCOL.md, "Version"). */
  readonly upgrade?: UpgradePolicy;
  /** What must be there before a version runs; without it nothing. */
  readonly hosting?: HostingPolicy;
  /**
   * Calldata of a call that each host makes on the contract's state before it says that a version is ready, and that
   * must succeed there, alike in two replicas. Nothing else comes of it.
   */
  readonly probe?: Hex;
  /**
   * Public keys in PEM, each of which must have signed the image (README.md, "Signatures"). A host without the signatures
   * starts nothing and abstains; the chain itself reads the keys' form alone.
   */
  readonly signers?: readonly string[];
};

export type InvalidManifest =
  | { readonly code: "MANIFEST_FIELD"; readonly field: string; readonly limit: string }
  | { readonly code: "MANIFEST_TOO_LARGE"; readonly length: number; readonly limit: number }
  | { readonly code: "MANIFEST_JSON" }
  | { readonly code: "MANIFEST_NOT_CANONICAL"; readonly position: number };

const BYTES_MAX: number = PAYLOAD_BYTES_MAX[3];
const ARGUMENTS_MAX = 16;
const ARGUMENT_CHARACTERS_MAX = 256;
const ABI_ENTRIES_MAX = 256;
const SIGNERS_MAX = 8;
/** A selector and a few arguments. */
const PROBE_BYTES_MAX = 1_024;
/**
 * The one PEM text (RFC 7468) of a key: SubjectPublicKeyInfo of ECDSA P-256, uncompressed, or of Ed25519 (RFC 8410). By
 * its letters and without a library, because every node must accept the same manifests.
 */
const SIGNER =
  /^-----BEGIN PUBLIC KEY-----\n(MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{28}\n[A-Za-z0-9+/]{58}==|MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=)\n-----END PUBLIC KEY-----\n$/;
/** Canonicalising recurses; an ABI's tuples nest a few levels. */
const DEPTH_MAX = 16;

// Every rule has our own words: a refusal is revert data, which a factory can read, so no library's may change it.
const RULES = {
  name: "1 to 64 of a-z, 0-9 and -, beginning with a letter",
  image: "sha256: and 64 lower-case hex digits; a tag may name another image tomorrow",
  platform: "linux/amd64 or wasi/wasm",
  entrypoint: `1 to ${ARGUMENTS_MAX} arguments`,
  argument: `1 to ${ARGUMENT_CHARACTERS_MAX} characters of printable ASCII`,
  abi: `a list of at most ${ABI_ENTRIES_MAX} entries, nested at most ${DEPTH_MAX} deep`,
  resources: "small, medium, large, or an object of limits",
  payable: "true or false",
  isolation: "fork, process or warm",
  determinism: "standard or strict",
  attestation: "identical or strong",
  outputs: `1 to ${OUTPUTS_MAX} functions by signature, each median or an object with fields`,
  fields: `a list of 1 to ${FIELDS_MAX} different names of return values, or their places where they have none`,
  probe: `calldata, 0x and an even number of lower-case hex digits: 4 to ${PROBE_BYTES_MAX} bytes`,
  signers: `1 to ${SIGNERS_MAX} different public keys`,
  signer: "a public key of ECDSA P-256 or Ed25519 in PEM, as openssl pkey -pubout writes it",
} as const;

const argument = z.string(RULES.argument).regex(/^[\x20-\x7e]{1,256}$/, RULES.argument);
const image = z.custom<ImageDigest>(
  (value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value),
  RULES.image,
);

const probe = z.string(RULES.probe).regex(/^0x([0-9a-f]{2}){4,1024}$/, RULES.probe);

export const OUTPUTS: z.ZodType<Outputs> = z.record(
  z.string(),
  z.union(
    [
      z.literal("median"),
      z.strictObject({
        fields: z
          .array(z.string(RULES.fields), RULES.fields)
          .min(1, RULES.fields)
          .max(FIELDS_MAX, RULES.fields)
          .refine((names) => new Set(names).size === names.length, RULES.fields),
      }),
    ],
    RULES.outputs,
  ),
  RULES.outputs,
);

const SCHEMA = z
  .strictObject(
    {
      name: z.string(RULES.name).regex(/^[a-z][a-z0-9-]{0,63}$/, RULES.name),
      image,
      platform: z.enum(["linux/amd64", "wasi/wasm"], RULES.platform),
      entrypoint: z
        .array(argument, RULES.entrypoint)
        .min(1, RULES.entrypoint)
        .max(ARGUMENTS_MAX, RULES.entrypoint),
      abi: z.array(z.unknown(), RULES.abi).max(ABI_ENTRIES_MAX, RULES.abi).optional(),
      resources: z.union([z.enum(["small", "medium", "large"]), RESOURCE_LIMITS], RULES.resources),
      payable: z.boolean(RULES.payable),
      isolation: z.enum(["fork", "process", "warm"], RULES.isolation),
      determinism: z.enum(["standard", "strict"], RULES.determinism),
      attestation: z.enum(["identical", "strong"], RULES.attestation),
      outputs: OUTPUTS.optional(),
      upgrade: UPGRADE_POLICY.optional(),
      hosting: HOSTING_POLICY.optional(),
      probe: probe.optional(),
      signers: z
        .array(z.string(RULES.signer).regex(SIGNER, RULES.signer), RULES.signers)
        .min(1, RULES.signers)
        .max(SIGNERS_MAX, RULES.signers)
        .refine((keys) => new Set(keys).size === keys.length, RULES.signers)
        .optional(),
    },
    "an object of the manifest's fields",
  )
  .superRefine(({ platform, isolation }, context) => {
    // A WASI process cannot fork, and a container engine starts no container for each call.
    const taken = platform === "wasi/wasm" ? ["process"] : ["fork", "warm"];
    if (taken.includes(isolation)) return;
    const message = `${taken.join(" or ")}, on platform ${platform}`;
    context.addIssue({ code: "custom", path: ["isolation"], message, input: isolation });
  });

/**
 * Reads a manifest. Its bytes must be the JSON that RFC 8785 makes of it, so that one manifest has one hash. Throws
 * `InvalidInput<InvalidManifest>` that names the field, its value and the rule.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > BYTES_MAX) {
    throw new InvalidInput<InvalidManifest>(
      { code: "MANIFEST_TOO_LARGE", length: bytes.length, limit: BYTES_MAX },
      `the manifest is ${bytes.length} bytes; the limit is ${BYTES_MAX}`,
    );
  }
  const value = parseJson(bytes);
  const manifest = checkManifest(value);
  const canonical = canonicalBytes(manifest);
  if (!equalBytes(canonical, bytes)) throw notCanonical(canonical, bytes);
  return manifest;
}

/** The canonical bytes of a manifest, checked: the payload of its envelope. Throws like `parseManifest`. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const bytes = canonicalBytes(checkManifest(manifest));
  return canonicalBytes(parseManifest(bytes));
}

/** What a manifest's containers may use, and the class whose price and hosts it takes. */
export function resourcesOf({ resources }: Pick<Manifest, "resources">): {
  readonly resourceClass: ResourceClass;
  readonly resources: Resources;
} {
  if (typeof resources === "string") {
    return { resourceClass: resources, resources: RESOURCE_CLASSES[resources] };
  }
  return { resourceClass: classOf(resources) ?? "large", resources };
}

function parseJson(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidInput<InvalidManifest>(
      { code: "MANIFEST_JSON" },
      "the manifest is no JSON in UTF-8",
    );
  }
  if (isDeeper(value, DEPTH_MAX)) throw refused("abi", RULES.abi, "nested deeper");
  return value;
}

function checkManifest(value: unknown): Manifest {
  const { success, data, error } = SCHEMA.safeParse(value, { reportInput: true });
  if (success) {
    checkOutputs(data as Manifest);
    return data as Manifest;
  }
  throw refusedIssue(error.issues[0] as z.core.$ZodIssue, value);
}

function checkOutputs({ outputs, abi }: Manifest): void {
  if (outputs === undefined) return;
  const wrong = wrongOutputs(outputs, abi);
  if (wrong === undefined) return;
  const signature = wrong.field.slice("outputs.".length);
  throw refused(wrong.field, wrong.rule, signature === "" ? outputs : outputs[signature]);
}

/** Tells the first issue; of a union's, the one of the form that was meant. */
function refusedIssue(
  issue: z.core.$ZodIssue,
  whole: unknown,
  prefix: readonly PropertyKey[] = [],
): InvalidInput<InvalidManifest> {
  const path = [...prefix, ...issue.path];
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
    whole,
  );
  if (issue.code === "invalid_union" && typeof value === "object" && value !== null) {
    const meant = issue.errors.at(-1)?.[0];
    if (meant) return refusedIssue(meant, whole, path);
  }
  if (issue.code === "unrecognized_keys") return unknownField([...path, issue.keys[0]].join("."));
  return refused(path.join(".") || "the whole", issue.message, value);
}

function unknownField(field: string): InvalidInput<InvalidManifest> {
  return new InvalidInput(
    { code: "MANIFEST_FIELD", field, limit: "no such field" },
    `manifest: ${shorten(field)} is no field of a manifest`,
  );
}

function refused(field: string, rule: string, value: unknown): InvalidInput<InvalidManifest> {
  return new InvalidInput(
    { code: "MANIFEST_FIELD", field, limit: rule },
    `manifest: ${field} is ${shorten(value)}; expected ${rule}`,
  );
}

function shorten(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalize(value) ?? "");
}

function notCanonical(wanted: Uint8Array, got: Uint8Array): InvalidInput<InvalidManifest> {
  let position = 0;
  while (position < wanted.length && wanted[position] === got[position]) position++;
  const around = (bytes: Uint8Array): string =>
    JSON.stringify(
      new TextDecoder().decode(bytes.subarray(position, position + 20) ?? EMPTY_BYTES),
    );
  return new InvalidInput(
    { code: "MANIFEST_NOT_CANONICAL", position },
    `the manifest is not canonical JSON (RFC 8785): at byte ${position} stands ${around(got)}, and ${around(wanted)} belongs there`,
  );
}
