/*
 * A contract that misbehaves in every way the drivers must stand, and behaves well for comparison. Its protocol code is
 * its own, apart from the SDK, so that it can break every rule. A CALL's input is the name of the mode; the
 * program's argument changes what its first process does. Built static for linux/amd64 and for WASI.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifndef __wasi__
#include <ftw.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#endif

enum { HELLO = 1, CALL, HOSTCALL, HOSTREPLY, RESULT, TRAP };
enum { HEAD = 13, CALL_HEAD = 176 };
static int in = 0, out = 1;
static uint64_t exchange;
static unsigned char buffer[1 << 21];
static size_t length;
static int counter;

static void wait_forever(void) {
#ifdef __wasi__
  for (unsigned char byte; read(in, &byte, 1) > 0;) continue;
#else
  for (;;) pause();
#endif
}

static void fill(void *to, size_t size) {
  for (char *at = to; size > 0;) {
    ssize_t got = read(in, at, size);
    if (got <= 0) _exit(got < 0 ? 70 : 0);
    at += got, size -= (size_t)got;
  }
}

static void put(const void *from, size_t size) {
  for (const char *at = from; size > 0;) {
    ssize_t done = write(out, at, size);
    if (done <= 0) _exit(71);
    at += done, size -= (size_t)done;
  }
}

static void number(unsigned char *to, uint64_t value, int size) {
  for (int i = size - 1; i >= 0; i--, value >>= 8) to[i] = (unsigned char)value;
}

static void frame(int type, uint64_t id, const void *body, size_t size) {
  unsigned char head[HEAD];
  number(head, size + 9, 4);
  head[4] = (unsigned char)type;
  number(head + 5, id, 8);
  unsigned char *whole = malloc(HEAD + size);
  memcpy(whole, head, HEAD);
  memcpy(whole + HEAD, body, size);
  put(whole, HEAD + size);
  free(whole);
}

static void hello(uint64_t id) { frame(HELLO, id, "\0\1", 2); }

/* Receives a frame into `buffer`, sets `length` to its body's, returns its type. */
static int receive(void) {
  unsigned char head[HEAD];
  fill(head, HEAD);
  length = ((size_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3]) - 9;
  if (length > sizeof buffer) _exit(72);
  fill(buffer, length);
  exchange = 0;
  for (int i = 5; i < HEAD; i++) exchange = exchange << 8 | head[i];
  return head[4];
}

static void result(int status, const void *output, size_t size) {
  unsigned char *body = malloc(size + 1);
  body[0] = (unsigned char)status;
  memcpy(body + 1, output, size);
  frame(RESULT, exchange, body, size + 1);
  free(body);
}

static void finish(const char *text) {
  result(0, text, strlen(text));
  _exit(0);
}

/* Asks and leaves the reply, its status first, in `buffer`. */
static int ask(int operation, const void *arguments, size_t size) {
  unsigned char *body = malloc(size + 1);
  body[0] = (unsigned char)operation;
  memcpy(body + 1, arguments, size);
  frame(HOSTCALL, exchange, body, size + 1);
  free(body);
  receive();
  return buffer[0];
}

/* Every host operation once; their replies one after another, each with its status, are the output. */
static void every_host_call(void) {
  static unsigned char all[4096];
  size_t used = 0;
  unsigned char word[64], send[69] = {0};
  memset(word, 0x11, 32), memset(word + 32, 0x22, 32);
  struct { int operation; const void *arguments; size_t size; } calls[] = {
      {1, word, 32},           {2, word, 64},     {1, word, 32},      {3, "key", 3},
      {4, "\0\3keyvalue", 10}, {3, "key", 3},     {5, "key", 3},      {3, "key", 3},
      {6, "\1" "topic topic topic topic topic to" "data", 37},
      {7, "abc", 3},           {8, "abc", 3},     {9, "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa", 20},
      {10, "", 0},             {11, "hello", 5},  {12, send, 68},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    ask(calls[i].operation, calls[i].arguments, calls[i].size);
    memcpy(all + used, buffer, length);
    used += length;
  }
  result(0, all, used);
  _exit(0);
}

static void spend_gas(int stubborn) {
  unsigned char word[64] = {1};
  for (;;) {
    word[31]++;
    if (ask(2, word, 64) == 3 && !stubborn) _exit(0);
  }
}

/* Kept in sight, or the compiler would leave the whole bomb out. */
static char *volatile piece;

static void eat_memory(void) {
  for (size_t size = 1 << 20;;) {
    piece = malloc(size);
    if (piece == NULL) _exit(42);
    memset(piece, 1, size);
  }
}

