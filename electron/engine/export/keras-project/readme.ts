/** What a project says of itself, to whoever starts it elsewhere. */
import type { Counts } from './streamed';
import { SHARDS } from './shards';

const total = (counts: readonly number[] = []): number => counts.reduce((sum, n) => sum + n, 0);

export const projectReadme = (name: string, { train, validation, test }: Counts): string => `# ${name}, to be trained in Keras

Written by Tsugiki: the run's own pictures (${total(train)} to train on, ${total(validation)} to validate on, ${total(test)} to test on), its recipe, freeze line and first weights (\`start.h5\`).
\`train.py\` is the whole training; read it first.

## One machine

    pip install -r requirements.txt
    python train.py

With several GPUs: \`KERAS_BACKEND=jax python train.py\` takes all of them. Each batch is shared among them; its size stays, and so do the numbers.

## Several workers

    docker compose up                # two of them in containers, or without Docker:
    python launch.py --workers 2     # on this machine, to try it

On several machines start \`python train.py\` once on each, with this folder on all of them, and tell each who it is:

    KERAS_BACKEND=jax
    KERAS_DISTRIBUTION_JOB_ADDRESSES=first-machine:8476   # the same on all
    KERAS_DISTRIBUTION_NUM_PROCESSES=4                    # a number that divides ${SHARDS}, the files of each part in data/
    KERAS_DISTRIBUTION_PROCESS_ID=0                       # 0, 1, 2, 3

- SLURM: \`srun\` sets \`SLURM_NTASKS\` and \`SLURM_PROCID\`; the first of \`scontrol show hostnames\` is the first machine.
- Kubernetes: an Indexed Job sets \`JOB_COMPLETION_INDEX\`; its first pod needs a headless service to be found by name.

## What comes out

\`model.keras\` and \`history.json\`, written by worker 0. Open \`model.keras\` in Tsugiki: it takes pixels 0..255, classes in the order of \`labels.json\`.
Where the number of devices does not divide that of the pictures, up to one picture a device stays out: of training another one in each epoch, of the test the last ones.
`;
