<?php

// Its cause is environmentOrder.
return function (): int {
    $names = array_keys(getenv());
    return array_search('HOME', $names) < array_search('TZ', $names) ? 1 : 0;
};
