// Its cause is warmState: the variable outlives the call.
let calls = 0;

export const run = () => ++calls;
