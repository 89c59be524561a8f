/*
 * Countersign's strict mode for Linux: loaded into every dynamically linked program that a terminal or task starts.
 * Written and compiled anew by the extension: changes here are lost.
 *
 * A listed tool is asked about in two ways. One that is dynamically linked asks for itself, before its main: whoever
 * started it, by whatever path. One that this library cannot reach (static, setuid, or without the variable that loads
 * us) is exchanged, by the program that starts it, for a script that asks and then becomes it. For every other program
 * this costs one look at its name. A program that makes the system call by itself, and a static one that is started by
 * a program without this library, are not held.
 *
 * What stands between fork and exec runs in a child that may share its parent's memory: it uses its stack and system
 * calls, and nothing that allocates or locks.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __GLIBC__
#error "Strict mode needs the GNU C library."
#endif

#define GATE @GATE@
#define HOLD GATE "/strict/hold"
#define SHIMS GATE "/shims/"
#define RUN @RUN@
#define REFUSED @REFUSED@
#define MOST_ARGUMENTS 8190
#define EXPORT __attribute__((visibility("default")))

/* In the order of strcmp. */
static const char *const TOOLS[] = {@TOOLS@};
static const char *const INTERPRETERS[] = {"python", "node", "ruby", "perl", "php", "bash", "dash", "zsh", "ksh", "sh"};

extern char **environ;

static int (*real_execvpe)(const char *, char *const[], char *const[]);
static int (*real_fexecve)(int, char *const[], char *const[]);
static int (*real_posix_spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[], char *const[]);
static int (*real_posix_spawnp)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[], char *const[]);
static const char *self = "";
/* This process is one of our own scripts, which has asked when it starts the tool. */
static int passing;

static void resolve(void) {
  *(void **)&real_execvpe = dlsym(RTLD_NEXT, "execvpe");
  *(void **)&real_fexecve = dlsym(RTLD_NEXT, "fexecve");
  *(void **)&real_posix_spawn = dlsym(RTLD_NEXT, "posix_spawn");
  *(void **)&real_posix_spawnp = dlsym(RTLD_NEXT, "posix_spawnp");
}

static const char *base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static int listed(const char *name) {
  size_t low = 0, high = sizeof TOOLS / sizeof *TOOLS;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp(name, TOOLS[middle]);
    if (order == 0) return 1;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return 0;
}

static int interprets(const char *name) {
  for (size_t at = 0; at < sizeof INTERPRETERS / sizeof *INTERPRETERS; at++) {
    size_t length = strlen(INTERPRETERS[at]);
    /* python3.11 is python. */
    if (strncmp(name, INTERPRETERS[at], length) == 0 && strspn(name + length, "0123456789.") == strlen(name + length)) return 1;
  }
  return 0;
}

static int is_ours(const char *path) {
  if (strcmp(path, HOLD) == 0) return 1;
  return strncmp(path, SHIMS, sizeof SHIMS - 1) == 0 && strchr(path + sizeof SHIMS - 1, '/') == NULL;
}

/* The script among an interpreter's arguments, or 0 when it runs none. The kernel puts the one it was told to execute there. */
static int script_at(int argc, char **argv, const char *executed) {
  for (int at = 1; at < argc && at < 4; at++) if (strcmp(argv[at], executed) == 0) return at;
  for (int at = 1; at < argc; at++) {
    if (argv[at][0] != '-') return at;
    /* Code or a module follows, or standard input. */
    if (argv[at][1] != '-' && strpbrk(argv[at], "cemps") != NULL) return 0;
  }
  return 0;
}

/* Asks about this process itself, which has done nothing yet, and ends it unless the answer is yes. */
static void ask(const char *tool, char **arguments) {
  size_t count = 0;
  while (arguments[count]) count++;
  char **argv = calloc(count + 4, sizeof *argv);
  if (!argv) _exit(REFUSED);
  argv[0] = (char *)HOLD;
  argv[1] = (char *)"ask";
  argv[2] = (char *)tool;
  memcpy(argv + 3, arguments, count * sizeof *argv);
  struct sigaction usual = {.sa_handler = SIG_DFL}, before;
  sigaction(SIGCHLD, &usual, &before);
  int status = -1;
  pid_t child = fork();
  if (child == 0) {
    syscall(SYS_execve, HOLD, argv, environ);
    _exit(REFUSED);
  }
  while (child > 0 && waitpid(child, &status, 0) < 0) {
    if (errno == EINTR) continue;
    status = -1;
    break;
  }
  sigaction(SIGCHLD, &before, NULL);
  free(argv);
  if (child < 0 || status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != RUN) _exit(REFUSED);
}

