/*
 * What files tell beside their contents: times, inode numbers, sizes of directories and the order of their entries,
 * and what /proc and the random devices say.
 */
#ifndef DETINIT_FILE_H
#define DETINIT_FILE_H

#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/stat.h>

#include "identity.h"

enum { PATH_BYTES = 256 };
/* A number for every file of the largest image (images/writer/entries.ts), and some more. */
enum { FILES_MAX = 32768, FILES_NUMBERED = 24576 };
/* Where the numbers begin that belong to one call. */
enum { FIRST_CALL_FILE = 1 << 20 };
enum { FILE_BLOCK = 4096, STAT_BLOCK = 512 };

/* The order in which files were first asked about stands for their inode numbers. */
static struct file {
  uint64_t device, inode;
  uint32_t number;
} files[FILES_MAX];
static uint16_t call_files[FILES_NUMBERED];
static uint32_t start_files_count, call_files_count;

/* Files that only the last call saw lose their numbers; they were put in last, so nobody's place depends on them. */
static void forget_call_files(void) {
  while (call_files_count > 0) files[call_files[--call_files_count]].number = 0;
}

static uint64_t file_number(uint64_t device, uint64_t inode) {
  uint64_t mixed = (inode ^ device << 32) * 0x9e3779b97f4a7c15ULL;
  uint32_t place = (uint32_t)(mixed >> 49);
  for (;; place = (place + 1) % FILES_MAX) {
    struct file *file = &files[place];
    if (file->number != 0 && file->inode == inode && file->device == device) return file->number;
    if (file->number != 0) continue;
    // Nothing tells such files apart then, which is the same everywhere.
    if (start_files_count + call_files_count == FILES_NUMBERED) return UINT32_MAX;
    bool isStart = call.exchange == 0;
    if (!isStart) call_files[call_files_count] = (uint16_t)place;
    uint32_t number = isStart ? ++start_files_count : FIRST_CALL_FILE + ++call_files_count;
    *file = (struct file){device, inode, number};
    return number;
  }
}

static bool is_directory(uint32_t mode) { return (mode & S_IFMT) == S_IFDIR; }

static void erase_stat(struct stat *about) {
  about->st_ino = file_number(about->st_dev, about->st_ino);
  about->st_dev = 1;
  if (is_directory(about->st_mode)) about->st_nlink = 1, about->st_size = FILE_BLOCK;
  about->st_blksize = FILE_BLOCK;
  about->st_blocks = (about->st_size + STAT_BLOCK - 1) / STAT_BLOCK;
  about->st_atime = about->st_atime_nsec = 0;
  about->st_mtime = about->st_mtime_nsec = 0;
  about->st_ctime = about->st_ctime_nsec = 0;
}

static void erase_statx(struct statx *about) {
  uint64_t device = (uint64_t)about->stx_dev_major << 20 | about->stx_dev_minor;
  struct statx said = {
      .stx_mask = about->stx_mask & STATX_BASIC_STATS,
      .stx_blksize = FILE_BLOCK,
      .stx_nlink = is_directory(about->stx_mode) ? 1 : about->stx_nlink,
      .stx_uid = about->stx_uid,
      .stx_gid = about->stx_gid,
      .stx_mode = about->stx_mode,
      .stx_ino = file_number(device, about->stx_ino),
      .stx_size = is_directory(about->stx_mode) ? FILE_BLOCK : about->stx_size,
      .stx_rdev_major = about->stx_rdev_major,
      .stx_rdev_minor = about->stx_rdev_minor,
      .stx_dev_minor = 1,
  };
  said.stx_blocks = (said.stx_size + STAT_BLOCK - 1) / STAT_BLOCK;
  *about = said;
}

/* Of a file system the program learns that there is one. */
static void erase_statfs(struct statfs *about) {
  *about = (struct statfs){.f_type = 0x01021994, .f_bsize = FILE_BLOCK, .f_frsize = FILE_BLOCK, .f_namelen = 255};
}

/* Where the system call has put its answer. */
static uint64_t stat_answer(const struct thread *thread) {
  if (thread->pending == __NR_newfstatat) return thread->entered.rdx;
  return thread->pending == __NR_statx ? thread->entered.r8 : thread->entered.rsi;
}

static void end_stat(const struct thread *thread, const struct user_regs_struct *registers) {
  union {
    struct stat plain;
    struct statx extended;
    struct statfs system;
  } about;
  bool isExtended = thread->pending == __NR_statx;
  bool isSystem = thread->pending == __NR_statfs || thread->pending == __NR_fstatfs;
  size_t size = isExtended ? sizeof about.extended : isSystem ? sizeof about.system : sizeof about.plain;
  uint64_t at = stat_answer(thread);
  if (registers->rax == 0 && read_memory(thread->id, &about, at, size)) {
    if (isExtended) erase_statx(&about.extended);
    else if (isSystem) erase_statfs(&about.system);
    else erase_stat(&about.plain);
    write_memory(thread->id, at, &about, size);
  }
  go_on(thread, 0);
}

/* The path of an open file as this container has it. */
static void path_of(const struct thread *thread, long descriptor, char path[PATH_BYTES]) {
  char link[64];
  char *at = put_number(put_text(link, "/proc/"), (uint64_t)thread->process);
  put_number(put_text(at, "/fd/"), (uint64_t)descriptor);
  long length = CALL(__NR_readlink, link, path, PATH_BYTES - 1);
  path[length < 0 ? 0 : length] = 0;
}

