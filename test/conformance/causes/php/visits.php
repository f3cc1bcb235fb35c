<?php

// Its cause is warmState: the file outlives the call.
return function (): int {
    file_put_contents('/tmp/visits', '*', FILE_APPEND);
    clearstatcache();
    return filesize('/tmp/visits');
};
