// Its cause is environmentOrder.
const isEarlier = (one, other, names) => names.indexOf(one) < names.indexOf(other);

export const run = () => (isEarlier("HOME", "TZ", Object.keys(process.env)) ? 1 : 0);
