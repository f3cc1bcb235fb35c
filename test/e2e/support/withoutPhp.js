import { registerHooks } from "node:module";

// Loaded before a program (`--import`), it makes the interpreter's package one that is not installed.
registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith("@php-wasm/")) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find module '${specifier}'`), {
      code: "MODULE_NOT_FOUND",
    });
  },
});