static void print_much(long kilobytes) {
  static char line[1024];
  memset(line, 'A', sizeof line);
  line[1023] = '\n';
  for (; kilobytes != 0; kilobytes--) {
    if (write(2, line, sizeof line) < 0) break;
  }
}

#ifndef __wasi__
static void fill_disk(void) {
  static char zeros[65536];
  int file = open("/tmp/big", O_CREAT | O_WRONLY, 0600);
  if (file < 0) finish("no disk");
  for (long written = 0;; written += sizeof zeros) {
    if (write(file, zeros, sizeof zeros) <= 0) finish("disk is full");
    if (written > 512L << 20) finish("NOT STOPPED");
  }
}

static void fill_inodes(void) {
  char name[64];
  for (int i = 0; i < 100000; i++) {
    snprintf(name, sizeof name, "/tmp/%d", i);
    int file = open(name, O_CREAT | O_WRONLY, 0600);
    if (file < 0) finish(errno == ENOSPC ? "inodes are used up" : strerror(errno));
    close(file);
  }
  finish("NOT STOPPED");
}

static void leave_children(void) {
  for (int i = 0; i < 8; i++) {
    if (fork() == 0) {
      signal(SIGTERM, SIG_IGN);
      for (;;) wait_forever();
    }
  }
  finish("left");
}

/* What the sandbox lets a program do: `ok` or an errno's name for each attempt. */
static void probe(void) {
  static char text[2048];
#define TRY(name, attempt) \
  errno = 0; \
  snprintf(text + strlen(text), sizeof text - strlen(text), "%s=%d ", name, (attempt) < 0 ? errno : 0)
  TRY("inet", socket(AF_INET, SOCK_STREAM, 0));
  TRY("netlink", socket(16, SOCK_RAW, 0));
  TRY("vsock", socket(40, SOCK_STREAM, 0));
  TRY("unix", socket(AF_UNIX, SOCK_STREAM, 0));
  TRY("root", open("/x", O_CREAT | O_WRONLY, 0600));
  TRY("bind", open("/delchain/x", O_CREAT | O_WRONLY, 0600));
  TRY("tmp", open("/tmp/x", O_CREAT | O_WRONLY, 0600));
  TRY("shm", open("/dev/shm/x", O_CREAT | O_WRONLY, 0600));
  TRY("docker", open("/var/run/docker.sock", O_RDWR));
  TRY("setuid", setuid(0));
  TRY("chroot", chroot("/"));
  TRY("nice", setpriority(PRIO_PROCESS, 0, -5));
  char byte;
  int masked = read(open("/proc/meminfo", O_RDONLY), &byte, 1) <= 0;
  snprintf(text + strlen(text), sizeof text - strlen(text), "masked=%d uid=%d", masked, (int)getuid());
  finish(text);
}
#endif

static void environment(void) {
  extern char **environ;
  static char text[4096];
  for (char **each = environ; *each; each++) strcat(strcat(text, *each), "\n");
  char name[65] = "";
#ifndef __wasi__
  gethostname(name, 64);
#endif
  finish(strcat(text, name));
}

static int is(const char *mode) {
  return length == CALL_HEAD + strlen(mode) && memcmp(buffer + CALL_HEAD, mode, strlen(mode)) == 0;
}

static void break_protocol(void) {
  unsigned char bytes[64] = {0};
  if (is("twice")) result(0, "1", 1), result(0, "2", 1), _exit(0);
  if (is("after")) result(0, "1", 1), put("more", 4), _exit(0);
  if (is("ask after")) result(0, "1", 1), frame(HOSTCALL, exchange, "\12", 1), _exit(0);
  if (is("4 GiB")) put("\xff\xff\xff\xff", 4), wait_forever();
  if (is("over limit")) put("\0\x10\0\1", 4), wait_forever();
  if (is("garbage")) put("\0\0\0\x0bgarbage that is no frame", 29), wait_forever();
  if (is("other exchange")) frame(RESULT, exchange + 1, "\0", 1), _exit(0);
  if (is("host type")) frame(HOSTREPLY, exchange, "\0", 1), _exit(0);
  if (is("bad host call")) frame(HOSTCALL, exchange, bytes, 3), _exit(0);
  if (is("half a frame")) put("\0\0\0\x20\5", 5), wait_forever();
  if (is("large output")) result(0, buffer, 65537), _exit(0);
  if (is("unread replies"))
    for (;;) frame(HOSTCALL, exchange, "\7", 1);
}

#ifndef __wasi__
#include "threats.h"
#endif

