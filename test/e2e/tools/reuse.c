// reuse COUNT PROGRAM [ARGS...]: runs PROGRAM so often, one after the other, each time in a process with the same pid
// (clone3 with set_tid), as on a host whose pids have come round. Prints the pid.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  pid_t pid = 0;
  for (int i = 0; i < atoi(argv[1]); i++) {
    struct clone_args args = {.exit_signal = SIGCHLD};
    if (pid != 0) {
      args.set_tid = (uintptr_t)&pid;
      args.set_tid_size = 1;
    }
    pid_t child = syscall(SYS_clone3, &args, sizeof args);
    // Somebody else may have got it meanwhile.
    if (child < 0 && errno == EEXIST) {
      usleep(1000);
      i--;
      continue;
    }
    if (child < 0) {
      perror("clone3");
      return 1;
    }
    if (child == 0) {
      execv(argv[2], argv + 2);
      _exit(127);
    }
    pid = child;
    waitpid(pid, NULL, 0);
  }
  printf("%d\n", pid);
  return 0;
}
