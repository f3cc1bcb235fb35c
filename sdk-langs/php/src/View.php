<?php

declare(strict_types=1);

namespace DelChain;

/** Marks a method that writes nothing: a client calls it without a transaction. Only the exported ABI says so. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class View
{
}
