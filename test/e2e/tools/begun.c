// begun PATH: makes a program of it that the kernel begins with and cannot map.
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  static char bytes[4096 + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)];
  Elf64_Ehdr header = {.e_type = ET_EXEC, .e_version = EV_CURRENT, .e_phoff = sizeof header, .e_ehsize = sizeof header,
                       .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1, .e_entry = 0x400000};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
#ifdef __aarch64__
  header.e_machine = EM_AARCH64;
#else
  header.e_machine = EM_X86_64;
#endif
  Elf64_Phdr segment = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x7ffffffff000, .p_paddr = 0x7ffffffff000,
                        .p_filesz = 0x1000, .p_memsz = 0x20000000000, .p_align = 0x1000};
  memcpy(bytes, &header, sizeof header);
  memcpy(bytes + sizeof header, &segment, sizeof segment);
  int file = open(argv[1], O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0755);
  return write(file, bytes, sizeof bytes) == sizeof bytes ? 0 : 1;
}
