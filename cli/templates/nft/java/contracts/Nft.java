import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Address;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Indexed;
import org.delchain.Mapping;
import org.delchain.Message;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/**
 * Tokens that are one of a kind, with ERC-721's functions. Whoever deploys it mints them, numbered
 * from 1.
 */
@Contract
final class Nft {
    record Transfer(@Indexed Address from, @Indexed Address to, @Indexed U256 tokenId)
            implements Event {}

    record Approval(@Indexed Address owner, @Indexed Address approved, @Indexed U256 tokenId)
            implements Event {}

    record ApprovalForAll(@Indexed Address owner, @Indexed Address operator, boolean approved)
            implements Event {}

    Value<Address> creator;
    Value<U256> supply;
    Mapping<U256, Address> owners;
    Mapping<Address, U256> balances;
    Mapping<U256, Address> approvals;
    Mapping<Address, Mapping<Address, Boolean>> operators;

    @Constructor
    void create() {
        creator.set(Message.sender());
    }

    @View
    String name() {
        return "Deeds";
    }

    @View
    String symbol() {
        return "DEED";
    }

    @View
    Address minter() {
        return creator.get();
    }

    @View
    U256 totalSupply() {
        return supply.get();
    }

    @View
    U256 balanceOf(Address owner) {
        return balances.get(owner);
    }

    @View
    Address ownerOf(U256 id) {
        Address owner = owners.get(id);
        require(!owner.isZero(), "no such token");
        return owner;
    }

    @View
    Address getApproved(U256 id) {
        return approvals.get(id);
    }

    @View
    boolean isApprovedForAll(Address owner, Address operator) {
        return operators.get(owner).get(operator);
    }

    @External
    U256 mint(Address to) {
        require(Message.sender().equals(minter()), "only the minter");
        require(!to.isZero(), "nobody to mint to");
        U256 id = supply.get().add(U256.ONE);
        supply.set(id);
        owners.set(id, to);
        balances.set(to, balances.get(to).add(U256.ONE));
        emit(new Transfer(Address.ZERO, to, id));
        return id;
    }

    @External
    void approve(Address to, U256 id) {
        Address owner = ownerOf(id);
        require(isOwnerOrOperator(owner), "not allowed");
        approvals.set(id, to);
        emit(new Approval(owner, to, id));
    }

    @External
    void setApprovalForAll(Address operator, boolean approved) {
        operators.get(Message.sender()).set(operator, approved);
        emit(new ApprovalForAll(Message.sender(), operator, approved));
    }

    @External
    void transferFrom(Address from, Address to, U256 id) {
        require(ownerOf(id).equals(from), "not the owner");
        require(!to.isZero(), "nobody to give to");
        boolean isApproved = getApproved(id).equals(Message.sender());
        require(isApproved || isOwnerOrOperator(from), "not allowed");
        approvals.set(id, Address.ZERO);
        balances.set(from, balances.get(from).subtract(U256.ONE));
        balances.set(to, balances.get(to).add(U256.ONE));
        owners.set(id, to);
        emit(new Transfer(from, to, id));
    }

    private boolean isOwnerOrOperator(Address owner) {
        return Message.sender().equals(owner) || isApprovedForAll(owner, Message.sender());
    }
}
