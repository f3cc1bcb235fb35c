// What `asc --transform @delchain/assemblyscript/transform` loads: it wants a default export.
// biome-ignore lint/style/noDefaultExport: the compiler's interface.
export { ContractTransform as default } from "./transform/transform.ts";
