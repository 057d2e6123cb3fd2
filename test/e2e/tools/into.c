// into CGROUP [vfork] -- PROGRAM [ARGS...]: clone3 with CLONE_INTO_CGROUP: a child that is born in the folder CGROUP and executes PROGRAM.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int vforks = strcmp(argv[2], "vfork") == 0;
  char **command = argv + (vforks ? 4 : 3);
  struct clone_args args = {
      .flags = CLONE_INTO_CGROUP | (vforks ? CLONE_VFORK : 0),
      .exit_signal = SIGCHLD,
      .cgroup = open(argv[1], O_RDONLY | O_DIRECTORY),
  };
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) {
    execv(command[0], command);
    _exit(1);
  }
  if (pid < 0) {
    perror("clone3");
    return 1;
  }
  waitpid(pid, NULL, 0);
  return 0;
}
