/* Linux on x86-64 by its system calls, so that the program is the same whatever libc the builder has. */
#ifndef DC_LINUX_H
#define DC_LINUX_H

#include "types.h"

enum {
  DC_SYS_READ = 0,
  DC_SYS_MMAP = 9,
  DC_SYS_MUNMAP = 11,
  DC_SYS_WRITEV = 20,
  DC_SYS_DUP = 32,
  DC_SYS_DUP2 = 33,
  DC_SYS_GETPID = 39,
  DC_SYS_SOCKET = 41,
  DC_SYS_CONNECT = 42,
  DC_SYS_FORK = 57,
  DC_SYS_WAIT4 = 61,
  DC_SYS_KILL = 62,
  DC_SYS_SETSID = 112,
  DC_SYS_EXIT_GROUP = 231,
};
enum { DC_EINTR = 4, DC_SIGKILL = 9, DC_AF_UNIX = 1, DC_SOCK_STREAM = 1, DC_SOCK_CLOEXEC = 02000000 };

/* A result below zero is an errno. */
static inline long dc_syscall(long number, long a, long b, long c, long d) {
  long result;
  register long fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
}

#define DC_PAGE_BYTES 4096
/* PROT_READ and PROT_WRITE; MAP_SHARED and MAP_ANONYMOUS. */
enum { DC_READ_WRITE = 3, DC_SHARED_ANONYMOUS = 0x21 };

/* A page of zeros that children share with their parent, or an errno below zero. */
static inline long dc_map_shared_page(void) {
  long result;
  register long flags __asm__("r10") = DC_SHARED_ANONYMOUS;
  register long descriptor __asm__("r8") = -1;
  register long offset __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"((long)DC_SYS_MMAP), "D"(0L), "S"((long)DC_PAGE_BYTES), "d"((long)DC_READ_WRITE), "r"(flags),
                     "r"(descriptor), "r"(offset)
                   : "rcx", "r11", "memory");
  return result;
}

static int dc_channel_in = 0, dc_channel_out = 1;

static inline long dc_read(int descriptor, void *to, size_t length) {
  return dc_syscall(DC_SYS_READ, descriptor, (long)to, (long)length, 0);
}

static inline long dc_write(int descriptor, const dc_bytes *parts, int count) {
  return dc_syscall(DC_SYS_WRITEV, descriptor, (long)parts, count, 0);
}

DC_NORETURN static inline void dc_exit(int status) {
  for (;;) dc_syscall(DC_SYS_EXIT_GROUP, status, 0, 0, 0);
}

/* A socket connected to the path, or an errno below zero. */
static inline int dc_connect(const char *path) {
  struct {
    unsigned short family;
    char path[108];
  } address = {DC_AF_UNIX, {0}};
  size_t length = dc_length(path);
  if (length >= sizeof address.path) return -1;
  dc_copy(address.path, path, length);
  int descriptor = (int)dc_syscall(DC_SYS_SOCKET, DC_AF_UNIX, DC_SOCK_STREAM | DC_SOCK_CLOEXEC, 0, 0);
  if (descriptor < 0) return descriptor;
  long connected = dc_syscall(DC_SYS_CONNECT, descriptor, (long)&address, sizeof address, 0);
  return connected < 0 ? (int)connected : descriptor;
}

#endif
