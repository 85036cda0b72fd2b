/** The model that `--model` names: of a run, of an export, or from elsewhere. */
import * as v from 'valibot';
import { type OpeningNote, ScaleSchema } from '../contract';
import { openAnyModel } from '../engine/export/opening/open-model';
import type { TrainedModel } from '../engine/model/model-folder';
import { pathHere } from './places';
import type { Terminal } from './terminal';
import { UsageError } from './usage';

const NOTES: Record<OpeningNote, string> = {
  scale_assumed: 'The file does not say how pixels are scaled; they are scaled to -1..1. If it learned from 0..1, give --scale 0..1.',
  size_assumed: 'The file does not say how large its pictures are; they are taken as 224 x 224.',
  names_assumed: 'No names of classes lie beside the file; they are called class_0, class_1 and so on. A labels.txt beside it, a name a line, is read.',
  logits: 'The file ends without softmax: one has been added.'
};

/** What was assumed is told on standard error. @param scale as --scale has it */
export async function openModel(word: string, terminal: Terminal, scale?: string): Promise<TrainedModel> {
  if (scale !== undefined && !v.is(ScaleSchema, scale)) throw new UsageError(`--scale must be 0..1 or -1..1; it is "${scale}".`, { option: '--scale' });
  const { model, notes } = await openAnyModel(pathHere(word), { scale });
  for (const note of notes) terminal.line(NOTES[note]);
  return model;
}
