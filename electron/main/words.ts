/** The few words main itself shows: menu, dialogs, notifications. The window has its own catalogue. */
import type { Language } from '../contract';
import { preferences } from './preferences';

const WORDS = {
  en: {
    file: 'File', edit: 'Edit', view: 'View', window: 'Window', help: 'Help', showLogs: 'Show the log file', showProjects: 'Show the folder of projects', keys: 'Keyboard shortcuts', about: 'About Tsugiki',
    undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select all', quit: 'Quit Tsugiki', close: 'Close window',
    reload: 'Reload', devTools: 'Developer tools', zoomIn: 'Zoom in', zoomOut: 'Zoom out', zoomReset: 'Actual size', fullScreen: 'Full screen', minimize: 'Minimize',
    data: 'Data', network: 'Network', train: 'Train', understand: 'Understand', try: 'Try & Export', services: 'Services', hide: 'Hide Tsugiki', hideOthers: 'Hide others', unhide: 'Show all',
    newProject: 'New project', openProject: 'Open project…', openRecent: 'Open recent', noRecent: 'No projects yet', saveProjectAs: 'Save project as…', export: 'Export for TensorFlow.js…', untitled: 'My pictures',
    chooseFolder: 'Choose a folder of pictures', chooseFile: 'Choose an archive or a list of pictures', choosePictures: 'Choose pictures', chooseProject: 'Choose a project',
    chooseMissing: 'Choose the folder where the pictures are now', chooseProjectFolder: 'Choose where to put the project', chooseWeights: 'Choose a Keras weight file (.h5)', chooseExport: 'Choose where to put the export', chooseRecipe: 'Choose a recipe', chooseModel: 'Choose a model',
    readable: 'Archives, lists and pictures', pictures: 'Pictures', project: 'Tsugiki projects', kerasWeights: 'Keras weights', recipe: 'Recipes', models: 'Models', all: 'All files',
    trained: 'Training has finished', trainedBody: (accuracy: string) => `Test accuracy: ${accuracy}`, trainedNoTest: 'The model is ready to try.',
    trainingFailed: 'Training has stopped', failedBody: 'The window says why.', resumableBody: 'It can go on from the last epoch that was saved.',
    ready: 'Tsugiki is ready', readyBody: 'What was under way has ended.'
  },
  ja: {
    file: 'ファイル', edit: '編集', view: '表示', window: 'ウインドウ', help: 'ヘルプ', showLogs: 'ログファイルを表示', showProjects: 'プロジェクトのフォルダーを表示', keys: 'キーボードショートカット', about: 'Tsugiki について',
    undo: '元に戻す', redo: 'やり直す', cut: '切り取り', copy: 'コピー', paste: '貼り付け', selectAll: 'すべて選択', quit: 'Tsugiki を終了', close: 'ウインドウを閉じる',
    reload: '再読み込み', devTools: '開発者ツール', zoomIn: '拡大', zoomOut: '縮小', zoomReset: '実際のサイズ', fullScreen: 'フルスクリーン', minimize: '最小化',
    data: 'データ', network: 'ネットワーク', train: '学習', understand: '理解', try: '試す・書き出す', services: 'サービス', hide: 'Tsugiki を隠す', hideOthers: 'ほかを隠す', unhide: 'すべてを表示',
    newProject: '新規プロジェクト', openProject: 'プロジェクトを開く…', openRecent: '最近使ったプロジェクト', noRecent: 'まだありません', saveProjectAs: 'プロジェクトを別の場所に保存…', export: 'TensorFlow.js 形式で書き出す…', untitled: 'わたしの画像',
    chooseFolder: '画像のフォルダーを選択', chooseFile: '画像のアーカイブまたは一覧を選択', choosePictures: '画像を選択', chooseProject: 'プロジェクトを選択',
    chooseMissing: '画像が今あるフォルダーを選択', chooseProjectFolder: 'プロジェクトの保存先を選択', chooseWeights: 'Keras の重みファイル (.h5) を選択', chooseExport: '書き出し先を選択', chooseRecipe: 'レシピを選択', chooseModel: 'モデルを選択',
    readable: 'アーカイブ、一覧、画像', pictures: '画像', project: 'Tsugiki プロジェクト', kerasWeights: 'Keras の重み', recipe: 'レシピ', models: 'モデル', all: 'すべてのファイル',
    trained: '学習が終わりました', trainedBody: (accuracy: string) => `テスト正解率: ${accuracy}`, trainedNoTest: 'モデルを試せます。',
    trainingFailed: '学習が止まりました', failedBody: '理由は Tsugiki の画面に表示しています。', resumableBody: '最後に保存したエポックから再開できます。',
    ready: '処理が終わりました', readyBody: 'Tsugiki の画面で結果を確認できます。'
  }
} satisfies Record<Language, unknown>;

export const words = (): (typeof WORDS)['en'] => WORDS[preferences().locale];