/* A file in memory in the program's hands, in place of one that it opened; an errno when it cannot have one. */
static long replace_file(const struct thread *thread, long descriptor, const void *content, size_t size) {
  enum { ANY_NAME_OFFSET = 0, MEMORY_CLOSE_ON_EXEC = 1, OPEN_CLOSE_ON_EXEC = 02000000, FROM_START = 0 };
  uint64_t instruction = instruction_of(thread);
  inject(thread, instruction, __NR_close, (uint64_t[6]){(uint64_t)descriptor});
  if (content == NULL) return -ENOENT;
  uint64_t flags = thread->pending == __NR_open ? thread->entered.rsi : thread->entered.rdx;
  uint64_t name = registers_of(thread).rsp - SCRATCH_BELOW_STACK;
  if (!write_memory(thread->id, name, "file", 5)) return -EFAULT;
  uint64_t kept = (flags & OPEN_CLOSE_ON_EXEC) != 0 && thread->pending != __NR_openat2 ? MEMORY_CLOSE_ON_EXEC : 0;
  long replaced = inject(thread, instruction, __NR_memfd_create, (uint64_t[6]){name, kept});
  if (replaced < 0) return replaced;
  long ours = borrow(thread, replaced);
  for (size_t done = 0; ours >= 0 && done < size;) {
    long written = CALL(__NR_write, ours, (const uint8_t *)content + done, size - done);
    if (written <= 0) break;
    done += (size_t)written;
  }
  CALL(__NR_lseek, ours, 0, FROM_START);
  CALL(__NR_close, ours);
  return replaced;
}

static uint8_t content[65536];

/* /proc/self/maps without devices and inode numbers; never longer than it was. */
static size_t copy_maps(char *to, const char *text, size_t length) {
  const char *end = text + length;
  char *start = to;
  while (text < end) {
    // address permissions offset device inode path
    for (int field = 0; field < 3 && text < end; text++) {
      if ((*to++ = *text) == ' ') field++;
    }
    to = put_text(to, "00:00 0");
    for (int field = 0; field < 2 && text < end && *text != '\n'; text++) {
      if (*text == ' ' && ++field == 2) break;
    }
    while (text < end && (*to++ = *text++) != '\n') continue;
  }
  return (size_t)(to - start);
}

/* What stands in the one file of /proc that programs need and that tells of the machine too. */
static size_t read_maps(const struct thread *thread) {
  // A line that is cut off grows by what it lacks.
  static char text[sizeof content - 64];
  char path[64];
  put_text(put_number(put_text(path, "/proc/"), (uint64_t)thread->process), "/maps");
  long file = CALL(__NR_open, path, 0);
  size_t length = 0;
  for (long got = 1; got > 0; length += (size_t)(got > 0 ? got : 0)) {
    got = CALL(__NR_read, file, text + length, sizeof text - length);
  }
  CALL(__NR_close, file);
  return copy_maps((char *)content, text, length);
}

/* Files of /proc that say the same everywhere. */
static bool is_plain_process_file(const char *path) {
  static const char *const names[] = {"/cmdline", "/comm", "/environ", "/auxv", "/exe", "/oom_score_adj"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (ends_with(path, names[i])) return true;
  }
  return false;
}

static bool is_open_directory(const struct thread *thread, long descriptor) {
  struct stat about = {0};
  long ours = borrow(thread, descriptor);
  bool isDirectory = CALL(__NR_fstat, ours, &about) == 0 && is_directory(about.st_mode);
  CALL(__NR_close, ours);
  return isDirectory;
}

/* What was opened is looked at when it is open, because names can be told in many ways. */
static void end_open(struct thread *thread, struct user_regs_struct *registers) {
  char path[PATH_BYTES];
  long result = (long)registers->rax;
  if (result >= 0) {
    path_of(thread, result, path);
    if (equals(path, "/dev/urandom") || equals(path, "/dev/random")) {
      draw(thread, content, sizeof content);
      result = replace_file(thread, result, content, sizeof content);
    } else if (starts_with(path, "/proc/") && !is_plain_process_file(path) && !is_open_directory(thread, result)) {
      bool isMaps = ends_with(path, "/maps");
      result = replace_file(thread, result, isMaps ? content : NULL, isMaps ? read_maps(thread) : 0);
    }
  }
  if (result != (long)registers->rax) {
    registers->rax = (uint64_t)result;
    set_registers(thread, registers);
  }
  go_on(thread, 0);
}

/* Links of /proc name processes by the kernel's numbers, and pipes by their inodes. */
static void end_read_link(const struct thread *thread, struct user_regs_struct *registers) {
  bool isPlain = thread->pending == __NR_readlink;
  uint64_t at = isPlain ? thread->entered.rsi : thread->entered.rdx;
  long length = (long)registers->rax;
  char text[PATH_BYTES] = "";
  bool isShort = length > 0 && length < 64 && read_memory(thread->id, text, at, (size_t)length);
  if (isShort && is_digit(text[0])) {
    int number = 0;
    for (const char *digit = text; is_digit(*digit); digit++) number = number * 10 + *digit - '0';
    char told[64];
    long told_length = put_number(told, (uint64_t)told_number(number)) - told;
    long room = (long)(isPlain ? thread->entered.rdx : thread->entered.r10);
    registers->rax = (uint64_t)(told_length < room ? told_length : room);
    write_memory(thread->id, at, told, registers->rax);
    set_registers(thread, registers);
  } else if (isShort && contains(text, ":[")) {
    char *number = text;
    while (*number != '[') number++;
    // An image's own link may be called anything.
    if (text + length < number + sizeof "[0]" - 1) return go_on(thread, 0);
    char *last = put_text(number, "[0]");
    registers->rax = (uint64_t)(last - text);
    // What the kernel has written there was longer.
    memset(last, 0, (size_t)(text + length - last));
    write_memory(thread->id, at, text, (size_t)length);
    set_registers(thread, registers);
  }
  go_on(thread, 0);
}

#endif
