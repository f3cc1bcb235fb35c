#!/bin/sh
# A counter as a container contract in POSIX shell, by runtime/container/PROTOCOL.md and nothing else: `increment()` adds
# one to slot 0, `count() view returns (uint256)` answers it. Frames travel as hex text in here. A process for each byte
# that is sent: it shows the protocol, and is no way to be quick.
set -u

# The stream is private from here on: what else is printed goes to the log.
exec 3<&0 4>&1 </dev/null 1>&2

# So many bytes of the stream.
take() { dd bs=1 count="$1" <&3 2>/dev/null | od -An -v -tx1 | tr -d ' \n'; }

# u32 length | u8 type | u64 exchange | body; false at the stream's end.
receive() {
  length=$(take 4)
  [ ${#length} = 8 ] || return 1
  frame=$(take $((0x$length)))
}
part() { printf %s "$frame" | cut -c"$((2 * $1 + 1))-$((2 * ($1 + $2)))"; }
type() { part 0 1; }
# Bytes of the body: where they begin, how many.
body() { part $((9 + $1)) "$2"; }

send() { # type, exchange, body
  text="$1$2$3"
  text="$(printf %08x $((${#text} / 2)))$text"
  { printf %s "$text" | fold -w2; echo; } | while read -r byte; do
    printf "\\$(printf %03o "0x$byte")"
  done >&4
}

# A HOSTCALL and its answer's data. A refusal reverts; `stop` means that the gas is gone.
ask() { # operation, arguments
  send 03 "$exchange" "$1$2"
  receive || exit 70
  case $(body 0 1) in
    00) answer=$(body 1 65536) ;;
    02) result 01 "" ;;
    *) exit 0 ;;
  esac
}
result() { # 00 success or 01 revert, output
  send 05 "$exchange" "$1$2"
  exit 0
}

SLOT=$(printf %064x 0)
# Counters below 2^63, which is as far as a shell counts.
load() { ask 01 "$SLOT" && number=$((0x$(printf %s "$answer" | cut -c49-64))); }

call() {
  value=$(body 60 32)
  selector=$(body 176 4)
  [ "$value" = "$(printf %064x 0)" ] || result 01 ""
  case $selector in
    d09de08a)
      load
      ask 02 "$SLOT$(printf %064x $((number + 1)))"
      result 00 ""
      ;;
    06661abd)
      load
      result 00 "$(printf %064x "$number")"
      ;;
    *) result 01 "" ;;
  esac
}

send 01 0000000000000000 0001
while receive; do
  [ "$(type)" = 02 ] || exit 70
  exchange=$(part 1 8)
  # A process of its own: what a call changes in memory is gone after it.
  (call)
  code=$?
  if [ "$code" = 0 ]; then send 01 "$exchange" 0001; else send 06 "$exchange" "02$(printf %08x "$code")"; fi
done
