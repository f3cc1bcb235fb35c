/* One line for each thing that a kernel tells a program. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

static void line(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void line(const char *name, const char *format, ...) {
  __builtin_va_list values;
  __builtin_va_start(values, format);
  printf("%s: ", name);
  vprintf(format, values);
  printf("\n");
  __builtin_va_end(values);
}

/* A call's result, and its errno when it failed. */
static void outcome(const char *name, long result) {
  if (result == -1) line(name, "errno %d", errno);
  else line(name, "%ld", result);
}

static void hex(const char *name, const unsigned char *bytes, long size) {
  printf("%s: ", name);
  for (long i = 0; i < size; i++) printf("%02x", bytes[i]);
  printf("\n");
}

static void tell_clock(const char *name, clockid_t clock) {
  struct timespec now = {0};
  int result = (int)syscall(SYS_clock_gettime, clock, &now);
  if (result != 0) line(name, "errno %d", errno);
  else line(name, "%ld.%09ld", now.tv_sec, now.tv_nsec);
}

static void tell_clocks(void) {
  tell_clock("clock_gettime realtime", CLOCK_REALTIME);
  tell_clock("clock_gettime monotonic", CLOCK_MONOTONIC);
  tell_clock("clock_gettime boottime", CLOCK_BOOTTIME);
  tell_clock("clock_gettime coarse", CLOCK_REALTIME_COARSE);
  tell_clock("clock_gettime process", CLOCK_PROCESS_CPUTIME_ID);
  tell_clock("clock_gettime unknown", 99);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  line("vdso", "%ld.%09ld at %lx", now.tv_sec, now.tv_nsec, getauxval(AT_SYSINFO_EHDR));
  struct timeval day;
  syscall(SYS_gettimeofday, &day, NULL);
  line("gettimeofday", "%ld.%06ld", day.tv_sec, day.tv_usec);
  line("time", "%ld", (long)syscall(SYS_time, NULL));
  line("vsyscall", "%ld", ((time_t(*)(time_t *))0xffffffffff600400)(NULL));
  unsigned long long first = __rdtsc();
  unsigned processor;
  line("rdtsc", "%llu", first);
  line("rdtscp", "%llu", __rdtscp(&processor));
  struct tms used;
  long ticks = times(&used);
  line("times", "%ld %ld", ticks, used.tms_utime);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  line("getrusage", "%ld.%06ld %ld", usage.ru_utime.tv_sec, usage.ru_utime.tv_usec, usage.ru_maxrss);
}

static void tell_waits(void) {
  struct timespec hour = {3600, 0}, end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 3600;
  outcome("nanosleep", nanosleep(&hour, NULL));
  outcome("clock_nanosleep", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL));
  struct timespec bad = {0, -1};
  outcome("nanosleep of less than nothing", nanosleep(&bad, NULL));
  tell_clock("after two hours, the second past already", CLOCK_REALTIME);
  int ends[2];
  pipe(ends);
  struct pollfd file = {ends[0], POLLIN, 0};
  outcome("poll", poll(&file, 1, 20));
  struct timespec part = {0, 20000000};
  outcome("ppoll", ppoll(&file, 1, &part, NULL));
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  struct timeval limit = {0, 20000};
  outcome("select", select(ends[0] + 1, &set, NULL, NULL, &limit));
  FD_SET(ends[0], &set);
  outcome("pselect", pselect(ends[0] + 1, &set, NULL, NULL, &part, NULL));
  int queue = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN}, got;
  epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event);
  outcome("epoll_wait", epoll_wait(queue, &got, 1, 20));
  sigset_t signals;
  sigemptyset(&signals), sigaddset(&signals, SIGUSR1);
  outcome("sigtimedwait", sigtimedwait(&signals, NULL, &part));
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_nsec += 20000000;
  pthread_mutex_lock(&mutex);
  outcome("futex", pthread_cond_timedwait(&condition, &mutex, &end));
  tell_clock("after seven waits of 20 ms", CLOCK_REALTIME);
  struct itimerval timer = {{0, 0}, {1, 0}};
  outcome("setitimer", setitimer(ITIMER_REAL, &timer, NULL));
  outcome("timer_create", syscall(SYS_timer_create, 0, NULL, &queue));
  outcome("timerfd_create", syscall(SYS_timerfd_create, 0, 0));
}

