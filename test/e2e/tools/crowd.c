// crowd COUNT: so many children that sleep. Prints their number when all are there; ends them when its input ends, and
// they end with it.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int wanted = atoi(argv[1]), count = 0;
  pid_t *pids = calloc(wanted, sizeof *pids), self = getpid();
  for (; pids != NULL && count < wanted; count++) {
    pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      // It may have ended before that.
      if (getppid() != self) _exit(0);
      for (;;) pause();
    }
    pids[count] = pid;
  }
  printf("%d\n", count);
  fflush(stdout);
  char byte;
  while (count == wanted && read(0, &byte, 1) > 0) continue;
  for (int i = 0; i < count; i++) kill(pids[i], SIGKILL);
  while (wait(NULL) > 0) continue;
  return count == wanted ? 0 : 1;
}
