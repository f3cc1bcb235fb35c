import { GuestFault } from "../wasm/guestFrame.ts";
import { INTERPRETER_PAGES } from "./limits.ts";
import { ERRNO, LongJump, type SystemCall, table } from "./systemCall.ts";

const PAGE_BYTES = 65_536;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const PROCESS_ID = 1;

/** The interpreter ends itself, or asks for what no contract has: threads of control, libraries, other programs. */
function refused(name: string): SystemCall {
  return () => {
    throw new GuestFault(`the interpreter called ${name}`);
  };
}

function answers(value: number): SystemCall {
  return () => value;
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / NANOSECONDS_PER_MILLISECOND);
}

const FAILS: SystemCall = answers(-1);
const NOTHING: SystemCall = answers(0);
const UNSUPPORTED: SystemCall = answers(-ERRNO.unsupported);

/** Clock, chance, process and network. What a machine would answer differently from another comes from the call. */
export const SYSTEM_CALLS: Readonly<Record<string, SystemCall>> = {
  emscripten_date_now: (guest) => milliseconds(guest.surroundings.now()),
  emscripten_get_now: (guest) => milliseconds(guest.surroundings.now()),
  clock_time_get: (guest, _clock: number, _precision: bigint, target: number) => {
    guest.writeU64(target, guest.surroundings.now());
    return 0;
  },
  random_get: (guest, target: number, length: number) => {
    guest.write(target, guest.random(length >>> 0));
    return 0;
  },
  js_getpid: answers(PROCESS_ID),
  environ_sizes_get: (guest, count: number, bytes: number) => {
    guest.writeU32(count, 0);
    guest.writeU32(bytes, 0);
    return 0;
  },
  environ_get: NOTHING,
  emscripten_get_heap_max: answers(INTERPRETER_PAGES * PAGE_BYTES),
  emscripten_resize_heap: NOTHING,
  _emscripten_throw_longjmp: () => {
    throw new LongJump("a long jump that nobody caught");
  },
  // Sleeping takes no time, timers never fire, and local time is UTC.
  ...table(
    [
      "emscripten_sleep",
      "_setitimer_js",
      "_tzset_js",
      "_localtime_js",
      "_gmtime_js",
      "_emscripten_runtime_keepalive_clear",
      "_emscripten_lookup_name",
      "_dlopen_js",
      "_dlsym_js",
      "js_wasm_trace",
      "js_release_file_locks",
      "js_flock",
      "wasm_poll_socket",
      "getprotobyname",
      "getprotobynumber",
      "strptime",
    ],
    NOTHING,
  ),
  _mktime_js: () => 0n,
  ...table(
    [
      "js_open_process",
      "js_waitpid",
      "js_process_status",
      "js_popen_to_file",
      "js_popen_get_pid_for_fd",
      "js_popen_set_pid_for_fd",
      "js_popen_clear_pid_for_fd",
      "_emscripten_system",
      "getnameinfo",
      "getaddrinfo",
      "wasm_setsockopt",
      "wasm_shutdown",
      "wasm_close",
    ],
    FAILS,
  ),
  ...table(
    [
      "__syscall_socket",
      "__syscall_sendto",
      "__syscall_recvfrom",
      "__syscall_poll",
      "__syscall_pipe",
      "__syscall_listen",
      "__syscall_getsockopt",
      "__syscall_getsockname",
      "__syscall_getpeername",
      "__syscall_connect",
      "__syscall_bind",
      "__syscall_accept4",
    ],
    UNSUPPORTED,
  ),
  ...Object.fromEntries(
    [
      "exit",
      "proc_exit",
      "_abort_js",
      "__assert_fail",
      "__resumeException",
      "__cxa_find_matching_catch_2",
      "__call_sighandler",
      "swapcontext",
      "makecontext",
      "getcontext",
    ].map((name) => [name, refused(name)]),
  ),
};
