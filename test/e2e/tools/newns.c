// newns PROGRAM [ARGS...]: clones a child into new pid, network and uts namespaces, which executes PROGRAM.
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
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  command = argv + 1;
  char *stack = malloc(1 << 20);
  int pid = clone(child, stack + (1 << 20), CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | SIGCHLD, NULL);
  if (pid < 0) {
    perror("clone");
    return 1;
  }
  waitpid(pid, NULL, 0);
  return 0;
}
