/* Empties /tmp after a call: what one call leaves must not reach the next. */
#ifndef DC_SCRATCH_H
#define DC_SCRATCH_H

#include "linux.h"

enum {
  DC_SYS_CLOSE = 3,
  DC_SYS_FSTAT = 5,
  DC_SYS_LSEEK = 8,
  DC_SYS_GETDENTS64 = 217,
  DC_SYS_OPENAT = 257,
  DC_SYS_UNLINKAT = 263,
  DC_SYS_RENAMEAT = 264,
  DC_SYS_FCHMODAT = 268,
};
enum { DC_AT_FDCWD = -100, DC_AT_REMOVEDIR = 0x200 };
/* O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC. */
#define DC_OPEN_DIRECTORY 02600000
#define DC_OWNER_ALL 0700
/* Each pass lifts every folder one level, and a container's /tmp holds 1,024 inodes. */
#define DC_PASSES_MAX 1025
#define DC_EXIT_SCRATCH 74

/* stat(2), of which an empty folder's size is what is asked: a tmpfs adds to it for every entry. */
typedef struct {
  uint64_t before[6];
  int64_t size;
  uint64_t after[11];
} dc_file_status;

/* /tmp, and its size when it is empty. Below zero: there is none. */
static int dc_scratch = -1;
static int64_t dc_scratch_size;

/* getdents64(2). */
typedef struct {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
} dc_directory_entry;

static int dc_open_directory(int parent, const char *name) {
  return (int)dc_syscall(DC_SYS_OPENAT, parent, (long)name, DC_OPEN_DIRECTORY, 0);
}

static bool dc_is_dots(const char *name) {
  return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/* A name that no earlier call of this function gave. */
static const char *dc_lifted_name(void) {
  static char name[] = ".lifted-0000000000000000";
  static uint64_t count;
  count++;
  for (int i = 0; i < 16; i++) name[8 + i] = "0123456789abcdef"[count >> 4 * (15 - i) & 15];
  return name;
}

/*
 * Removes what a folder holds. Folders inside it are lifted into `above`, for the next pass: without recursion no
 * depth runs this process out of stack, descriptors or path. Returns whether it held anything.
 */
static bool dc_empty_directory(int directory, int above) {
  char entries[2048] __attribute__((aligned(8)));
  bool held = false;
  for (long got; (got = dc_syscall(DC_SYS_GETDENTS64, directory, (long)entries, sizeof entries, 0)) > 0;) {
    for (long at = 0; at < got; at += ((dc_directory_entry *)(entries + at))->length) {
      const char *name = ((dc_directory_entry *)(entries + at))->name;
      if (dc_is_dots(name)) continue;
      held = true;
      if (dc_syscall(DC_SYS_UNLINKAT, directory, (long)name, 0, 0) == 0) continue;
      dc_syscall(DC_SYS_FCHMODAT, directory, (long)name, DC_OWNER_ALL, 0);
      if (directory != above) {
        dc_syscall(DC_SYS_RENAMEAT, directory, (long)name, above, (long)dc_lifted_name());
        continue;
      }
      int inner = dc_open_directory(directory, name);
      if (inner >= 0) {
        dc_empty_directory(inner, above);
        dc_syscall(DC_SYS_CLOSE, inner, 0, 0, 0);
      }
      dc_syscall(DC_SYS_UNLINKAT, directory, (long)name, DC_AT_REMOVEDIR, 0);
    }
  }
  return held;
}

static int64_t dc_size_of(int descriptor) {
  dc_file_status status;
  return dc_syscall(DC_SYS_FSTAT, descriptor, (long)&status, 0, 0) == 0 ? status.size : -1;
}

/* Before the first call, while it is empty. */
static void dc_open_scratch(void) {
  dc_scratch = dc_open_directory(DC_AT_FDCWD, "/tmp");
  dc_scratch_size = dc_size_of(dc_scratch);
}

/* Most calls leave nothing, which costs one system call. Ends the program, and so the container, when something resists. */
static void dc_empty_scratch(void) {
  if (dc_scratch < 0 || dc_size_of(dc_scratch) == dc_scratch_size) return;
  int pass = 0;
  do {
    if (pass++ > DC_PASSES_MAX) dc_exit(DC_EXIT_SCRATCH);
    dc_syscall(DC_SYS_LSEEK, dc_scratch, 0, 0, 0);
  } while (dc_empty_directory(dc_scratch, dc_scratch));
}

#endif