static void tell_random(void) {
  unsigned char bytes[16];
  long size = getrandom(bytes, sizeof bytes, 0);
  hex("getrandom", bytes, size);
  int file = open("/dev/urandom", O_RDONLY);
  hex("/dev/urandom", bytes, read(file, bytes, sizeof bytes));
  file = openat(open("/dev", O_RDONLY | O_DIRECTORY), "./random", O_RDONLY | O_CLOEXEC);
  hex("/dev/random", bytes, read(file, bytes, sizeof bytes));
  outcome("/dev/random is closed on exec", fcntl(file, F_GETFD));
  hex("AT_RANDOM", (unsigned char *)getauxval(AT_RANDOM), 16);
}

static void *tell_thread(void *name) {
  unsigned char bytes[8];
  getrandom(bytes, sizeof bytes, 0);
  line(name, "gettid %ld", syscall(SYS_gettid));
  hex(name, bytes, sizeof bytes);
  tell_clock(name, CLOCK_MONOTONIC);
  return NULL;
}

static void tell_processes(void) {
  line("getpid", "%d %d %d", getpid(), getppid(), (int)syscall(SYS_gettid));
  line("getpgrp", "%d %d", getpgrp(), getpgid(0));
  outcome("setsid", setsid());
  outcome("getpgrp of the session", getpgrp());
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    tell_thread("child");
    fflush(stdout);
    kill(getpid(), SIGUSR1);
    for (;;) pause();
  }
  int status;
  struct rusage usage;
  pid_t waited = wait4(child, &status, 0, &usage);
  line("fork", "%d, wait4 %d, signal %d, usage %ld", child, waited, WTERMSIG(status), usage.ru_stime.tv_usec);
  fflush(stdout);
  child = fork();
  if (child == 0) {
    tell_thread("second child");
    fflush(stdout);
    _exit(7);
  }
  siginfo_t about = {0};
  waitid(P_PID, (id_t)child, &about, WEXITED);
  line("waitid", "%d status %d", about.si_pid, about.si_status);
  pthread_t thread;
  pthread_create(&thread, NULL, tell_thread, "thread");
  pthread_join(thread, NULL);
  char path[64] = "";
  readlink("/proc/self", path, sizeof path);
  line("/proc/self", "%s", path);
  signal(SIGUSR2, SIG_IGN);
  line("signals to oneself", "%d %d %ld", kill(getpid(), SIGUSR2), raise(SIGUSR2),
       syscall(SYS_tkill, syscall(SYS_gettid), SIGUSR2));
  outcome("signals to the first process", kill(getppid(), SIGKILL));
  outcome("signals to nobody", kill(4000000, 0));
  outcome("limits of the first process", prlimit(1, RLIMIT_NOFILE, NULL, &(struct rlimit){0}));
}

static void tell_stat(const char *name, const struct stat *about) {
  line(name, "device %lu inode %lu size %ld links %lu blocks %ld times %ld %ld %ld", about->st_dev, about->st_ino,
       about->st_size, about->st_nlink, about->st_blocks, about->st_atim.tv_nsec, about->st_mtim.tv_sec,
       about->st_ctim.tv_sec);
}