static void call(void) {
  if (length == CALL_HEAD) {
    /* No input: the CALL's own bytes come back. */
    result(0, buffer, length);
    _exit(0);
  }
  break_protocol();
  if (is("count")) finish(++counter == 1 ? "1" : "not fresh");
  if (is("host calls")) every_host_call();
  if (is("revert")) result(1, "no", 2), _exit(0);
  if (is("write and revert")) ask(4, "\0\1kv", 4), result(1, "no", 2), _exit(0);
  if (is("largest output")) result(0, buffer, 65536), _exit(0);
  if (is("exit")) _exit(3);
  if (is("no result")) _exit(0);
  if (is("result and exit")) result(0, "1", 1), _exit(9);
  if (is("segfault")) raise(SIGSEGV);
  if (is("abort")) abort();
  if (is("crash")) *(volatile int *)0 = 1;
  if (is("memory")) eat_memory();
  if (is("silent")) wait_forever();
  if (is("spin"))
    for (volatile int i = 0;; i++) continue;
  if (is("gas")) spend_gas(0);
  if (is("gas and on")) spend_gas(1);
  if (is("print")) printf("a warning\n"), fflush(stdout), print_much(1), finish("printed");
  if (is("flood")) print_much(-1);
  if (is("environment")) environment();
#ifndef __wasi__
  if (is("litter")) {
    mkdir("/tmp/d", 0300);
    int file = open("/tmp/d/x", O_CREAT | O_EXCL | O_WRONLY, 0600);
    finish(file >= 0 ? "nothing lay there" : "not fresh");
  }
  if (is("xfsz")) signal(SIGXFSZ, SIG_DFL), fill_disk();
  if (is("full disk")) signal(SIGXFSZ, SIG_IGN), fill_disk();
  if (is("inodes")) fill_inodes();
  if (is("leave children")) leave_children();
  if (is("kill launcher")) kill(getppid(), SIGKILL), kill(getppid(), SIGTERM), finish("tried");
  if (is("fork bomb"))
    for (;;) fork();
  if (is("probe")) probe();
  threat();
#endif
  result(1, "what?", 5);
  _exit(0);
}

#ifdef __wasi__
int main(void) {
  hello(0);
  receive();
  call();
}
#else
static void connect_host(void) {
  const char *channel = getenv("DELCHAIN_CHANNEL");
  if (channel == NULL || strncmp(channel, "unix:", 5) != 0) _exit(73);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, channel + 5, sizeof address.sun_path - 1);
  in = out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(in, (struct sockaddr *)&address, sizeof address) != 0) _exit(74);
}

static int open_up(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)status, (void)walk;
  if (kind == FTW_D || kind == FTW_DNR) chmod(path, 0700);
  return 0;
}

static int drop(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)status, (void)kind;
  if (walk->level > 0) remove(path);
  return 0;
}

/* What is left of a call must not reach the next one: no process, no file. */
static void sweep(pid_t child) {
  kill(getpid() == 1 ? -1 : -child, SIGKILL);
  while (waitpid(-1, NULL, 0) > 0) continue;
  if (getpid() != 1) return;
  nftw("/tmp", open_up, 8, FTW_PHYS);
  nftw("/tmp", drop, 8, FTW_DEPTH | FTW_PHYS);
}

static void fork_call(void) {
  pid_t child = fork();
  if (child == 0) setsid(), call();
  unsigned char trap[5] = {3, 0, 0, 0, (unsigned char)errno};
  int status = 0;
  if (child > 0) {
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    sweep(child);
    if (status == 0) {
      hello(exchange);
      return;
    }
    trap[0] = WIFSIGNALED(status) ? 1 : 2;
    trap[4] = (unsigned char)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  }
  frame(TRAP, exchange, trap, 5);
}

int main(int count, char **arguments) {
  const char *role = count > 1 ? arguments[1] : "";
  if (strcmp(role, "die") == 0) fprintf(stderr, "dying early\n"), exit(3);
  if (strcmp(role, "absent") == 0) wait_forever();
  connect_host();
  if (strcmp(role, "mute") == 0) wait_forever();
  if (strcmp(role, "babble") == 0) put("hello?", 6), wait_forever();
  if (strcmp(role, "version") == 0) frame(HELLO, 0, "\0\2", 2), wait_forever();
  if (strcmp(role, "early") == 0) result(0, "", 0), wait_forever();
  hello(0);
  if (strcmp(role, "restless") == 0) hello(0), wait_forever();
  for (;;) {
    receive();
    if (strcmp(role, "close") == 0) close(in), wait_forever();
    if (strcmp(role, "inline") == 0) call();
    fork_call();
  }
}
#endif
