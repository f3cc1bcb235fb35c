// Has no cause.
export const run = () => [3, 1, 2].toSorted().length;
