declare const brand: unique symbol;

/** A value that carries a name the compiler checks and the run time never sees. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
