<?php

declare(strict_types=1);

use DelChain\Contract;

/** Leaves behind all that a call can, and says whether anything of an earlier call was there. */
final class Litter extends Contract
{
    private bool $ran = false;

    protected function dispatch(string $input): string
    {
        $fresh = !$this->ran;
        $this->ran = true;
        // A folder that cannot be listed, one in it that cannot be entered, and a file whose name one has to know.
        @mkdir('/tmp/folder', 0300);
        @mkdir('/tmp/folder/inner', 0300);
        @mkdir('/tmp/folder/inner/closed', 0);
        $fresh = @fopen('/tmp/file', 'x') !== false && $fresh;
        $fresh = @fopen('/tmp/folder/inner/file', 'x') !== false && $fresh;
        if (pcntl_fork() === 0) {
            while (true) {
                continue;
            }
        }
        return $fresh ? 'fresh' : 'left';
    }
}
