<?php

// Its cause is time.
return fn (): int => time();