static void tell_files(void) {
  struct stat about;
  stat("/bridge", &about), about.st_size = about.st_blocks = 0, tell_stat("stat", &about);
  lstat("/", &about), tell_stat("lstat", &about);
  int file = open("/tmp/file", O_CREAT | O_RDWR, 0600);
  write(file, "text", 4);
  fstat(file, &about), tell_stat("fstat", &about);
  fstatat(AT_FDCWD, "/tmp/file", &about, 0), tell_stat("fstatat", &about);
  int ends[2], memory = memfd_create("memory", 0);
  pipe(ends);
  fstat(ends[0], &about), tell_stat("fstat of a pipe", &about);
  fstat(memory, &about), tell_stat("fstat of memory", &about);
  struct statx extended;
  statx(AT_FDCWD, "/tmp/file", 0, STATX_ALL, &extended);
  line("statx", "inode %llu size %llu mtime %lld btime %lld mount %llu", extended.stx_ino, extended.stx_size,
       extended.stx_mtime.tv_sec, extended.stx_btime.tv_sec, extended.stx_mnt_id);
  struct statfs system;
  statfs("/tmp", &system);
  line("statfs", "type %lx free %lu", system.f_type, system.f_bfree);
  char link[64], path[64] = "";
  snprintf(link, sizeof link, "/proc/self/fd/%d", ends[0]);
  readlink(link, path, sizeof path);
  line("readlink of a pipe", "%s", path);
  mkdir("/tmp/directory", 0700);
  const char *names[] = {"b", "c", "a"};
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "/tmp/directory/%s", names[i]);
    close(open(path, O_CREAT | O_RDWR, 0600));
  }
  DIR *directory = opendir("/tmp/directory");
  for (int turn = 0; turn < 2; turn++) {
    printf("getdents64:");
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) printf(" %s %ld", entry->d_name, entry->d_ino);
    printf("\n");
    rewinddir(directory);
  }
  struct dirent *second = (readdir(directory), readdir(directory));
  line("telldir", "%ld behind %s", telldir(directory), second->d_name);
}

static void tell_file(const char *path) {
  char text[200] = "";
  int file = open(path, O_RDONLY);
  if (file < 0) {
    line(path, "errno %d", errno);
    return;
  }
  ssize_t length = read(file, text, sizeof text - 1);
  for (char *at = text; *at; at++) {
    if (*at == '\n' || *at == 0) *at = ' ';
  }
  line(path, "%ld %s", (long)length, text);
}

static void tell_machine(void) {
  struct utsname name;
  uname(&name);
  line("uname", "%s %s %s %s %s", name.sysname, name.nodename, name.release, name.version, name.machine);
  struct sysinfo system;
  sysinfo(&system);
  line("sysinfo", "%ld %lu %lu %d", system.uptime, system.totalram, system.freeram, system.procs);
  unsigned cpu = 9, node = 9;
  syscall(SYS_getcpu, &cpu, &node, NULL);
  line("getcpu", "%u %u, sched_getcpu %d", cpu, node, sched_getcpu());
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  outcome("sched_getaffinity", sched_getaffinity(0, sizeof cpus, &cpus));
  line("CPUs", "%d", CPU_COUNT(&cpus));
  outcome("sched_setaffinity", sched_setaffinity(0, sizeof cpus, &cpus));
  line("processors", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
  line("hwcap", "%lx %lx", getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
  int local;
  line("addresses", "stack %p heap %p code %p", (void *)&local, malloc(10), (void *)tell_machine);
  const char *const paths[] = {"/proc/self/stat",    "/proc/self/status", "/proc/meminfo",        "/proc/self/mountinfo",
                               "/proc/self/cgroup",  "/proc/self/mem",    "/proc/uptime",         "/proc/self/comm",
                               "/proc/self/cmdline", "/proc/1/environ",   "/proc/sys/kernel/random/uuid"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) tell_file(paths[i]);
  char text[65536];
  ssize_t length = read(open("/proc/self/maps", O_RDONLY), text, sizeof text - 1);
  text[length > 0 ? length : 0] = 0;
  line("/proc/self/maps", "vdso %d", strstr(text, "[vdso]") != NULL || strstr(text, "[vvar") != NULL);
}

static void tell_refusals(void) {
  outcome("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
  outcome("process_vm_readv", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));
  outcome("seccomp", syscall(SYS_seccomp, 0, 0, 0));
  outcome("personality", syscall(SYS_personality, 0x40000));
  outcome("pidfd_open", syscall(434, 1, 0));
  outcome("prctl of the counter", syscall(SYS_prctl, 26, 1));
  outcome("prctl of dumps", syscall(SYS_prctl, 4, 0));
  outcome("rseq", syscall(334, 0, 0, 0, 0));
  outcome("mincore", syscall(SYS_mincore, 0, 0, 0));
}

int main(void) {
  tell_clocks();
  tell_random();
  tell_processes();
  tell_waits();
  tell_files();
  tell_machine();
  tell_refusals();
  fflush(stdout);
}
