/** The two runs that show why the lesson's accuracy is low, and the lesson's ticks. */
import { describe, expect, it } from 'vitest';
import { emptySession, type Session, tutorialRecipe } from '../../electron/contract';
import { LESSON } from '../../renderer/lib/lesson';
import { lessonsFault, whyRuns } from '../../renderer/lib/why';

const names = { small: (size: number) => `small ${size}`, large: (size: number) => `large ${size}` };
const recipe = { ...tutorialRecipe(), limit: 500 };
const planned = (now: Session) => whyRuns(now, recipe, 'auto', names);

describe('why it is so low', () => {
  it('is shown by the lesson at 32 px beside the same at 96 px and -1..1', () => {
    const [small, large, ...more] = planned(emptySession());
    expect(more).toEqual([]);
    expect(small).toEqual({ recipe, weights: 'auto', name: 'small 32' });
    expect(large).toEqual({ recipe: { ...recipe, inputSize: 96, scale: '-1..1' }, weights: 'auto', name: 'large 96' });
  });

  it('is no question where photographs are trained on at 96 px', () => {
    const set = { source: { kind: 'path' as const, path: '/x' }, name: 'x', classNames: ['a', 'b'], classCounts: [1, 1], trainCount: 2, validationCount: 0, testCount: 0, testedOn: 'validation' as const, skipped: [], project: null };
    const large = { ...recipe, inputSize: 96, scale: '-1..1' as const };
    expect(lessonsFault(large, { ...set, pictureSize: null })).toBe(false);
    expect(lessonsFault(large, { ...set, pictureSize: 32 })).toBe(true);
    expect(lessonsFault(recipe, { ...set, pictureSize: null })).toBe(true);
    expect(lessonsFault({ ...large, scale: '0..1' }, null)).toBe(true);
  });

  it('needs the second run only where the open one is the first, whole', () => {
    const open: Session = { ...emptySession(), status: 'finished', recipe };
    expect(planned(open).map(({ name }) => name)).toEqual(['large 96']);
    expect(planned({ ...open, resumable: true })).toHaveLength(2);
    expect(planned({ ...open, recipe: { ...recipe, seed: 1 } })).toHaveLength(2);
    expect(planned({ ...open, status: 'running' })).toHaveLength(2);
  });
});

describe('the lesson', () => {
  const ticks = (session: Session, seen: number[], tried = false): number[] => LESSON.flatMap((step, i) => (step.done({ session, seen, tried }) ? [i + 1] : []));
  const data = { source: { kind: 'cifar10' as const }, name: 'x', classNames: ['a', 'b'], classCounts: [1, 1], trainCount: 2, validationCount: 0, testCount: 0, testedOn: 'validation' as const, pictureSize: 32, skipped: [], project: null };
  const result = (phase: number): Session['results'][number] => ({ phase, result: { history: { loss: [1], accuracy: [1] }, epoch_seconds: [1], total_seconds: 1, test_loss: 1, test_accuracy: 1 }, testCount: 1, testedOn: 'test' });

  it('has nothing done before there are pictures', () => expect(ticks(emptySession(), [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([]));
  it('ticks what has been looked at, trained, and tried', () => {
    expect(ticks({ ...emptySession(), data }, [1, 2])).toEqual([1, 2]);
    expect(ticks({ ...emptySession(), data, results: [result(0)] }, [1, 2, 3, 4])).toEqual([1, 2, 3, 4, 5]);
    expect(ticks({ ...emptySession(), data, results: [result(0), result(1)] }, [1, 2, 3, 4, 5, 6, 7, 8], true)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
