/** The open project looked through: what harms training, and which labels a model doubts. */
import type { HealthReport, LabelDoubts } from '../contract';
import type { JobContext } from './context';
import type { ProjectDataset } from './data/project-dataset';
import { checkHealth } from './jobs/health';
import { labelDoubts, seeingBackbone } from './jobs/label-doubts';

export function checkProject(dataset: ProjectDataset, context: JobContext): Promise<HealthReport> {
  const { header } = dataset.project.state;
  const { parts } = dataset.view;
  return checkHealth(
    {
      header,
      pictures: dataset.project.pictures,
      partOf: ({ id, part }) => parts.get(id) ?? part ?? 'train',
      revision: dataset.project.revision,
      skipped: dataset.skipped,
      missing: dataset.missing,
      thumbnails: async (ids, size, job) => {
        const pixels = await dataset.few(ids, size, job);
        return { pixels, unreadable: ids.filter((id) => dataset.unreadable.has(id)) };
      }
    },
    context
  );
}

/** Of the training part, whose labels a person can mend; the test part's stay as they are, or the test would flatter. */
export async function doubtProject(dataset: ProjectDataset, context: JobContext): Promise<LabelDoubts> {
  const seeing = await seeingBackbone(context);
  const images = await dataset.load('train', seeing.inputSize, context);
  // Read after loading: what could not be read is no longer among them.
  const ids = dataset.view.splits.train.map(({ id }) => id);
  return labelDoubts({ ...seeing, images, ids, classIds: dataset.project.state.header.classes.map(({ id }) => id) }, context);
}
