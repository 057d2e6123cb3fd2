// PROGRAM=PATH pace RATE COUNT [ARGS...]: posix_spawns PATH so often, RATE times a second (0: as fast as it can), and waits
// for each. Prints how many a second, and the median and the 99th percentile of what one took from spawn to end, in us.
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  long long x = *(const long long *)a, y = *(const long long *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  char *program = getenv("PROGRAM");
  if (argc < 3 || program == NULL) return 2;
  int rate = atoi(argv[1]), count = atoi(argv[2]);
  // argv[2] is the name of the program, what follows its arguments. Its own command line does not name it.
  argv[2] = strdup(program);
  
  long long *took = calloc(count, sizeof *took), begin = now();
  for (int i = 0; i < count; i++) {
    if (rate > 0) {
      long long due = begin + i * (1000000000LL / rate), wait = due - now();
      struct timespec time = {wait / 1000000000LL, wait % 1000000000LL};
      if (wait > 0) nanosleep(&time, NULL);
    }
    long long from = now();
    pid_t pid;
    if (posix_spawn(&pid, program, NULL, NULL, argv + 2, environ) != 0) return 1;
    waitpid(pid, NULL, 0);
    took[i] = now() - from;
  }
  double seconds = (now() - begin) / 1e9;
  qsort(took, count, sizeof *took, by_size);
  printf("%.1f %.1f %.1f\n", count / seconds, took[count / 2] / 1e3, took[count * 99 / 100] / 1e3);
  return 0;
}
