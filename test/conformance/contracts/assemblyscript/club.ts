import {
  Address,
  Bytes,
  bytes3,
  Bytes32,
  Cell,
  emit,
  fail,
  i256,
  Indexed,
  int16,
  List,
  Mapping,
  message,
  require,
  u256,
  uint24,
  uint64,
  uint128,
} from "@delchain/assemblyscript/assembly";

@event
class Opened {
  constructor(readonly owner: Indexed<Address>, readonly name: string, readonly tag: bytes3) {}
}

@event
class Scored {
  constructor(
    readonly who: Indexed<Address>,
    readonly topic: Indexed<string>,
    readonly text: string,
    readonly change: i256,
    readonly total: i256,
  ) {}
}

@event
class Noted {
  constructor(readonly index: Indexed<u256>, readonly note: string, readonly ranks: Array<uint24>) {}
}

@error
class Closed {}

@error
class NotOwner {
  constructor(readonly caller: Address, readonly owner: Address) {}
}

@error
class TooLow {
  constructor(readonly who: Address, readonly topic: string, readonly total: i256) {}
}

@results
class Summary {
  constructor(
    readonly owner: Address,
    readonly members: uint64,
    readonly isOpen: bool,
    readonly tag: bytes3,
    readonly name: string,
    readonly low: int16,
    readonly fund: uint128,
  ) {}
}

@results
class Lists {
  constructor(readonly history: Array<u256>, readonly ranks: Array<uint24>, readonly notes: Array<string>) {}
}

@results
class Unsigned {
  constructor(readonly product: u256, readonly quotient: u256, readonly rest: u256) {}
}

@results
class Signed {
  constructor(readonly difference: i256, readonly product: i256, readonly quotient: i256, readonly rest: i256) {}
}

/** An index of calldata: no list is as long as the largest. */
function indexOf(value: u256): u64 {
  return value > u256.from(u64.MAX_VALUE) ? u64.MAX_VALUE : value.toU64();
}

/** Club.sol in AssemblyScript. */
@contract
export class Club {
  owner: Cell<Address>;
  members: Cell<uint64>;
  isOpen: Cell<bool>;
  tag: Cell<bytes3>;
  name: Cell<string>;
  scores: Mapping<Address, Mapping<string, Cell<i256>>>;
  history: List<Cell<u256>>;
  ranks: List<Cell<uint24>>;
  notes: List<Cell<string>>;
  documents: Mapping<Bytes32, Cell<Bytes>>;
  low: Cell<int16>;
  fund: Cell<uint128>;

  @external
  open(name: string, tag: bytes3): void {
    require(!this.isOpen.value, "already open");
    this.owner.value = message.sender();
    this.isOpen.value = true;
    this.name.value = name;
    this.tag.value = tag;
    emit(new Opened(message.sender(), name, tag));
  }

  @external
  @payable
  join(): void {
    if (!this.isOpen.value) fail(new Closed());
    this.members.value += 1;
    this.fund.value += message.value();
  }

  @external
  score(who: Array<Address>, topic: string, changes: Array<i256>): void {
    const owner = this.owner.value;
    if (message.sender() != owner) fail(new NotOwner(message.sender(), owner));
    require(who.length == changes.length, "one change for each");
    for (let i = 0; i < who.length; i++) {
      const entry = this.scores.at(who[i]).at(topic);
      const total = entry.value + changes[i];
      if (i256.from(-1000) > total) fail(new TooLow(who[i], topic, total));
      entry.value = total;
      if (i256.from(this.low.value) > total) this.low.value = i16(total.bits.toU64());
      emit(new Scored(who[i], topic, topic, changes[i], total));
    }
  }

  @external
  record(value: u256): void {
    this.history.push().value = value;
  }

  @external
  forget(): void {
    this.history.pop();
  }

  @external
  amend(index: u256, value: u256): void {
    this.history.at(indexOf(index)).value = value;
  }

  @external
  rank(values: Array<uint24>): void {
    for (let i = 0; i < values.length; i++) this.ranks.push().value = values[i];
  }

  @external
  unrank(): void {
    this.ranks.pop();
  }

  @external
  rerank(index: u256, value: uint24): void {
    this.ranks.at(indexOf(index)).value = value;
  }

  @external
  note(text: string): void {
    this.notes.push().value = text;
    emit(new Noted(u256.from(this.notes.length - 1), text, this.allRanks()));
  }

  @external
  editNote(index: u256, text: string): void {
    this.notes.at(indexOf(index)).value = text;
  }

  @external
  dropNote(): void {
    this.notes.pop();
  }

  @external
  file(id: Bytes32, data: Bytes): void {
    this.documents.at(id).value = data;
  }

  @view
  summary(): Summary {
    return new Summary(
      this.owner.value,
      this.members.value,
      this.isOpen.value,
      this.tag.value,
      this.name.value,
      this.low.value,
      this.fund.value,
    );
  }

  @view
  scoreOf(who: Address, topic: string): i256 {
    return this.scores.at(who).at(topic).value;
  }

  @view
  all(): Lists {
    const history = new Array<u256>();
    for (let i: u64 = 0; i < this.history.length; i++) history.push(this.history.at(i).value);
    const notes = new Array<string>();
    for (let i: u64 = 0; i < this.notes.length; i++) notes.push(this.notes.at(i).value);
    return new Lists(history, this.allRanks(), notes);
  }

  @view
  document(id: Bytes32): Bytes {
    return this.documents.at(id).value;
  }

  @view
  unsignedMath(a: u256, b: u256): Unsigned {
    return new Unsigned(a * b, a / b, a % b);
  }

  @view
  signedMath(a: i256, b: i256): Signed {
    return new Signed(a - b, a * b, a / b, a % b);
  }

  private allRanks(): Array<uint24> {
    const ranks = new Array<uint24>();
    for (let i: u64 = 0; i < this.ranks.length; i++) ranks.push(this.ranks.at(i).value);
    return ranks;
  }
}
