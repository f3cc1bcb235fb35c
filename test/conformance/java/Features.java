import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Account;
import org.delchain.Address;
import org.delchain.Array;
import org.delchain.Block;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.ContractError;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.I256;
import org.delchain.Indexed;
import org.delchain.Int;
import org.delchain.Length;
import org.delchain.Mapping;
import org.delchain.Message;
import org.delchain.Payable;
import org.delchain.Receive;
import org.delchain.Results;
import org.delchain.Revert;
import org.delchain.U256;
import org.delchain.Uint;
import org.delchain.Value;
import org.delchain.View;

/** The same contract as Features.sol. */
@Contract
final class Features {
    enum Size {
        SMALL,
        LARGE,
        HUGE
    }

    record Point(@Uint(64) long x, int y) {}

    record Order(Address owner, @Uint(96) U256 amount, String note, U256[] parts, Point at, boolean open) {}

    record Noted(@Indexed String topic, String text, @Indexed Address who, byte[] data) implements Event {}

    record Moved(Point from, U256[] path, @Indexed byte @Length(4) [] tag, int by) implements Event {}

    record Resized(@Indexed Size from, Size to) implements Event {}

    record Poor(Address who, U256 have, String why) implements ContractError {}

    @Results
    record Packed(Address owner_, boolean flag_, @Uint(64) long count_, short temperature_, byte @Length(4) [] tag_) {}

    @Results
    record Item(U256 a, @Uint(8) short b, Point c) {}

    @Results
    record Context(Address sender, Address self, U256 number, U256 time, U256 chain, U256 fee) {}

    Value<Address> owner;
    Value<Boolean> flag;
    Value<@Uint(64) Long> count;
    Value<Short> temperature;
    Value<byte @Length(4) []> tag;
    Value<U256> total;
    Value<String> name;
    Value<byte[]> blob;
    Mapping<Address, Mapping<Address, U256>> allowances;
    Mapping<String, @Uint(128) U256> byName;
    Array<U256> list;
    Array<@Uint(8) Short> small;
    Array<Point> points;
    @Length(5) Array<@Uint(32) Integer> five;
    Mapping<U256, Order> orders;
    Value<Point> spot;
    Value<I256> balance;
    Value<Size> size;
    Mapping<Size, Size[]> sizes;

    @Constructor
    void setUp(Address first, String title, @Uint(64) long[] counts) {
        owner.set(first);
        name.set(title);
        if (counts.length == 0) throw Revert.panic(Revert.PANIC_INDEX);
        count.set(counts[0]);
    }

    @External
    void setPacked(Address a, boolean b, @Uint(64) long c, short d, byte @Length(4) [] e) {
        owner.set(a);
        flag.set(b);
        count.set(c);
        temperature.set(d);
        tag.set(e);
    }

    @View
    Packed packed(U256 skip) {
        require(skip.isLessThan(U256.of(5)), "too far");
        return new Packed(owner.get(), flag.get(), count.get(), temperature.get(), tag.get());
    }

    @External
    void setText(String text, byte[] data) {
        name.set(text);
        blob.set(data);
    }

    @View
    String text() {
        return name.get();
    }

    @View
    byte[] data() {
        return blob.get();
    }

    @External
    void allow(Address spender, U256 amount) {
        Mapping<Address, U256> mine = allowances.get(Message.sender());
        mine.set(spender, mine.get(spender).add(amount));
    }

    @View
    U256 allowance(Address holder, Address spender) {
        return allowances.get(holder).get(spender);
    }

    @External
    void setByName(String key, @Uint(128) U256 value) {
        byName.set(key, value);
    }

    @View
    @Uint(128)
    U256 getByName(String key) {
        return byName.get(key);
    }

    @External
    @Uint(32)
    int push(U256 a, @Uint(8) short b, Point c) {
        list.push(a);
        small.push(b);
        points.push(c);
        return list.length();
    }

    @External
    void pop() {
        list.pop();
        small.pop();
        points.pop();
    }

    @View
    Item item(@Uint(32) int i) {
        return new Item(list.get(i), small.get(i), points.get(i));
    }

    @External
    void setItem(@Uint(32) int i, @Uint(32) int value) {
        five.set(i, value);
        small.set(i, (short) (value & 255));
    }

    @External
    void setOrder(U256 id, Order order) {
        orders.set(id, order);
    }

    @View
    Order order(U256 id) {
        return orders.get(id);
    }

    @External
    void setSpot(Point at, I256 by) {
        spot.set(at);
        balance.set(balance.get().add(by));
    }

    @View
    Order[] echo(Order[] all, byte[][] blobs, @Int(24) int @Length(3) [] three) {
        require(blobs.length < 3, "too many");
        require(three[0] <= three[1], "order");
        return all;
    }

    @View
    String[] nested(@Uint(16) int @Length(2) [][] a, String[] b, boolean[] c) {
        require(a[0].length + c.length < 100, "long");
        return b;
    }

    @External
    void note(String topic, String what, byte[] more) {
        emit(new Noted(topic, what, Message.sender(), more));
    }

    @External
    void move(Point from, U256[] path, byte @Length(4) [] as_, int by) {
        emit(new Moved(from, path, as_, by));
    }

    @View
    void fail(U256 have, String why) {
        throw new Revert(new Poor(Message.sender(), have, why));
    }

    @External
    Size resize(Size to, Size[] all) {
        Size before = size.get();
        size.set(to);
        sizes.set(to, all);
        emit(new Resized(before, to));
        return before;
    }

    @View
    I256 check(I256 a, I256 b) {
        return a.divide(b).multiply(I256.of(3)).subtract(a.remainder(b)).add(b);
    }

    @View
    U256 shift(U256 a, @Uint(16) int by) {
        return a.shiftLeft(by).or(a.shiftRight(by)).xor(a.not());
    }

    @View
    @Uint(128)
    U256 sum(@Uint(8) short a, @Uint(64) long b, @Uint(128) U256 c) {
        return U256.of(a).add(U256.ofUnsigned(b)).add(c);
    }

    @External
    @Payable
    U256 deposit() {
        return Message.value().add(Account.balance(Account.self()));
    }

    @View
    Context context() {
        return new Context(
                Message.sender(), Account.self(), U256.of(Block.number()), U256.of(Block.timestamp()),
                U256.of(Block.chainId()), Block.baseFee());
    }

    @Receive
    void take() {
        total.set(total.get().add(Message.value()));
    }
}
