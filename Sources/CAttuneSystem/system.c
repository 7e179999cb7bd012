#ifdef __linux__
#define _GNU_SOURCE
#endif

#include "CAttuneSystem.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#else
#include <sys/file.h>
#endif

void attune_live_briefly(void) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int attune_become_subreaper(void) {
#ifdef __linux__
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
#else
  return -ENOSYS;
#endif
}

// Runs in the child, which shares the parent's memory until exec: system calls only.
static int prepare_and_exec(
    char *const arguments[], const char *directory, int input, int output, int errors, pid_t parent,
    volatile enum attune_spawn_step *step) {
  setpgid(0, 0);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != parent) return ESRCH;
#endif
  *step = ATTUNE_SPAWN_DIRECTORY;
  if (chdir(directory) != 0) return errno;
  *step = ATTUNE_SPAWN_COMMAND;
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) return errno;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  execvp(arguments[0], arguments);
  return errno;
}

// A pipe instead of the shared memory would need a second read; vfork also spares the copy of the page tables.
pid_t attune_spawn(
    char *const arguments[], const char *directory, int input, int output, int errors, enum attune_spawn_step *failed_step) {
  volatile int failure = 0;
  volatile enum attune_spawn_step step = ATTUNE_SPAWN_FORK;
  pid_t parent = getpid();
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
  pid_t child = vfork();
#pragma clang diagnostic pop
  if (child == 0) {
    failure = prepare_and_exec(arguments, directory, input, output, errors, parent, &step);
    _exit(127);
  }
  if (child < 0) failure = errno;
  *failed_step = step;
  return failure != 0 ? -failure : child;
}

int attune_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
#ifdef __linux__
  return -posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
  return 0;
#endif
}

int attune_lock(int descriptor) {
#ifdef __linux__
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : -errno;
#else
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : -errno;
#endif
}

int attune_is_locked(int descriptor) {
#ifdef __linux__
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
#else
  int isFree = flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  if (isFree) flock(descriptor, LOCK_UN);
  return !isFree;
#endif
}

int attune_pidfd_open(pid_t pid) {
#ifdef __linux__
  long descriptor = syscall(SYS_pidfd_open, pid, 0);
  return descriptor < 0 ? -errno : (int)descriptor;
#else
  return -ENOSYS;
#endif
}

int attune_pidfd_signal(int descriptor, int signal) {
#ifdef __linux__
  return syscall(SYS_pidfd_send_signal, descriptor, signal, 0, 0) == 0 ? 0 : -errno;
#else
  return -ENOSYS;
#endif
}
