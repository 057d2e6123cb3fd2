// lives COUNT PROGRAM [ARGS...]: so many containers, one after the other: each a process in new pid, mount and uts
// namespaces, which executes PROGRAM.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char **command;

static int child(void *unused) {
  (void)unused;
  execv(command[0], command);
  return 127;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  command = argv + 2;
  char *stack = malloc(1 << 16);
  for (int i = 0; i < atoi(argv[1]); i++) {
    int pid = clone(child, stack + (1 << 16), CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | SIGCHLD, NULL);
    if (pid < 0) {
      perror("clone");
      return 1;
    }
    waitpid(pid, NULL, 0);
  }
  return 0;
}
