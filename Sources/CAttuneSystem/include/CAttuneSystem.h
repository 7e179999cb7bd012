#ifndef C_ATTUNE_SYSTEM_H
#define C_ATTUNE_SYSTEM_H

#include <spawn.h>
#include <sys/types.h>

// What Swift cannot call by itself: variadic system calls, and what must happen between fork and exec.
// Every function answers a negative errno when it fails.

// To be called before there are threads, by a process that lives for milliseconds: they all take memory from one place, which grows in
// large steps. A place of its own for each thread grows by single pages, each with a call of the system.
void attune_live_briefly(void);

// Orphaned descendants become children of this process instead of process 1.
int attune_become_subreaper(void);

// Which step of attune_spawn failed.
enum attune_spawn_step { ATTUNE_SPAWN_FORK = 0, ATTUNE_SPAWN_DIRECTORY = 1, ATTUNE_SPAWN_COMMAND = 2 };

// Starts a command in a process group of its own, with all signals as the system sets them, killed when the caller dies.
// The path is searched in PATH. Answers the process id.
pid_t attune_spawn(
    char *const arguments[], const char *directory, int input, int output, int errors, enum attune_spawn_step *failed_step);

// Has posix_spawn close every descriptor from that one on.
int attune_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

// Takes the lock of an open file; it is held as long as any process has this opening of it, also by inheritance.
int attune_lock(int descriptor);

// 1 when somebody else's opening of the file holds its lock, 0 when not. Looking disturbs nobody who is about to take it.
int attune_is_locked(int descriptor);

// A descriptor that becomes readable when the process ends, and that cannot come to mean another process.
int attune_pidfd_open(pid_t pid);

// Sends a signal to the process behind a descriptor of attune_pidfd_open.
int attune_pidfd_signal(int descriptor, int signal);

#endif
