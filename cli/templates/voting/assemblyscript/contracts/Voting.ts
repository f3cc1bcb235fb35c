import {
  Address,
  block,
  Cell,
  emit,
  Indexed,
  Mapping,
  message,
  require,
} from "@delchain/assemblyscript/assembly";

@event
class Voted {
  constructor(
    readonly voter: Indexed<Address>,
    readonly option: Indexed<u64>,
  ) {}
}

/** A vote between numbered options: one for each address, until the time is over. */
@contract
export class Voting {
  count: Cell<u64>;
  end: Cell<u64>;
  tally: Mapping<u64, Cell<u64>>;
  voters: Mapping<Address, Cell<bool>>;

  @init
  construct(count: u64, duration: u64): void {
    require(count > 0, "no options");
    this.count.value = count;
    this.end.value = block.time() + duration;
  }

  @view
  options(): u64 {
    return this.count.value;
  }

  @view
  deadline(): u64 {
    return this.end.value;
  }

  @view
  votes(option: u64): u64 {
    return this.tally.at(option).value;
  }

  @view
  hasVoted(voter: Address): bool {
    return this.voters.at(voter).value;
  }

  @external
  vote(option: u64): void {
    const voter = message.sender();
    require(block.time() < this.end.value, "too late");
    require(option < this.count.value, "no such option");
    require(!this.voters.at(voter).value, "voted already");
    this.voters.at(voter).value = true;
    this.tally.at(option).value += 1;
    emit(new Voted(voter, option));
  }

  /** The option with the most votes; of several, the first. */
  @view
  winner(): u64 {
    require(block.time() >= this.end.value, "too early");
    let best: u64 = 0;
    for (let option: u64 = 1; option < this.count.value; option++) {
      if (this.tally.at(option).value > this.tally.at(best).value) best = option;
    }
    return best;
  }
}
