import assert from "node:assert/strict";
import { before, test } from "node:test";
import { compileJava } from "@delchain/java";
import { bigintToBytes, toHex } from "@delchain/runtime";
import type { Abi } from "viem";
import { CALLER, CONTRACT, Harness } from "./sdkHarness.ts";

// A contract that extends another class, of a package of its own.

const OWNED = `package shop.base;
import org.delchain.*;
public abstract class Owned {
  public record OwnerChanged(@Indexed Address to) implements Event {}
  public Value<Address> owner;
  protected static final int LIMIT = 7;
  protected void onlyOwner() { Revert.require(owner.get().equals(Message.sender()), "not the owner"); }
  @External public void setOwner(Address to) { onlyOwner(); owner.set(to); Event.emit(new OwnerChanged(to)); }
  @View public Address owner() { return owner.get(); }
  @View public String name() { return "owned"; }
  @View public abstract int limit();
}`;

const SHOP = `package shop;
import org.delchain.*;
import shop.base.Owned;
@Contract public class Shop extends Owned {
  public enum Size { SMALL, LARGE }
  Value<U256> price;
  @Constructor void open() { owner.set(Message.sender()); price.set(U256.of(5)); }
  @External void setPrice(U256 to) { onlyOwner(); price.set(to); }
  @Override @View public String name() { return "shop, " + super.name(); }
  @Override public int limit() { return LIMIT + Size.values().length; }
}`;

let shop: Harness;
let abi: Abi;

before(async () => {
  const files = { "shop/base/Owned.java": OWNED, "shop/Shop.java": SHOP };
  const compiled = await compileJava({ files });
  abi = compiled.abi as Abi;
  shop = new Harness(compiled.module, abi);
  shop.host.construct(CONTRACT, CALLER, new Uint8Array(0));
});

test("methods and events of the class above are the contract's, and overriding ones take their place", () => {
  const names = abi.flatMap((entry) => ("name" in entry ? [entry.name] : []));
  assert.deepEqual(names.sort(), [
    "OwnerChanged",
    "limit",
    "name",
    "owner",
    "setOwner",
    "setPrice",
  ]);
  assert.deepEqual(shop.call("name"), { result: "shop, owned" });
  assert.deepEqual(shop.call("limit"), { result: 9 });
});

test("storage of the class above comes first, as in Solidity", () => {
  assert.deepEqual(shop.call("setPrice", [6n]), { result: undefined });
  const slot = (number: bigint): string => toHex(bigintToBytes(number, 32));
  assert.deepEqual(shop.host.storage(CONTRACT), [
    [slot(0n), slot(BigInt(CALLER))],
    [slot(1n), slot(6n)],
  ]);
  shop.call("setOwner", [`0x${"0b".repeat(20)}`]);
  assert.deepEqual(shop.call("setPrice", [7n]), { revert: "Error", args: ["not the owner"] });
});

test("storage that the build cannot reach is refused with the remedy", async () => {
  const hidden = OWNED.replace("public Value<Address> owner", "Value<Address> owner");
  const files = {
    "shop/base/Owned.java": hidden,
    "shop/Shop.java": SHOP.replace("owner.set(Message.sender()); ", ""),
  };
  await assert.rejects(
    compileJava({ files }),
    /shop\/Shop\.java:4: error: owner of shop\.base\.Owned is storage in another package: make it public/,
  );
});
