// threads exec PROGRAM   a thread that is not the leader executes PROGRAM
// threads at PROGRAM     the same by execveat(2), relative to a descriptor of its folder
// threads leader CODE    the leader leaves first, a thread stays a moment and the process ends with CODE
// threads linger CODE    the leader leaves first, a thread stays
// threads hog MEGABYTES  the leader leaves first, a thread fills so much memory
// threads many COUNT     so many threads come and go
// threads move FILE      a thread that is not the leader writes its tid into FILE, prints it, and stays until the input ends
// threads unshare PROGRAM, threads become PROGRAM   a thread unshares mounts, and forks a child that executes PROGRAM, or does
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

static void *execute_at(void *path) {
  char *const args[] = {program, "from-a-thread", NULL};
  char *const none[] = {NULL};
  char *name = strrchr(path, '/');
  *name = 0;
  syscall(SYS_execveat, open(path, O_RDONLY | O_DIRECTORY), name + 1, args, none, 0);
  exit(1);
}

static void *stay(void *code) {
  usleep(300000);
  exit((int)(long)code);
}

static void *move(void *file) {
  FILE *out = fopen(file, "w");
  if (out == NULL || fprintf(out, "%ld", syscall(SYS_gettid)) < 0 || fclose(out) != 0) exit(1);
  printf("%ld\n", syscall(SYS_gettid));
  fflush(stdout);
  pause();
  return NULL;
}

static void *apart(void *forks) {
  char *const args[] = {program, "from-a-thread", NULL};
  if (unshare(CLONE_NEWNS) != 0) exit(1);
  if (forks != NULL && fork() != 0) {
    wait(NULL);
    exit(0);
  }
  execv(program, args);
  exit(1);
}

static void *linger(void *unused) {
  pause();
  return unused;
}

static void *hog(void *megabytes) {
  for (long i = 0; i < (long)megabytes; i++) {
    char *memory = malloc(1 << 20);
    if (memory != NULL) memset(memory, 1, 1 << 20);
  }
  return NULL;
}

static void *leave(void *unused) { return unused; }

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  pthread_t thread;
  if (strcmp(argv[1], "exec") == 0) {
    program = argv[2];
    pthread_create(&thread, NULL, execute, NULL);
    pause();
  } else if (strcmp(argv[1], "at") == 0) {
    program = strdup(argv[2]);
    pthread_create(&thread, NULL, execute_at, argv[2]);
    pause();
  } else if (strcmp(argv[1], "leader") == 0) {
    pthread_create(&thread, NULL, stay, (void *)(long)atoi(argv[2]));
    pthread_exit(NULL);
  } else if (strcmp(argv[1], "linger") == 0) {
    pthread_create(&thread, NULL, linger, NULL);
    pthread_exit(NULL);
  } else if (strcmp(argv[1], "hog") == 0) {
    pthread_create(&thread, NULL, hog, (void *)(long)atoi(argv[2]));
    pthread_exit(NULL);
  } else if (strcmp(argv[1], "move") == 0) {
    pthread_create(&thread, NULL, move, argv[2]);
    getchar();
  } else if (strcmp(argv[1], "unshare") == 0 || strcmp(argv[1], "become") == 0) {
    program = argv[2];
    pthread_create(&thread, NULL, apart, argv[1][0] == 'u' ? argv : NULL);
    pause();
  } else {
    for (int i = 0; i < atoi(argv[2]); i++) {
      pthread_create(&thread, NULL, leave, NULL);
      pthread_join(thread, NULL);
    }
  }
  return 0;
}
