import org.delchain.Contract;
import org.delchain.I256;
import org.delchain.U256;
import org.delchain.Uint;
import org.delchain.View;

/** The arithmetic of U256 and I256, a method each. */
@Contract
final class Numbers {
    @View U256 add(U256 a, U256 b) { return a.add(b); }
    @View U256 sub(U256 a, U256 b) { return a.subtract(b); }
    @View U256 mul(U256 a, U256 b) { return a.multiply(b); }
    @View U256 div(U256 a, U256 b) { return a.divide(b); }
    @View U256 mod(U256 a, U256 b) { return a.remainder(b); }
    @View U256 wrappingAdd(U256 a, U256 b) { return a.wrappingAdd(b); }
    @View U256 wrappingSub(U256 a, U256 b) { return a.wrappingSubtract(b); }
    @View U256 wrappingMul(U256 a, U256 b) { return a.wrappingMultiply(b); }
    @View boolean less(U256 a, U256 b) { return a.isLessThan(b); }
    @View boolean atMost(U256 a, U256 b) { return b.isAtLeast(a); }
    @View boolean equal(U256 a, U256 b) { return a.equals(b); }
    @View I256 addSigned(I256 a, I256 b) { return a.add(b); }
    @View I256 subSigned(I256 a, I256 b) { return a.subtract(b); }
    @View I256 mulSigned(I256 a, I256 b) { return a.multiply(b); }
    @View I256 divSigned(I256 a, I256 b) { return a.divide(b); }
    @View I256 modSigned(I256 a, I256 b) { return a.remainder(b); }
    @View boolean lessSigned(I256 a, I256 b) { return a.compareTo(b) < 0; }
    @View String signedText(I256 a) { return a.toString(); }
    @View String text(U256 a) { return a.toString(); }
    @View U256 parse(String a) { return U256.parse(a); }
    @View U256 power(U256 a, @Uint(16) int exponent) { return a.power(exponent); }
    @View @Uint(16) int bitLength(U256 a) { return a.bitLength(); }
    @View U256 shiftLeft(U256 a, @Uint(16) int by) { return a.shiftLeft(by); }
    @View U256 shiftRight(U256 a, @Uint(16) int by) { return a.shiftRight(by); }
    @View long toLong(U256 a) { return a.toLong(); }
}
