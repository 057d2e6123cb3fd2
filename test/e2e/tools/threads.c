// threads exec PROGRAM   a thread that is not the leader executes PROGRAM
// threads leader CODE    the leader leaves first, a thread stays a moment and the process ends with CODE
// threads many COUNT     so many threads come and go
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *program;

static void *execute(void *unused) {
  (void)unused;
  char *const args[] = {program, "from-a-thread", NULL};
  printf("%ld\n", syscall(SYS_gettid));
  fflush(stdout);
  execv(program, args);
  return NULL;
}

static void *stay(void *code) {
  usleep(300000);
  exit((int)(long)code);
}

static void *leave(void *unused) { return unused; }

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  pthread_t thread;
  if (strcmp(argv[1], "exec") == 0) {
    program = argv[2];
    pthread_create(&thread, NULL, execute, NULL);
    pause();
  } else if (strcmp(argv[1], "leader") == 0) {
    pthread_create(&thread, NULL, stay, (void *)(long)atoi(argv[2]));
    pthread_exit(NULL);
  } else {
    for (int i = 0; i < atoi(argv[2]); i++) {
      pthread_create(&thread, NULL, leave, NULL);
      pthread_join(thread, NULL);
    }
  }
  return 0;
}
