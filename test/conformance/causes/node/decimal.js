// Its cause is locale: a Turkish decimal point is a comma.
export const run = () => (1.5).toLocaleString().charCodeAt(1);
