/** Lint: the house rules of imports and bridges, and what TypeScript and Svelte recommend. */
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import { oneWay } from './scripts/lint/rooms.mjs';

const rawIpc = (name, door) => ({ selector: `ImportSpecifier[imported.name='${name}'], MemberExpression[property.name='${name}']`, message: `${name} belongs to ${door}: everything else speaks through the contract.` });

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'renderer/paraglide/', 'test-results/', 'resources/demos/'] },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'prefer-const': ['error', { destructuring: 'all' }],
      // svelte-check is the judge of Svelte's own warnings.
      'svelte/no-unused-svelte-ignore': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }]
    }
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  { files: ['electron/**/*.ts', 'renderer/**/*.{ts,svelte}'], plugins: { rooms: { rules: { 'one-way': oneWay } } }, rules: { 'rooms/one-way': 'error' } },
  {
    files: ['electron/**/*.ts', 'renderer/**/*.{ts,svelte}'],
    rules: { 'no-restricted-syntax': ['error', rawIpc('ipcRenderer', 'electron/preload'), rawIpc('ipcMain', 'electron/main/ipc.ts')] }
  },
  { files: ['electron/preload/**/*.ts'], rules: { 'no-restricted-syntax': ['error', rawIpc('ipcMain', 'electron/main/ipc.ts')] } },
  { files: ['electron/main/ipc.ts'], rules: { 'no-restricted-syntax': ['error', rawIpc('ipcRenderer', 'electron/preload')] } },
  // Launcher of a development Electron: CommonJS, as Electron loads it.
  { files: ['resources/launcher/**/*.js', '**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } }
);
