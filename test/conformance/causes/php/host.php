<?php

// Its cause is hostname.
return fn (): int => crc32(gethostname());
