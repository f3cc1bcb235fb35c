/* What contracts may try beside the plain bombs of hostile.c, which includes this and speaks the protocol. */
#include <dirent.h>
#include <linux/audit.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static char said[8192];

/* The outcome of each attempt by its name: 0, or an errno. */
static void try(const char *name, long result) {
  sprintf(said + strlen(said), "%s=%d ", name, result < 0 ? errno : 0);
}
#define ATTEMPT(name, attempt) errno = 0, try(name, (long)(attempt))

static void *wait_in_thread(void *nothing) { wait_forever(); return nothing; }

static void thread_bomb(void) {
  int count = 0;
  pthread_t thread;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  while (pthread_create(&thread, &small, wait_in_thread, NULL) == 0) count++;
  sprintf(said, "%d threads", count);
  finish(said);
}

/* Ended and never waited for, each keeps its place. */
static void zombies(void) {
  int count = 0;
  for (pid_t child; (child = fork()) >= 0; count++) {
    if (child == 0) _exit(0);
  }
  sprintf(said, "%d zombies", count);
  finish(said);
}

static void descriptors(void) {
  int count = 0;
  while (open("/", O_RDONLY) >= 0) count++;
  sprintf(said, "%d more, then errno %d", count, errno);
  finish(said);
}

static void memory_file(void) {
  static char zeros[65536];
  signal(SIGXFSZ, SIG_IGN);
  int file = memfd_create("memory", 0);
  long written = 0;
  while (write(file, zeros, sizeof zeros) > 0) written += sizeof zeros;
  sprintf(said, "%ld bytes, then errno %d", written, errno);
  finish(said);
}

/* More address space than any machine has memory, touched a little at a time. */
static void slow_memory(void) {
  enum { PAGE = 4096, PAGES_A_TURN = 256 };
  char *all = mmap(NULL, 1UL << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) finish("no map");
  for (size_t page = 0;; page++) {
    all[page * PAGE] = 1;
    if (page % PAGES_A_TURN == 0) sched_yield();
  }
}

/* One byte now and then, of a frame that would be right if its last one came. */
static void slow_frame(void) {
  unsigned char whole[HEAD + 1] = {0, 0, 0, 10, RESULT};
  for (int i = 0; i < 8; i++) whole[5 + i] = (unsigned char)(exchange >> (56 - 8 * i));
  for (size_t i = 0; i < sizeof whole - 1; i++) {
    put(whole + i, 1);
    for (volatile long spin = 0; spin < 10000000; spin++) continue;
  }
  for (;;) continue;
}

