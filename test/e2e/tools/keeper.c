// keeper thread     only a thread of it is in a new network namespace
// keeper children   only its next children will be in a new time namespace
// Prints the namespace, as /proc names it, and stays until its input ends.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static void tell(const char *path) {
  char name[64];
  ssize_t length = readlink(path, name, sizeof name - 1);
  name[length < 0 ? 0 : length] = '\0';
  puts(name);
  fflush(stdout);
}

static void *stay(void *unused) {
  if (unshare(CLONE_NEWNET) < 0) perror("unshare");
  tell("/proc/thread-self/ns/net");
  pause();
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  pthread_t thread;
  if (strcmp(argv[1], "thread") == 0) {
    pthread_create(&thread, NULL, stay, NULL);
  } else {
    if (unshare(CLONE_NEWTIME) < 0) perror("unshare");
    tell("/proc/self/ns/time_for_children");
  }
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}
