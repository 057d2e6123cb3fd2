// silent FOLDER PROGRAM: in a mount namespace of its own, an overlay on top of a FUSE whose server answers until the process stands in the
// overlay, with it as its root, and then no more. Executes PROGRAM there, prints its pid, and ends with its standard input.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int fuse;
static char request[1 << 17];

static void answer(const void *data, size_t length) {
  char out[1024];
  struct fuse_out_header head = {sizeof head + length, data == NULL ? -38 : 0, ((struct fuse_in_header *)request)->unique};
  memcpy(out, &head, sizeof head);
  if (data != NULL) memcpy(out + sizeof head, data, length);
  if (write(fuse, out, sizeof head + (data == NULL ? 0 : length)) < 0) return;
}

static struct fuse_attr attributes(unsigned long inode) {
  struct fuse_attr attr = {.ino = inode, .nlink = 2, .mode = S_IFDIR | 0755};
  return attr;
}

static void serve(void) {
  while (read(fuse, request, sizeof request) > 0) {
    struct fuse_in_header *head = (void *)request;
    struct fuse_init_out init = {.major = 7, .minor = 31, .max_write = 65536};
    struct fuse_attr_out attr = {.attr = attributes(head->nodeid)};
    struct fuse_entry_out entry = {.nodeid = 2, .attr = attributes(2)};
    struct fuse_open_out opened = {0};
    struct fuse_statfs_out statfs = {0};
    switch (head->opcode) {
      case FUSE_INIT: answer(&init, sizeof init); break;
      case FUSE_GETATTR: answer(&attr, sizeof attr); break;
      case FUSE_LOOKUP: answer(&entry, sizeof entry); break;
      case FUSE_OPENDIR: answer(&opened, sizeof opened); break;
      case FUSE_STATFS: answer(&statfs, sizeof statfs); break;
      case FUSE_FORGET: case FUSE_BATCH_FORGET: break;
      default: answer(NULL, 0);
    }
  }
}

int main(int argc, char **argv) {
  char options[256], path[256];
  if (argc != 3 || unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return 2;
  if (mount("none", argv[1], "tmpfs", 0, NULL) != 0 || chdir(argv[1]) != 0) return 3;
  for (const char **name = (const char *[]){"fuse", "upper", "work", "over", NULL}; *name != NULL; name++) mkdir(*name, 0755);
  if (mknod("device", S_IFCHR | 0600, makedev(10, 229)) != 0 || (fuse = open("device", O_RDWR)) < 0) return 4;
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
  if (mount("silent", "fuse", "fuse", 0, options) != 0) return 5;
  pid_t server = fork();
  if (server == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve();
    _exit(0);
  }
  int ready[2];
  if (mount("overlay", "over", "overlay", 0, "lowerdir=fuse,upperdir=upper,workdir=work") != 0) return 6;
  if (chdir("over/deep") != 0 || pipe(ready) != 0) return 7;
  pid_t pid = fork();
  if (pid == 0) {
    if (read(ready[0], path, 1) == 1) execl(argv[2], argv[2], "silent", NULL);
    _exit(8);
  }
  if (chroot("..") != 0) return 9;
  kill(server, SIGSTOP);
  if (write(ready[1], "", 1) != 1) return 10;
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status == 0 ? getpid() : -1);
  fflush(stdout);
  if (read(0, path, sizeof path) < 0) status = 11;
  // The connection ends with the server, and whoever waits for it gets an error.
  kill(server, SIGKILL);
  return status;
}
