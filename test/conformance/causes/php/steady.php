<?php

// Has no cause.
return fn (): int => crc32('steady');
