final class TokenEntry extends org.delchain.Entry {
    private final Token contract = new Token();

    TokenEntry() {
        contract.balances = handle(org.delchain.abi.Types.mapping(org.delchain.abi.Types.address(), org.delchain.abi.Types.uint(256)));
        contract.supply = value(org.delchain.abi.Types.uint(256));
    }

    @Override
    public byte[] call(byte[] calldata) {
        if (hasSelector(calldata)) {
            switch (selectorOf(calldata)) {
                case 0x40c10f19: // mint(address,uint256)
                    return method0(calldata);
                case 0xa9059cbb: // transfer(address,uint256)
                    return method1(calldata);
                case 0x70a08231: // balanceOf(address)
                    return method2(calldata);
                case 0x18160ddd: // totalSupply()
                    return method3(calldata);
                default:
            }
        }
        throw org.delchain.Revert.empty();
    }

    @Override
    public void construct(byte[] calldata) {
        refuseValue();
    }

    private byte[] method0(byte[] calldata) {
        refuseValue();
        org.delchain.abi.Decoder input = new org.delchain.abi.Decoder(calldata, 4);
        org.delchain.Address value0 = input.take(org.delchain.abi.Types.address());
        org.delchain.U256 value1 = input.take(org.delchain.abi.Types.uint(256));
        contract.mint(value0, value1);
        return new byte[0];
    }

    private byte[] method1(byte[] calldata) {
        refuseValue();
        org.delchain.abi.Decoder input = new org.delchain.abi.Decoder(calldata, 4);
        org.delchain.Address value0 = input.take(org.delchain.abi.Types.address());
        org.delchain.U256 value1 = input.take(org.delchain.abi.Types.uint(256));
        Boolean result = contract.transfer(value0, value1);
        return new org.delchain.abi.Encoder().add(org.delchain.abi.Types.bool(), result).finish();
    }

    private byte[] method2(byte[] calldata) {
        refuseValue();
        org.delchain.abi.Decoder input = new org.delchain.abi.Decoder(calldata, 4);
        org.delchain.Address value0 = input.take(org.delchain.abi.Types.address());
        org.delchain.U256 result = contract.balanceOf(value0);
        return new org.delchain.abi.Encoder().add(org.delchain.abi.Types.uint(256), result).finish();
    }

    private byte[] method3(byte[] calldata) {
        refuseValue();
        org.delchain.U256 result = contract.totalSupply();
        return new org.delchain.abi.Encoder().add(org.delchain.abi.Types.uint(256), result).finish();
    }


    @Override
    protected void emit(org.delchain.Event event) {
        if (event instanceof Token.Transfer) {
            Token.Transfer one = (Token.Transfer) event;
            byte[][] topics = {org.delchain.Words.of(0xddf252ad1be2c89bL, 0x69c2b068fc378daaL, 0x952ba7f163c4a116L, 0x28f55a4df523b3efL), org.delchain.abi.Types.address().topic(one.from()), org.delchain.abi.Types.address().topic(one.to())};
            org.delchain.Host.emitLog(topics, new org.delchain.abi.Encoder().heads(32).add(org.delchain.abi.Types.uint(256), one.value()).finish());
            return;
        }
        throw new IllegalStateException("not an event of this contract");
    }

    @Override
    protected byte[] encode(org.delchain.ContractError error) {
        throw new IllegalStateException("not an error of this contract");
    }

}
