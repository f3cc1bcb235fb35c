<?php

// Its cause is random.
return fn (): int => random_int(0, PHP_INT_MAX);
