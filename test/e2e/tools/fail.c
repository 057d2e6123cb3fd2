// fail SECONDS: fails to execute /no/such/program for that time, as fast as it can, and prints how often.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char *const args[] = {"no-such-program", "a", NULL};
  char *const none[] = {NULL};
  long count = 0;
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (int i = 0; i < 100; i++) execve("/no/such/program", args, none);
    count += 100;
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - start.tv_sec) + (now.tv_nsec - start.tv_nsec) / 1e9 < atof(argv[1]));
  printf("%ld\n", count);
  return 0;
}
