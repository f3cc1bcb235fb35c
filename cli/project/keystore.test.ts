import assert from "node:assert/strict";
import { test } from "node:test";
import { decryptKeystore } from "./keystore.ts";

// A test vector of Web3 Secret Storage, version 3.
const PASSWORD = "testpassword";
const KEY = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

const PBKDF2 = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  version: 3,
};

// The standard's own has r = 1, which OpenSSL refuses for its n, and no wallet writes; this one is by ethers.
const SCRYPT = {
  Crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "55cc571c470080f9dcd1f8d22de358f5" },
    ciphertext: "100be0b07097a5a28466c22ed28858ddff4dde7632d4ce846a8e93644b250ea7",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 4096,
      p: 1,
      r: 8,
      salt: "a33284683c7a0c860a901b75b1fc17490aa89001f2f82af6dc0a709e12ef1f44",
    },
    mac: "343b3cfa40c12340f981f1690934ebf73576e14724a267b50b66dc8919d37f37",
  },
  version: 3,
};

function opened(keystore: object, password = PASSWORD): string {
  return decryptKeystore(JSON.stringify(keystore), password, "key.json");
}

test("keystores of both kinds open with their password", () => {
  assert.deepEqual([opened(PBKDF2), opened(SCRYPT)], [KEY, KEY]);
});

test("a wrong password opens nothing", () => {
  assert.throws(() => opened(PBKDF2, "testpasswort"), /the password does not open key.json/);
});

test("what is no keystore, or would hold the machine, is refused", () => {
  assert.throws(() => opened({ version: 1 }), /key.json is no keystore/);
  assert.throws(() => decryptKeystore("not JSON", PASSWORD, "key.json"), /is no keystore/);
  const greedy = { ...SCRYPT.Crypto, kdfparams: { ...SCRYPT.Crypto.kdfparams, n: 2 ** 24, r: 8 } };
  assert.throws(
    () => opened({ ...SCRYPT, Crypto: greedy }),
    /parameters that this command does not/,
  );
});
