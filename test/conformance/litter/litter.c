/* Leaves behind all that a call can, and says whether anything of an earlier call was there. */
#include "container.h"

enum { SYS_OPEN = 2, SYS_MKDIR = 83 };
/* O_WRONLY, O_CREAT, O_EXCL. */
enum { NEW_FILE = 0301 };

static void litter(void) {
  static bool ran;
  bool fresh = !ran;
  ran = true;
  /* A folder that cannot be listed, one in it that cannot be entered, and a file whose name one has to know. */
  dc_syscall(SYS_MKDIR, (long)"/tmp/folder", 0300, 0, 0);
  dc_syscall(SYS_MKDIR, (long)"/tmp/folder/inner", 0300, 0, 0);
  dc_syscall(SYS_MKDIR, (long)"/tmp/folder/inner/closed", 0, 0, 0);
  fresh &= dc_syscall(SYS_OPEN, (long)"/tmp/file", NEW_FILE, 0, 0) >= 0;
  fresh &= dc_syscall(SYS_OPEN, (long)"/tmp/folder/inner/file", NEW_FILE, 0, 0) >= 0;
  if (dc_syscall(DC_SYS_FORK, 0, 0, 0, 0) == 0) {
    for (;;) continue;
  }
  dc_return(fresh ? DC_STRING("fresh") : DC_STRING("left"));
}

DC_CONTRACT(DC_FALLBACK(litter))