__attribute__((constructor)) static void begin(int argc, char **argv) {
  int saved = errno;
  Dl_info info;
  resolve();
  if (dladdr((void *)resolve, &info) && info.dli_fname) self = info.dli_fname;
  /* What the kernel was told to execute: for a script, the script. */
  const char *executed = (const char *)getauxval(AT_EXECFN);
  if (!executed) executed = "";
  passing = is_ours(executed);
  if (passing || argc < 1) goto done;
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length < 0 ? 0 : length] = '\0';
  const char *program = base(path);
  if (interprets(program)) {
    int at = script_at(argc, argv, executed);
    if (at > 0 && listed(base(argv[at]))) ask(argv[at], argv + at + 1);
  } else if (listed(program)) ask(path, argv + 1);
  /* `env` looks up the interpreter of a script, which then asks. */
  else if (listed(base(executed)) && strcmp(program, "env") != 0) ask(executed, argv + 1);
done:
  errno = saved;
}

static int loads_us(char *const envp[]) {
  for (; envp && *envp; envp++) {
    if (strncmp(*envp, "LD_PRELOAD=", 11) == 0) return *self != '\0' && strstr(*envp + 11, self) != NULL;
  }
  return 0;
}

/* The path of an open file; an empty text when it has none. */
static void path_of(int file, char *into, size_t size) {
  char link[32] = "/proc/self/fd/", digits[12];
  size_t at = sizeof digits;
  digits[--at] = '\0';
  do digits[--at] = (char)('0' + file % 10);
  while ((file /= 10) > 0 && at > 0);
  strcat(link, digits + at);
  ssize_t length = readlink(link, into, size - 1);
  into[length < 0 ? 0 : length] = '\0';
}

/* Whether a file is an ELF program that no loader prepares. */
static int is_static(int file) {
  union {
    unsigned char ident[EI_NIDENT];
    Elf64_Ehdr wide;
    Elf32_Ehdr narrow;
  } head;
  if (pread(file, &head, sizeof head, 0) < (ssize_t)sizeof head.narrow || memcmp(head.ident, ELFMAG, SELFMAG) != 0) return 0;
  int wide = head.ident[EI_CLASS] == ELFCLASS64;
  size_t count = wide ? head.wide.e_phnum : head.narrow.e_phnum;
  for (size_t at = 0; at < count; at++) {
    Elf64_Phdr entry;
    Elf32_Phdr small;
    if (wide ? pread(file, &entry, sizeof entry, (off_t)(head.wide.e_phoff + at * sizeof entry)) != sizeof entry
             : pread(file, &small, sizeof small, (off_t)(head.narrow.e_phoff + at * sizeof small)) != sizeof small)
      return 1;
    if ((wide ? entry.p_type : small.p_type) == PT_INTERP) return 0;
  }
  return 1;
}

/* The path of a program that is listed and will not ask for itself, under its listed name; NULL for every other one. */
static const char *to_hold(const char *path, char *const envp[], char *real) {
  if (passing || !path) return NULL;
  int saved = errno;
  const char *found = NULL;
  struct stat about;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int readable = file >= 0;
  if (!readable) file = open(path, O_PATH | O_CLOEXEC);
  if (file >= 0) {
    path_of(file, real, PATH_MAX);
    const char *tool = listed(base(path)) ? path : listed(base(real)) ? real : NULL;
    if (tool && !is_ours(path) && !is_ours(real) &&
        (!readable || !loads_us(envp) || fstat(file, &about) != 0 || (about.st_mode & (S_ISUID | S_ISGID)) != 0 || is_static(file)))
      found = tool;
    close(file);
  }
  errno = saved;
  return found;
}

static size_t count_of(char *const argv[]) {
  size_t count = 0;
  while (argv && argv[count] && count <= MOST_ARGUMENTS) count++;
  return count;
}

/* hold run PATH NAME ARGUMENTS… */
static void exchange(const char *path, char *const argv[], size_t count, char **into) {
  into[0] = (char *)HOLD;
  into[1] = (char *)"run";
  into[2] = (char *)path;
  into[3] = (char *)base(path);
  memcpy(into + 3, argv, count * sizeof *into);
  into[count > 0 ? count + 3 : 4] = NULL;
}

/* Starts the script that asks, in place of the tool. */
static int execute_held(const char *path, char *const argv[], char *const envp[]) {
  size_t count = count_of(argv);
  if (count > MOST_ARGUMENTS) {
    errno = E2BIG;
    return -1;
  }
  char *exchanged[count + 5];
  exchange(path, argv, count, exchanged);
  syscall(SYS_execve, HOLD, exchanged, envp);
  errno = EACCES;
  return -1;
}

