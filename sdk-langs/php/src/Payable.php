<?php

declare(strict_types=1);

namespace DelChain;

/** Over a method that takes value; every other refuses it. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class Payable
{
}
