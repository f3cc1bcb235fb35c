/* Linux on x86-64 by its system calls and the kernel's own headers: no libc, so that one compiler makes one file. */
#ifndef DETINIT_SYSTEM_H
#define DETINIT_SYSTEM_H

#include <asm/unistd.h>
#include <linux/errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A result below zero is an errno. */
static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long fourth __asm__("r10") = d;
  register long fifth __asm__("r8") = e;
  register long sixth __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "rcx", "r11", "memory");
  return result;
}

#define SIX(number, a, b, c, d, e, f, ...) \
  system_call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* A system call by its number and up to six arguments. */
#define CALL(number, ...) SIX(number, __VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* The compiler calls these two for large assignments. */
void *memcpy(void *to, const void *from, size_t size) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return start;
}

void *memset(void *to, int byte, size_t size) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
  return start;
}

static size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

static bool starts_with(const char *text, const char *start) {
  for (; *start != 0; text++, start++) {
    if (*text != *start) return false;
  }
  return true;
}

static bool equals(const char *left, const char *right) {
  return starts_with(left, right) && left[length_of(right)] == 0;
}

static bool contains(const char *text, const char *part) {
  for (; *text != 0; text++) {
    if (starts_with(text, part)) return true;
  }
  return false;
}

static bool ends_with(const char *text, const char *end) {
  size_t whole = length_of(text), length = length_of(end);
  return whole >= length && equals(text + whole - length, end);
}

static bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/* Writes the number and returns where it ends. */
static char *put_number(char *to, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  while (count > 0) *to++ = digits[--count];
  *to = 0;
  return to;
}

static char *put_text(char *to, const char *text) {
  while (*text != 0) *to++ = *text++;
  *to = 0;
  return to;
}

enum { STATUS_OWN_TROUBLE = 125, STANDARD_ERROR = 2 };

__attribute__((noreturn)) static void end(int status) {
  for (;;) CALL(__NR_exit_group, status);
}

/* Ends the container for a reason that is not the contract's. `result` is what a system call gave. */
__attribute__((noreturn)) static void give_up(const char *what, long result) {
  char text[256];
  char *at = put_text(text, "detinit: ");
  at = put_text(at, what);
  at = put_text(at, ": errno ");
  at = put_number(at, (uint64_t)-result);
  at = put_text(at, "\n");
  CALL(__NR_write, STANDARD_ERROR, text, at - text);
  end(STATUS_OWN_TROUBLE);
}

static long must(const char *what, long result) {
  if (result < 0) give_up(what, result);
  return result;
}

#endif
