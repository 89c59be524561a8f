/**
 * What a guard lets run without asking anybody: lines that begin with one of these words and hold nothing but letters,
 * digits, blanks and `_./,:@%+=-`. There is no operator, quote or expansion in such a line, so it is one program with
 * plain arguments, whatever these are.
 *
 * A program belongs here only if it looks and does nothing else with every argument there is. Therefore these are missing on
 * purpose: what writes where an argument says (`sort -o`, `tree -o`, `uniq`, `xxd`, `tee`, `history -w`, `printf -v`,
 * `date -s`, `hostname`), what runs what an argument, a variable or a configuration says (`env`, `time`, `find`,
 * `rg --pre`, `file -z`, `less`, `man`), and git as a whole, because the repository steers it: `status` and `diff` run
 * its file system monitor, filters, text converters and diff drivers, `log`, `show` and `branch` its pager, and in a
 * partial clone every look at an object may run its transport. All these are asked about, which costs a millisecond.
 */
export const GLANCE: readonly string[] = [
  // Builtins of the shells that change nothing but the shell itself.
  ':', 'true', 'false', 'cd', 'pwd', 'echo', 'dirs', 'jobs', 'type',
  // Names and places.
  'ls', 'basename', 'dirname', 'realpath', 'readlink', 'stat', 'which', 'du', 'df',
  // Contents.
  'cat', 'tac', 'head', 'tail', 'wc', 'nl', 'rev', 'cut', 'fold', 'paste', 'comm', 'cmp', 'diff', 'od', 'strings',
  'grep', 'egrep', 'fgrep', 'md5sum', 'sha1sum', 'sha256sum', 'sha512sum', 'cksum', 'column',
  // The machine and the person.
  'whoami', 'id', 'groups', 'uname', 'arch', 'nproc', 'uptime', 'free', 'tty', 'ps', 'pgrep', 'sleep', 'seq', 'clear',
];

/** Tools that do nothing but look, with whatever assistant has one of that name: the hook asks nobody about them. */
export const LOOKS: readonly string[] = [
  'Read', 'Glob', 'Grep', 'LS', 'NotebookRead', 'TodoWrite', 'read_file', 'read_many_files', 'list_directory', 'list_dir', 'file_search', 'grep_search',
  'semantic_search', 'search_file_content', 'glob', 'grep', 'get_errors', 'manage_todo_list', 'todo_write',
];