static void system_calls(void) {
  enum { NEW_USER = 0x10000000 };
  ATTEMPT("unshare", unshare(NEW_USER));
  long child = syscall(SYS_clone, NEW_USER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  try("clone", child);
  ATTEMPT("setns", setns(0, 0));
  ATTEMPT("mount", mount("x", "/tmp", "tmpfs", 0, NULL));
  ATTEMPT("pivot_root", syscall(SYS_pivot_root, "/", "/"));
  ATTEMPT("ptrace", ptrace(PTRACE_ATTACH, 1, 0, 0));
  ATTEMPT("process_vm_readv", process_vm_readv(1, NULL, 0, NULL, 0, 0));
  ATTEMPT("process_vm_writev", process_vm_writev(1, NULL, 0, NULL, 0, 0));
  ATTEMPT("pidfd_open", syscall(434, 1, 0));
  ATTEMPT("pidfd_getfd", syscall(438, 0, 0, 0));
  ATTEMPT("seccomp", syscall(SYS_seccomp, 0, 0, 0));
  ATTEMPT("personality", syscall(SYS_personality, 0x0400000));
  ATTEMPT("bpf", syscall(SYS_bpf, 0, 0, 0));
  ATTEMPT("perf_event_open", syscall(SYS_perf_event_open, "", 0, -1, -1, 0));
  ATTEMPT("userfaultfd", syscall(SYS_userfaultfd, 0));
  ATTEMPT("io_uring_setup", syscall(425, 8, said));
  ATTEMPT("keyctl", syscall(SYS_keyctl, 0, 0));
  ATTEMPT("add_key", syscall(SYS_add_key, "user", "a", "b", 1, -1));
  ATTEMPT("init_module", syscall(SYS_init_module, 0, 0, ""));
  ATTEMPT("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
  ATTEMPT("reboot", syscall(SYS_reboot, 0xfee1dead, 0x28121969, 0, 0));
  ATTEMPT("clock_settime", syscall(SYS_clock_settime, 0, 0));
  ATTEMPT("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, 0, 0));
  ATTEMPT("mknod", mknod("/tmp/disk", S_IFBLK | 0600, 8 << 8));
  ATTEMPT("shmget", syscall(SYS_shmget, 1, 4096, 0));
  ATTEMPT("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
  ATTEMPT("sethostname", sethostname("x", 1));
  ATTEMPT("iopl", syscall(SYS_iopl, 3));
  ATTEMPT("AF_ALG", socket(38, SOCK_SEQPACKET, 0));
  ATTEMPT("AF_PACKET", socket(17, SOCK_RAW, 0));
  finish(said);
}

static void machine_files(void) {
  const char *const read_only[] = {"/dev/kvm", "/dev/kmsg", "/dev/mem", "/proc/kcore", "/proc/1/mem", "/proc/1/environ",
                                   "/run/docker.sock", "/proc/keys", "/sys/class/net"};
  const char *const written[] = {"/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/1/oom_score_adj",
                                 "/sys/fs/cgroup/memory/release_agent", "/delchain/host.sock", "/hostile", "/etc/x"};
  char byte;
  for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++) {
    errno = 0;
    // Masked files are there and empty.
    int file = open(read_only[i], O_RDONLY);
    sprintf(said + strlen(said), "%s=%d ", read_only[i], file < 0 ? errno : read(file, &byte, 1) > 0 ? 0 : EACCES);
  }
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) ATTEMPT(written[i], open(written[i], O_WRONLY));
  finish(said);
}

/* Everything that could end or stop whoever waits for the call. */
static void signal_everybody(void) {
  for (int signal = 1; signal <= 64; signal++) {
    if (signal == SIGSTOP || signal == SIGKILL) continue;
    kill(getppid(), signal), kill(1, signal);
  }
  kill(1, SIGSTOP), kill(1, SIGKILL), kill(getppid(), SIGSTOP), kill(-1, SIGKILL);
  syscall(SYS_tgkill, 1, 1, SIGKILL), syscall(SYS_tkill, 1, SIGSTOP);
  finish("sent");
}

static void raise_limits(void) {
  struct rlimit more = {1 << 20, 1 << 20};
  ATTEMPT("files", setrlimit(RLIMIT_NOFILE, &more));
  more.rlim_cur = more.rlim_max = RLIM_INFINITY;
  ATTEMPT("file size", setrlimit(RLIMIT_FSIZE, &more));
  ATTEMPT("core", setrlimit(RLIMIT_CORE, &more));
  struct rlimit none = {0, 0};
  ATTEMPT("of the launcher", prlimit(getppid(), RLIMIT_NOFILE, &none, NULL));
  finish(said);
}

/* Links that lead out, and a deep tree. */
static void links_and_depths(void) {
  ATTEMPT("link out", symlink("/", "/tmp/root"));
  ATTEMPT("write through it", open("/tmp/root/x", O_CREAT | O_WRONLY, 0600));
  ATTEMPT("hard link", syscall(SYS_linkat, AT_FDCWD, "/hostile", AT_FDCWD, "/tmp/hostile", 0));
  ATTEMPT("program", execl("/tmp/x", "x", NULL));
  chdir("/tmp");
  int depth = 0;
  while (depth < 200 && mkdir("d", 0700) == 0 && chdir("d") == 0) depth++;
  chdir("/");
  sprintf(said + strlen(said), "depth %d", depth);
  finish(said);
}

static void connect_again(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/delchain/host.sock"};
  int second = socket(AF_UNIX, SOCK_STREAM, 0);
  char byte;
  if (connect(second, (struct sockaddr *)&address, sizeof address) != 0) finish("refused");
  finish(read(second, &byte, 1) <= 0 ? "refused" : "a second stream");
}

static void threat(void) {
  if (is("threads")) thread_bomb();
  if (is("zombies")) zombies();
  if (is("descriptors")) descriptors();
  if (is("memory file")) memory_file();
  if (is("slow memory")) slow_memory();
  if (is("slow frame")) slow_frame();
  if (is("system calls")) system_calls();
  if (is("machine files")) machine_files();
  if (is("signals")) signal_everybody();
  if (is("limits")) raise_limits();
  if (is("links")) links_and_depths();
  if (is("second stream")) connect_again();
  if (is("stop")) raise(SIGSTOP);
  if (is("x32")) syscall(0x40000000 | SYS_getpid), finish("allowed");
  if (is("32 bits")) {
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    finish(result < 0 ? "refused" : "allowed");
  }
  if (is("close")) close(in), wait_forever();
  if (is("own memory")) {
    int file = open("/proc/self/mem", O_RDWR);
    pwrite(file, "\xcc", 1, (off_t)(uintptr_t)finish);
    finish("written");
  }
  if (is("program again")) execl("/hostile", "/hostile", NULL), finish("no exec");
}
