// execv PATH FILE: executes PATH with the NUL-terminated arguments that FILE holds, byte for byte.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int file = open(argv[2], O_RDONLY | O_CLOEXEC);
  struct stat stats;
  if (file < 0 || fstat(file, &stats) != 0) return 3;
  char *bytes = malloc(stats.st_size + 1);
  for (off_t at = 0; at < stats.st_size;) {
    ssize_t got = read(file, bytes + at, stats.st_size - at);
    if (got <= 0) return 3;
    at += got;
  }
  char **args = calloc(stats.st_size + 1, sizeof *args);
  int count = 0;
  for (char *at = bytes; at < bytes + stats.st_size; at += strlen(at) + 1) args[count++] = at;
  char *const none[] = {NULL};
  execve(argv[1], args, none);
  perror("execve");
  return 1;
}
