import tseslint from 'typescript-eslint';

/** Rooms and what they must not know. A wrong import fails the build. */
const editor = { name: 'vscode', message: 'Only src/extension and the editor tests may import vscode.' };
const effects = ['fs', 'fs/promises', 'child_process', 'net', 'http', 'https', 'os', 'process', 'worker_threads'].map((name) => ({
  name: `node:${name}`,
  message: 'src/core is pure: effects come in through World or live in src/world.',
}));
const parserPort = { name: 'unbash', message: 'Only src/core/shell/parse.ts talks to the shell parser.' };
const roomsAbove = (rooms) => ({
  group: rooms.map((room) => `**/${room}/**`),
  message: 'Imports point inwards: extension and cli → broker → world → core.',
});
const boundary = (files, paths, rooms, extra = {}) => ({
  files,
  ...extra,
  rules: { 'no-restricted-imports': ['error', { paths, patterns: [roomsAbove(rooms)] }] },
});

export default tseslint.config(
  { ignores: ['out/', 'node_modules/', '.vscode-test/', 'test/demo/payments/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'no-restricted-globals': ['error', { name: 'eval', message: 'Never.' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['**/*.mjs', '**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  // Read by Node without a build, as CommonJS.
  { files: ['esbuild.js', 'notices.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  boundary(['src/core/**'], [editor, ...effects, parserPort], ['world', 'broker', 'guards', 'assistants', 'cli', 'extension'], {
    ignores: ['src/core/shell/parse.ts'],
  }),
  boundary(['src/core/shell/parse.ts'], [editor, ...effects], ['world', 'broker', 'guards', 'assistants', 'cli', 'extension']),
  boundary(['src/world/**'], [editor, parserPort], ['broker', 'guards', 'assistants', 'cli', 'extension']),
  boundary(['src/broker/**', 'src/guards/**', 'src/assistants/**', 'src/drill/**'], [editor, parserPort], ['cli', 'extension']),
  boundary(['src/cli/**'], [editor, parserPort], ['extension']),
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
