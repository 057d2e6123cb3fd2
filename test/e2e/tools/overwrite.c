// overwrite head|tail|all|nothing LONG...: writes Z over the beginning, the end, or all of its second argument, and stays until it is killed.
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t length = strlen(argv[2]);
  switch (argv[1][0]) {
    case 'h': memset(argv[2], 'Z', 10); break;
    case 't': memset(argv[2] + length - 1, 'Z', 1); break;
    case 'a': memset(argv[2], 'Z', length); break;
  }
  for (;;) pause();
}
