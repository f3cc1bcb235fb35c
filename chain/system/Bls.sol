// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BLS signatures on BLS12-381, public keys in G1 and signatures in G2
/// @notice The proof-of-possession scheme of draft-irtf-cfrg-bls-signature-05, by the precompiles of EIP-2537, whose
/// encodings these functions take: 128 bytes a key, 256 a signature, both uncompressed.
library Bls {
    /// The base field's prime, as a number of 64 bytes.
    bytes private constant P =
        hex"000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
    /// (P - 1) / 2, its first 16 bytes and its last 32.
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;
    /// The generator of G1, negated.
    bytes private constant MINUS_ONE =
        hex"0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        hex"00000000000000000000000000000000114d1d6855d545a8aa7d76c8cf2e21f267816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca";

    address private constant MODEXP = address(0x05);
    address private constant G2_ADD = address(0x0d);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_TO_G2 = address(0x11);

    string internal constant SIGNATURE = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
    string internal constant POSSESSION = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

    error WrongLength(uint256 key, uint256 signature);

    /// @notice Whether `signature` is the key's over `message` in `domain`. False for points that are not of their
    /// groups, and for the key at infinity, which every signature at infinity would fit.
    function verify(bytes memory key, bytes memory message, bytes memory signature, string memory domain)
        internal
        view
        returns (bool)
    {
        if (key.length != 128 || signature.length != 256) revert WrongLength(key.length, signature.length);
        if (keccak256(key) == keccak256(new bytes(128))) return false;
        bytes memory input = bytes.concat(key, hashToG2(message, domain), MINUS_ONE, signature);
        (bool done, bytes memory answer) = PAIRING.staticcall(input);
        return done && answer.length == 32 && abi.decode(answer, (uint256)) == 1;
    }

    /// @notice The 48 bytes that name a key everywhere else: x, and in its highest bits that it is compressed and
    /// which of the two y it has. The first 32 of them and the last 16.
    function compress(bytes memory key) internal pure returns (bytes32 start, bytes16 end) {
        if (key.length != 128) revert WrongLength(key.length, 256);
        (uint256 xHigh, uint256 xLow, uint256 yHigh, uint256 yLow) = abi.decode(key, (uint256, uint256, uint256, uint256));
        bool isLarge = yHigh > HALF_HIGH || (yHigh == HALF_HIGH && yLow > HALF_LOW);
        uint256 first = xHigh | (1 << 127) | (isLarge ? 1 << 125 : 0);
        start = bytes32((first << 128) | (xLow >> 128));
        end = bytes16(uint128(xLow));
    }

    /// @notice hash_to_curve of RFC 9380 for the suite BLS12381G2_XMD:SHA-256_SSWU_RO_.
    function hashToG2(bytes memory message, string memory domain) internal view returns (bytes memory) {
        bytes32[8] memory uniform = expand(message, domain);
        bytes memory first = mapToG2(uniform[0], uniform[1], uniform[2], uniform[3]);
        bytes memory second = mapToG2(uniform[4], uniform[5], uniform[6], uniform[7]);
        (, bytes memory sum) = G2_ADD.staticcall(bytes.concat(first, second));
        return sum;
    }

    /// expand_message_xmd for 256 bytes: four numbers of 64.
    function expand(bytes memory message, string memory domain) private pure returns (bytes32[8] memory uniform) {
        bytes memory suffix = abi.encodePacked(domain, uint8(bytes(domain).length));
        bytes32 seed = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(256), uint8(0), suffix));
        bytes32 previous;
        for (uint8 i = 0; i < 8; i++) {
            previous = sha256(abi.encodePacked(seed ^ previous, i + 1, suffix));
            uniform[i] = previous;
        }
    }

    function mapToG2(bytes32 a, bytes32 b, bytes32 c, bytes32 d) private view returns (bytes memory point) {
        (, point) = MAP_TO_G2.staticcall(bytes.concat(reduce(a, b), reduce(c, d)));
    }

    /// A number of 64 bytes modulo P, in 64 bytes: to the power of one.
    function reduce(bytes32 high, bytes32 low) private view returns (bytes memory rest) {
        (, rest) = MODEXP.staticcall(abi.encodePacked(uint256(64), uint256(1), uint256(64), high, low, uint8(1), P));
    }
}
