// fdexec PROGRAM: executes PROGRAM by a file descriptor.
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int file = open(argv[1], O_RDONLY);
  char *const args[] = {"by-descriptor", NULL};
  char *const none[] = {NULL};
  fexecve(file, args, none);
  return 1;
}
