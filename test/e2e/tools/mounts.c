// mounts COUNT FOLDER PROGRAM [ARGS...]: in a user and mount namespace of its own, mounts FOLDER so often on itself; then executes
// PROGRAM in 40 new folders below it, one after the other, a tenth of a second apart.
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 3;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return 4;
  for (int count = atoi(argv[1]); count > 0; count--) {
    if (mount(argv[2], argv[2], NULL, MS_BIND, NULL) != 0) return 5;
  }
  if (chdir(argv[2]) != 0) return 6;
  for (int i = 0; i < 40; i++) {
    char name[16];
    snprintf(name, sizeof name, "%d", i);
    if (mkdir(name, 0700) != 0) return 7;
    pid_t pid = fork();
    if (pid == 0) {
      if (chdir(name) != 0) _exit(8);
      execv(argv[3], argv + 3);
      _exit(9);
    }
    waitpid(pid, NULL, 0);
    usleep(100000);
  }
  return 0;
}
