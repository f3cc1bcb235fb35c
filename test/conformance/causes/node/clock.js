// Its cause is time.
export const run = () => Date.now();
