// int80 PROGRAM [ARGS...]: makes new uts and network namespaces by the entry that is for 32-bit programs, and executes PROGRAM.
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
#ifdef __x86_64__
  long result = 310; // unshare, in the table of 32-bit calls
  __asm__ volatile("int $0x80" : "+a"(result) : "b"(CLONE_NEWUTS | CLONE_NEWNET) : "memory", "r8", "r9", "r10", "r11");
  if (result != 0) return 3;
  execv(argv[1], argv + 1);
#endif
  return 4;
}
