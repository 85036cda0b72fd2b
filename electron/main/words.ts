/** The few words main itself shows: menu, dialogs, notifications. The window has its own catalogue. */
import { preferences } from './preferences';

const WORDS = {
  en: {
    file: 'File', edit: 'Edit', view: 'View', window: 'Window', help: 'Help', showLogs: 'Show the log file', showRuns: 'Show the folder of runs',
    undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select all', quit: 'Quit Tsugiki', close: 'Close window',
    reload: 'Reload', devTools: 'Developer tools', zoomIn: 'Zoom in', zoomOut: 'Zoom out', zoomReset: 'Actual size', fullScreen: 'Full screen', minimize: 'Minimize',
    chooseFolder: 'Choose a folder of pictures', chooseFile: 'Choose an archive of pictures', chooseWeights: 'Choose a Keras weight file (.h5)', chooseExport: 'Choose where to put the export',
    archives: 'Archives', kerasWeights: 'Keras weights', all: 'All files',
    trained: 'Training has finished', trainedBody: (accuracy: string) => `Test accuracy: ${accuracy}`, trainedNoTest: 'The model is ready to try.', trainingFailed: 'Training has stopped'
  },
  ja: {
    file: 'ファイル', edit: '編集', view: '表示', window: 'ウインドウ', help: 'ヘルプ', showLogs: 'ログファイルを表示', showRuns: '学習結果のフォルダーを表示',
    undo: '元に戻す', redo: 'やり直す', cut: '切り取り', copy: 'コピー', paste: '貼り付け', selectAll: 'すべて選択', quit: 'Tsugiki を終了', close: 'ウインドウを閉じる',
    reload: '再読み込み', devTools: '開発者ツール', zoomIn: '拡大', zoomOut: '縮小', zoomReset: '実際のサイズ', fullScreen: 'フルスクリーン', minimize: '最小化',
    chooseFolder: '画像のフォルダーを選択', chooseFile: '画像のアーカイブを選択', chooseWeights: 'Keras の重みファイル (.h5) を選択', chooseExport: '書き出し先を選択',
    archives: 'アーカイブ', kerasWeights: 'Keras の重み', all: 'すべてのファイル',
    trained: '学習が終わりました', trainedBody: (accuracy: string) => `テスト正解率: ${accuracy}`, trainedNoTest: 'モデルを試せます。', trainingFailed: '学習が止まりました'
  }
};

export const words = (): (typeof WORDS)['en'] => WORDS[preferences().locale];