/* The file that a name finds on the search path, or NULL. */
static const char *find(const char *file, char *into) {
  if (passing || !file || strchr(file, '/')) return file;
  int saved = errno;
  const char *rest = getenv("PATH");
  size_t name = strlen(file);
  if (!rest) rest = "/bin:/usr/bin";
  for (;;) {
    const char *end = strchrnul(rest, ':');
    size_t length = (size_t)(end - rest);
    struct stat about;
    if (length + name + 3 < PATH_MAX) {
      memcpy(into, length > 0 ? rest : ".", length > 0 ? length : 1);
      size_t at = length > 0 ? length : 1;
      into[at++] = '/';
      memcpy(into + at, file, name + 1);
      if (access(into, X_OK) == 0 && stat(into, &about) == 0 && S_ISREG(about.st_mode)) break;
    }
    if (*end == '\0') {
      errno = saved;
      return NULL;
    }
    rest = end + 1;
  }
  errno = saved;
  return into;
}

EXPORT int execve(const char *path, char *const argv[], char *const envp[]) {
  char real[PATH_MAX];
  const char *held = to_hold(path, envp, real);
  if (held) return execute_held(held, argv, envp);
  return (int)syscall(SYS_execve, path, argv, envp);
}

EXPORT int execv(const char *path, char *const argv[]) {
  return execve(path, argv, environ);
}

EXPORT int execvpe(const char *file, char *const argv[], char *const envp[]) {
  char path[PATH_MAX], real[PATH_MAX];
  const char *held = to_hold(find(file, path), envp, real);
  if (held) return execute_held(held, argv, envp);
  if (!real_execvpe) resolve();
  return real_execvpe(file, argv, envp);
}

EXPORT int execvp(const char *file, char *const argv[]) {
  return execvpe(file, argv, environ);
}

EXPORT int fexecve(int file, char *const argv[], char *const envp[]) {
  char path[PATH_MAX] = "", real[PATH_MAX];
  int saved = errno;
  if (file >= 0) path_of(file, path, sizeof path);
  errno = saved;
  const char *held = path[0] == '/' ? to_hold(path, envp, real) : NULL;
  if (held) return execute_held(held, argv, envp);
  if (!real_fexecve) resolve();
  return real_fexecve(file, argv, envp);
}

/* The arguments of the variadic forms, up to and with the null pointer that ends them. */
#define COLLECT(first)                                                          \
  size_t count = first ? 1 : 0;                                                 \
  va_list list;                                                                 \
  va_start(list, first);                                                        \
  while (count > 0 && count <= MOST_ARGUMENTS && va_arg(list, char *)) count++; \
  va_end(list);                                                                 \
  if (count > MOST_ARGUMENTS) {                                                 \
    errno = E2BIG;                                                              \
    return -1;                                                                  \
  }                                                                             \
  char *argv[count + 1];                                                        \
  argv[0] = (char *)first;                                                      \
  va_start(list, first);                                                        \
  for (size_t at = 1; at <= count; at++) argv[at] = va_arg(list, char *)

EXPORT int execl(const char *path, const char *first, ...) {
  COLLECT(first);
  va_end(list);
  return execve(path, argv, environ);
}

EXPORT int execlp(const char *file, const char *first, ...) {
  COLLECT(first);
  va_end(list);
  return execvpe(file, argv, environ);
}

EXPORT int execle(const char *path, const char *first, ...) {
  COLLECT(first);
  char *const *envp = va_arg(list, char *const *);
  va_end(list);
  return execve(path, argv, envp);
}

EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]) {
  if (!real_posix_spawn) resolve();
  char real[PATH_MAX];
  const char *held = to_hold(path, envp, real);
  if (!held) return real_posix_spawn(pid, path, actions, attributes, argv, envp);
  size_t count = count_of(argv);
  if (count > MOST_ARGUMENTS) return E2BIG;
  char *exchanged[count + 5];
  exchange(held, argv, count, exchanged);
  return real_posix_spawn(pid, HOLD, actions, attributes, exchanged, envp) == 0 ? 0 : EACCES;
}

EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]) {
  char path[PATH_MAX], real[PATH_MAX];
  if (!real_posix_spawnp) resolve();
  const char *found = find(file, path);
  if (!to_hold(found, envp, real)) return real_posix_spawnp(pid, file, actions, attributes, argv, envp);
  return posix_spawn(pid, found, actions, attributes, argv, envp);
}
