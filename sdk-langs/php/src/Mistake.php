<?php

declare(strict_types=1);

namespace DelChain;

/** What no ABI can say, in a contract's declarations: stops it before its first call, and names where it stands. */
final class Mistake extends \LogicException
{
    public static function at(\ReflectionMethod $method, string $message): self
    {
        $mistake = new self($message);
        $mistake->file = (string) $method->getFileName();
        $mistake->line = (int) $method->getStartLine();
        return $mistake;
    }
}
