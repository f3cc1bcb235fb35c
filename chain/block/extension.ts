import { ByteVectorType, ContainerType, UintBigintType } from "@chainsafe/ssz";
import { encodeRlp, type Hash, hashToBytes, keccak256 } from "@delchain/runtime";
import type { Certificate } from "../attest/certificate.ts";
import { encodeCertificate } from "../attest/certificateCodec.ts";
import type { Extension } from "./header.ts";

const Bytes32: ByteVectorType = new ByteVectorType(32);

/** SSZ, so that any one field can be proved against a header by sha256 in a contract. */
const ExtensionType: ContainerType<{
  ordersRoot: ByteVectorType;
  certificatesRoot: ByteVectorType;
  containerGasOrdered: UintBigintType;
  containerBaseFee: UintBigintType;
}> = new ContainerType({
  ordersRoot: Bytes32,
  certificatesRoot: Bytes32,
  containerGasOrdered: new UintBigintType(8),
  containerBaseFee: new UintBigintType(32),
});

/** What the header carries as `extraData`, 32 bytes. */
export function extensionRoot(extension: Extension): Uint8Array {
  return ExtensionType.hashTreeRoot({
    ordersRoot: hashToBytes(extension.ordersRoot),
    certificatesRoot: hashToBytes(extension.certificatesRoot),
    containerGasOrdered: extension.containerGasOrdered,
    containerBaseFee: extension.containerBaseFee,
  });
}

/** keccak-256 of the RLP list of the encoded certificates. */
export function certificatesRoot(certificates: readonly Certificate[]): Hash {
  return keccak256(encodeRlp(certificates.map(encodeCertificate)));
}

export const EMPTY_CERTIFICATES_ROOT: Hash = certificatesRoot([]);
