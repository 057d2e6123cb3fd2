// asks check PATH     asks with execveat whether PATH may be executed (AT_EXECVE_CHECK)
// asks at PATH        fails to execute PATH with execveat
// asks far PATH       fails to execute PATH with an argument that is in a page not read before
// asks spawn PATH     posix_spawns PATH, which is missing
// asks comm NAME      is called NAME, and ends with 3
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  char *args[] = {argv[2], "alpha", NULL};
  char *const none[] = {NULL};
  if (strcmp(argv[1], "check") == 0) {
    syscall(SYS_execveat, AT_FDCWD, argv[2], args, none, AT_EXECVE_CHECK);
  } else if (strcmp(argv[1], "at") == 0) {
    syscall(SYS_execveat, AT_FDCWD, argv[2], args, none, 0);
  } else if (strcmp(argv[1], "far") == 0) {
    // A file's page that nobody has touched in this process.
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    args[1] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    madvise(args[1], 4096, MADV_DONTNEED);
    execve(argv[2], args, none);
  } else if (strcmp(argv[1], "spawn") == 0) {
    pid_t pid;
    posix_spawn(&pid, argv[2], NULL, NULL, args, none);
  } else {
    prctl(PR_SET_NAME, argv[2]);
    return 3;
  }
  return 0;
}
