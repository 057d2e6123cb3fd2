// vforked MS: a vfork whose child neither calls exec nor ends for that time, and prints the child's pid.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  pid_t pid = vfork();
  if (pid == 0) {
    usleep(atoi(argv[1]) * 1000);
    _exit(3);
  }
  printf("%d\n", pid);
  return waitpid(pid, NULL, 0) == pid ? 0 : 1;
}
