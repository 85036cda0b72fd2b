/** What a project says of itself, to whoever starts it elsewhere, in both of the app's languages. */
import type { Counts } from './streamed';
import { SHARDS } from './shards';

const total = (counts: readonly number[] = []): number => counts.reduce((sum, n) => sum + n, 0);

/** By file name. */
export const projectReadmes = (name: string, counts: Counts): Readonly<Record<string, string>> => ({ 'README.md': english(name, counts), 'README.ja.md': japanese(name, counts) });

const MACHINES = (same: string, number: string): string => `    KERAS_BACKEND=jax
    KERAS_DISTRIBUTION_JOB_ADDRESSES=first-machine:8476   # ${same}
    KERAS_DISTRIBUTION_NUM_PROCESSES=4                    # ${number}
    KERAS_DISTRIBUTION_PROCESS_ID=0                       # 0, 1, 2, 3`;

const english = (name: string, { train, validation, test }: Counts): string => `# ${name}, to be trained in Keras

日本語は README.ja.md にあります。

Written by Tsugiki: the run's own pictures (${total(train)} to train on, ${total(validation)} to validate on, ${total(test)} to test on), its recipe, freeze line and first weights (\`start.h5\`).
\`train.py\` is the whole training; read it first. \`pictures.py\` reads the pictures, \`results.py\` keeps what comes of it, \`workers.py\` finds the other machines.

## One machine

    pip install -r requirements.txt
    python train.py

With several GPUs: \`KERAS_BACKEND=jax python train.py\` takes all of them. Each batch is shared among them; its size stays, and so do the numbers.

## Several workers

    docker compose up                # two of them in containers, or without Docker:
    python launch.py --workers 2     # on this machine, to try it

On several machines start \`python train.py\` once on each, with this folder on all of them, and tell each who it is:

${MACHINES('the same on all', `a number that divides ${SHARDS}, the files of each part in data/`)}

- SLURM: \`srun\` sets \`SLURM_NTASKS\` and \`SLURM_PROCID\`; the first of \`scontrol show hostnames\` is the first machine.
- Kubernetes: an Indexed Job sets \`JOB_COMPLETION_INDEX\`; its first pod needs a headless service to be found by name.

## If it breaks off

Start it again in the same way: it goes on behind the last whole epoch, from \`progress/\`, which worker 0 writes and the others read. Best is a disk that all of them share;
else copy \`progress/\` of the first machine to the others. To begin anew, delete \`progress/\`. Early stopping counts its epochs anew after that.

## What comes out

\`model.keras\` and \`history.json\`, written by worker 0. Open \`model.keras\` in Tsugiki: with \`history.json\` beside it, its curves and results are there, too. It takes pixels 0..255, classes in
the order of \`labels.json\`.
Where the number of devices does not divide that of the pictures, up to one picture a device stays out: of training another one in each epoch, of the test the last ones.
`;

const japanese = (name: string, { train, validation, test }: Counts): string => `# ${name} を Keras で学習する

*English: README.md*

Tsugiki が書き出したプロジェクトです。学習に使った画像（学習用 ${total(train)} 枚、検証用 ${total(validation)} 枚、テスト用 ${total(test)} 枚）、レシピ、凍結ライン、最初の重み（\`start.h5\`）が入っています。
学習の全体は \`train.py\` にあります。まずここからお読みください。\`pictures.py\` は画像を読み、\`results.py\` は結果を残し、\`workers.py\` はほかのマシンとつなぎます。

## 1 台で

    pip install -r requirements.txt
    python train.py

GPU が複数あるときは \`KERAS_BACKEND=jax python train.py\` で、すべての GPU を使います。バッチを分け合うだけなので、バッチサイズも数値も変わりません。

## 複数のワーカーで

    docker compose up                # コンテナー 2 つで。Docker なしなら次の行
    python launch.py --workers 2     # このマシンで試す

複数のマシンでは、どのマシンにもこのフォルダーを置き、それぞれで \`python train.py\` を 1 つずつ動かします。役割は環境変数で伝えます。

${MACHINES('全マシンで同じ', `${SHARDS}（data/ の各パートのファイル数）の約数`)}

- SLURM: \`srun\` が \`SLURM_NTASKS\` と \`SLURM_PROCID\` を設定します。\`scontrol show hostnames\` の先頭が最初のマシンです。
- Kubernetes: Indexed Job が \`JOB_COMPLETION_INDEX\` を設定します。最初の Pod を名前で見つけられるように、headless Service を用意してください。

## 途中で止まったら

同じように始め直すと、最後に終わったエポックの続きから学習します。続きに必要なものは、ワーカー 0 が \`progress/\` に書き、ほかのワーカーはそれを読みます。全員が共有するディスクに置くのがいちばんですが、
そうでなければ最初のマシンの \`progress/\` をほかのマシンにコピーしてください。初めからやり直すときは \`progress/\` を消します。早期終了のエポック数は、始め直したところから数え直します。

## できあがるもの

ワーカー 0 が \`model.keras\` と \`history.json\` を書きます。\`model.keras\` を Tsugiki で開くと、隣にある \`history.json\` から学習曲線と結果も表示します。入力は 0..255 の画素値、クラスの順序は \`labels.json\` のとおりです。
画像の枚数がデバイスの数で割り切れないときは、1 デバイスあたり最大 1 枚の画像を使いません。学習ではエポックごとに別の画像、テストでは最後の画像です。
`;
