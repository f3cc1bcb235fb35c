<?php

declare(strict_types=1);

namespace DelChain;

/** Keccak-256 as Ethereum uses it: padding 0x01, not SHA-3's 0x06 (Yellow Paper, appendix B). */
final class Keccak
{
    /** 200 bytes of state less twice the 32 bytes of the hash. */
    private const RATE = 136;

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
            self::permute($lanes);
        }
        return pack('P4', $lanes[0], $lanes[1], $lanes[2], $lanes[3]);
    }

    /**
     * Keccak-f[1600]: FIPS 202, section 3.3. The round constants come from its LFSR (section 3.2.5).
     *
     * @param list<int> $lanes
     */
    private static function permute(array &$lanes): void
    {
        $lfsr = 1;
        for ($round = 0; $round < 24; $round++) {
            self::mixColumns($lanes);
            $lanes = self::turnAndMove($lanes);
            for ($row = 0; $row < 25; $row += 5) {
                [$a, $b, $c, $d, $e] = array_slice($lanes, $row, 5);
                $lanes[$row] = $a ^ (~$b & $c);
                $lanes[$row + 1] = $b ^ (~$c & $d);
                $lanes[$row + 2] = $c ^ (~$d & $e);
                $lanes[$row + 3] = $d ^ (~$e & $a);
                $lanes[$row + 4] = $e ^ (~$a & $b);
            }
            for ($bit = 0; $bit < 7; $bit++) {
                if ($lfsr & 1) {
                    $lanes[0] ^= 1 << ((1 << $bit) - 1);
                }
                $lfsr = ($lfsr << 1 ^ ($lfsr >> 7) * 0x71) & 0xff;
            }
        }
    }

    /** @param list<int> $lanes */
    private static function mixColumns(array &$lanes): void
    {
        $columns = [];
        for ($x = 0; $x < 5; $x++) {
            $columns[$x] = $lanes[$x] ^ $lanes[$x + 5] ^ $lanes[$x + 10] ^ $lanes[$x + 15] ^ $lanes[$x + 20];
        }
        for ($x = 0; $x < 5; $x++) {
            $mixed = $columns[($x + 4) % 5] ^ self::rotateLeft($columns[($x + 1) % 5], 1);
            for ($y = 0; $y < 25; $y += 5) {
                $lanes[$x + $y] ^= $mixed;
            }
        }
    }

    /**
     * The steps rho and pi, which walk one cycle through all lanes but the first.
     *
     * @param list<int> $lanes
     * @return list<int>
     */
    private static function turnAndMove(array $lanes): array
    {
        [$x, $y] = [1, 0];
        $carried = $lanes[1];
        for ($step = 0; $step < 24; $step++) {
            [$x, $y] = [$y, (2 * $x + 3 * $y) % 5];
            $replaced = $lanes[$x + 5 * $y];
            $lanes[$x + 5 * $y] = self::rotateLeft($carried, ($step + 1) * ($step + 2) / 2 % 64);
            $carried = $replaced;
        }
        return $lanes;
    }

    /** PHP's `>>` keeps the sign, so the bits that come round are masked. */
    private static function rotateLeft(int $value, int $by): int
    {
        return $by === 0 ? $value : $value << $by | $value >> (64 - $by) & (1 << $by) - 1;
    }
}
