<?php

declare(strict_types=1);

namespace DelChain;

/** Keccak-256 as Ethereum uses it: padding 0x01, not SHA-3's 0x06 (Yellow Paper, appendix B). */
final class Keccak
{
    /** 200 bytes of state less twice the 32 bytes of the hash. */
    private const RATE = 136;
    private const ROUNDS = 24;
    /** The steps rho and pi walk one cycle through all lanes but the first: the next lane, and how far bits turn. */
    private const LANES = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];
    private const TURNS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    public static function hash(string $data): string
    {
        $padding = str_repeat("\0", self::RATE - strlen($data) % self::RATE);
        $padding[0] = "\x01";
        $last = strlen($padding) - 1;
        $padding[$last] = $padding[$last] | "\x80";
        $lanes = array_fill(0, 25, 0);
        foreach (str_split($data . $padding, self::RATE) as $block) {
            foreach (array_values(unpack('P*', $block)) as $index => $lane) {
                $lanes[$index] ^= $lane;
            }
            $lanes = self::permute($lanes);
        }
        return pack('P4', $lanes[0], $lanes[1], $lanes[2], $lanes[3]);
    }

    /**
     * Keccak-f[1600]: FIPS 202, section 3.3. Spelled out, because a call waits for it; PHP's `>>` keeps the sign, so
     * bits that come round are masked.
     *
     * @param list<int> $lanes
     * @return list<int>
     */
    private static function permute(array $lanes): array
    {
        foreach (self::roundConstants() as $constant) {
            $c0 = $lanes[0] ^ $lanes[5] ^ $lanes[10] ^ $lanes[15] ^ $lanes[20];
            $c1 = $lanes[1] ^ $lanes[6] ^ $lanes[11] ^ $lanes[16] ^ $lanes[21];
            $c2 = $lanes[2] ^ $lanes[7] ^ $lanes[12] ^ $lanes[17] ^ $lanes[22];
            $c3 = $lanes[3] ^ $lanes[8] ^ $lanes[13] ^ $lanes[18] ^ $lanes[23];
            $c4 = $lanes[4] ^ $lanes[9] ^ $lanes[14] ^ $lanes[19] ^ $lanes[24];
            $d0 = $c4 ^ ($c1 << 1 | $c1 >> 63 & 1);
            $d1 = $c0 ^ ($c2 << 1 | $c2 >> 63 & 1);
            $d2 = $c1 ^ ($c3 << 1 | $c3 >> 63 & 1);
            $d3 = $c2 ^ ($c4 << 1 | $c4 >> 63 & 1);
            $d4 = $c3 ^ ($c0 << 1 | $c0 >> 63 & 1);
            for ($row = 0; $row < 25; $row += 5) {
                $lanes[$row] ^= $d0;
                $lanes[$row + 1] ^= $d1;
                $lanes[$row + 2] ^= $d2;
                $lanes[$row + 3] ^= $d3;
                $lanes[$row + 4] ^= $d4;
            }
            $carried = $lanes[1];
            foreach (self::LANES as $step => $lane) {
                $by = self::TURNS[$step];
                $replaced = $lanes[$lane];
                $lanes[$lane] = $carried << $by | $carried >> (64 - $by) & (1 << $by) - 1;
                $carried = $replaced;
            }
            for ($row = 0; $row < 25; $row += 5) {
                $a = $lanes[$row];
                $b = $lanes[$row + 1];
                $lanes[$row] = $a ^ (~$b & $lanes[$row + 2]);
                $lanes[$row + 1] = $b ^ (~$lanes[$row + 2] & $lanes[$row + 3]);
                $lanes[$row + 2] ^= ~$lanes[$row + 3] & $lanes[$row + 4];
                $lanes[$row + 3] ^= ~$lanes[$row + 4] & $a;
                $lanes[$row + 4] ^= ~$a & $b;
            }
            $lanes[0] ^= $constant;
        }
        return $lanes;
    }

    /**
     * From the LFSR of FIPS 202, section 3.2.5: PHP has no literals above 2^63.
     *
     * @return list<int>
     */
    private static function roundConstants(): array
    {
        static $constants = [];
        $lfsr = 1;
        while (count($constants) < self::ROUNDS) {
            $constant = 0;
            for ($bit = 0; $bit < 7; $bit++) {
                if ($lfsr & 1) {
                    $constant |= 1 << ((1 << $bit) - 1);
                }
                $lfsr = ($lfsr << 1 ^ ($lfsr >> 7) * 0x71) & 0xff;
            }
            $constants[] = $constant;
        }
        return $constants;
    }
}
