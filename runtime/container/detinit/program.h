/*
 * A program that begins: the kernel has laid random bytes and the machine's properties above its stack, and code of
 * its own beside its libraries that reads the real clock without a system call.
 */
#ifndef DETINIT_PROGRAM_H
#define DETINIT_PROGRAM_H

#include <linux/auxvec.h>

#include "machine.h"

enum { WORD = 8 };

static uint64_t read_word(const struct thread *thread, uint64_t at) {
  uint64_t word = 0;
  read_memory(thread->id, &word, at, sizeof word);
  return word;
}

/* One entry of the auxiliary vector (getauxval(3)). */
static void change_entry(struct thread *thread, uint64_t at) {
  uint64_t entry[2];
  uint8_t bytes[16];
  if (!read_memory(thread->id, entry, at, sizeof entry)) return;
  switch (entry[0]) {
    case AT_SYSINFO_EHDR:
      entry[0] = AT_IGNORE;
      break;
    case AT_RANDOM:
      draw(thread, bytes, sizeof bytes);
      write_memory(thread->id, entry[1], bytes, sizeof bytes);
      return;
    case AT_HWCAP:
    case AT_HWCAP2:
      entry[1] = 0;
      break;
    case AT_MINSIGSTKSZ:
      // What a CPU's registers need; none needs as much.
      entry[1] = 16384;
      break;
    default:
      return;
  }
  write_memory(thread->id, at, entry, sizeof entry);
}

static void change_vector(struct thread *thread, uint64_t stack) {
  uint64_t at = stack + WORD * (read_word(thread, stack) + 2);
  while (read_word(thread, at) != 0) at += WORD;
  for (at += WORD; read_word(thread, at) != AT_NULL; at += 2 * WORD) change_entry(thread, at);
}

static uint64_t read_hexadecimal(const char **at) {
  uint64_t value = 0;
  for (;; ++*at) {
    char letter = **at;
    if (is_digit(letter)) value = value << 4 | (uint64_t)(letter - '0');
    else if (letter >= 'a' && letter <= 'f') value = value << 4 | (uint64_t)(letter - 'a' + 10);
    else return value;
  }
}

/* Removes the kernel's own code and clock pages, named [vdso], [vvar] and [vvar_vclock]. */
static void remove_kernel_pages(const struct thread *thread, uint64_t instruction) {
  // A few lines, each with a path.
  static char text[65536];
  char path[64];
  put_text(put_number(put_text(path, "/proc/"), (uint64_t)thread->process), "/maps");
  long file = CALL(__NR_open, path, 0);
  long length = CALL(__NR_read, file, text, sizeof text - 1);
  CALL(__NR_close, file);
  text[length < 0 ? 0 : length] = 0;
  for (const char *line = text; *line != 0;) {
    const char *at = line;
    uint64_t start = read_hexadecimal(&at);
    at++;
    uint64_t end = read_hexadecimal(&at);
    const char *name = at;
    while (*name != 0 && *name != '\n' && *name != '[') name++;
    if (starts_with(name, "[vdso]") || starts_with(name, "[vvar")) {
      long result = inject(thread, instruction, __NR_munmap, (uint64_t[6]){start, end - start});
      if (result < 0) give_up("removing the kernel's clock pages", result);
    }
    line = name;
    while (*line != 0 && *line != '\n') line++;
    if (*line != 0) line++;
  }
}

/* At the end of a successful execve, before the program's first instruction. */
static void begin_program(struct thread *thread, struct user_regs_struct *registers) {
  enum { SYSCALL_INSTRUCTION = 0x050f, INSTRUCTION_MASK = 0xffff };
  change_vector(thread, registers->rsp);
  long code = 0;
  TRACE(PTRACE_PEEKTEXT, thread->id, registers->rip, &code);
  TRACE(PTRACE_POKETEXT, thread->id, registers->rip, (code & ~(long)INSTRUCTION_MASK) | SYSCALL_INSTRUCTION);
  remove_kernel_pages(thread, registers->rip);
  TRACE(PTRACE_POKETEXT, thread->id, registers->rip, code);
  set_registers(thread, registers);
  go_on(thread, 0);
}

#endif
