/* Serves the contracts beside it by the frame protocol, each call in a process of its own; `contracts.h` lists them. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "causes.h"
#include "contracts.h"

enum { HELLO = 1, CALL = 2, RESULT = 5, TRAP = 6, HEAD = 13, INPUT = 176, EXIT_PROTOCOL = 71 };

static int channel;

static uint32_t u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

static void receive(uint8_t *to, size_t size) {
  while (size > 0) {
    ssize_t count = read(channel, to, size);
    if (count <= 0) _exit(count == 0 ? 0 : EXIT_PROTOCOL);
    to += count, size -= (size_t)count;
  }
}

static void send_frame(uint8_t type, const uint8_t *exchange, const uint8_t *body, size_t size) {
  uint8_t frame[64] = {0, 0, 0, (uint8_t)(9 + size), type};
  memcpy(frame + 5, exchange, 8);
  memcpy(frame + HEAD, body, size);
  if (write(channel, frame, HEAD + size) != (ssize_t)(HEAD + size)) _exit(EXIT_PROTOCOL);
}

static void run(const uint8_t *exchange, uint32_t selector) {
  for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++) {
    if (contracts[i].selector != selector) continue;
    uint64_t number = contracts[i].run();
    uint8_t body[33] = {0};
    for (int k = 0; k < 8; k++) body[32 - k] = (uint8_t)(number >> 8 * k);
    send_frame(RESULT, exchange, body, sizeof body);
    _exit(0);
  }
  _exit(EXIT_PROTOCOL);
}

int main(void) {
  static uint8_t frame[1 << 16];
  static const uint8_t nothing[8], version[2] = {0, 1};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, getenv("DELCHAIN_CHANNEL") + strlen("unix:"), sizeof address.sun_path - 1);
  channel = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(channel, (struct sockaddr *)&address, sizeof address) != 0) return EXIT_PROTOCOL;
  send_frame(HELLO, nothing, version, sizeof version);
  for (;;) {
    receive(frame, HEAD);
    size_t size = u32(frame) - 9;
    if (frame[4] != CALL || size < INPUT + 4 || size > sizeof frame - HEAD) return EXIT_PROTOCOL;
    receive(frame + HEAD, size);
    pid_t child = fork();
    if (child == 0) run(frame + 5, u32(frame + HEAD + INPUT));
    int status;
    waitpid(child, &status, 0);
    uint8_t trap[5] = {WIFSIGNALED(status) ? 1 : 2, 0, 0, 0, (uint8_t)WTERMSIG(status)};
    if (status == 0) send_frame(HELLO, frame + 5, version, sizeof version);
    else send_frame(TRAP, frame + 5, trap, sizeof trap);
  }
}
