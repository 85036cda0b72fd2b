import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRecipe, readRecipe } from '../../electron/cli/recipe-file';
import { commandName, help, parseCommand, required, UsageError } from '../../electron/cli/usage';
import { tutorialRecipe } from '../../electron/contract';

const said = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('Nothing was refused.');
};

describe('arguments', () => {
  it('are read with and without an equals sign', () => {
    expect(parseCommand('train', ['--data', 'sample', '--out=there', '--json'])).toEqual({ options: { data: 'sample', out: 'there', json: true }, positionals: [] });
    expect(parseCommand('classify', ['a.png', '--model', 'm', 'b.png'])).toEqual({ options: { model: 'm' }, positionals: ['a.png', 'b.png'] });
  });

  it.each([
    [() => parseCommand('train', ['--dta', 'x']), 'train has no option --dta. It takes --data, --weights'],
    [() => parseCommand('train', ['sample']), 'does not know what to do with "sample"'],
    [() => parseCommand('train', ['--data']), '--data needs a value: --data DIR|ARCHIVE|ID.'],
    [() => parseCommand('train', ['--data', '--json']), '--data needs a value'],
    [() => parseCommand('train', ['--json=yes']), '--json takes no value; it got "yes"'],
    [() => commandName('trian'), 'There is no command "trian". The commands are train, learning-rate, evaluate'],
    [() => commandName('toString'), 'There is no command "toString"'],
    [() => required('export', 'out', undefined), 'export needs --out DIR: the folder to write.']
  ])('refused: %s', (work, sentence) => {
    expect(said(work)).toContain(sentence);
  });

  it('the help names every command', () => {
    for (const name of ['train', 'evaluate', 'classify', 'export', 'inspect', 'datasets', 'doctor']) expect(help()).toContain(`  ${name}: `);
  });
});

describe('recipes', () => {
  it('an empty one is the tutorial\'s', () => {
    expect(checkRecipe({})).toEqual(tutorialRecipe());
  });

  it.each([
    [{ epoch: 3 }, 'epoch is not a setting of a recipe. Known here: backbone, alpha, inputSize'],
    [{ phases: [{ name: 'a', epochs: 1, lr: 0.1 }] }, 'phases[0].lr is not a setting of a recipe. Known here: name, trainableFrom'],
    [{ phases: [{ name: 'a', epochs: 1, optimizer: { name: 'adam', learningRate: 0.1, beta: 1 } }] }, 'phases[0].optimizer.beta is not a setting of a recipe. Known here: name, learningRate, learningRateSchedule, clipnorm, globalClipnorm, emaMomentum, beta1, beta2, epsilon.'],
    [{ phases: [{ name: 'a', epochs: 1, optimizer: { name: 'adam', learningRate: 0.1, momentum: 0.9 } }] }, 'phases[0].optimizer.momentum is not a setting of a recipe.'],
    [{ phases: [{ name: 'a', epochs: 1, optimizer: { name: 'nadam', learningRate: 0.1 } }] }, 'phases[0].optimizer.name: optimizer name must be "adam", "sgd", "rmsprop" or "adamw"; it is "nadam".'],
    [{ phases: [{ name: 'a', epochs: 1, optimizer: { name: 'sgd', learningRate: 0.1, clipnorm: 1, globalClipnorm: 1 } }] }, 'phases[0].optimizer: clipnorm and globalClipnorm exclude each other'],
    [{ phases: [{ name: 'a', epochs: 1, optimizer: { name: 'sgd', learningRate: 0.1, learningRateSchedule: { name: 'cosine', warmup: 3 } } }] }, 'phases[0].optimizer.learningRateSchedule.warmup is not a setting of a recipe. Known here: name, decaySteps, alpha, warmupSteps, warmupFrom.'],
    [{ phases: [{ name: 'a', epochs: 1, augmentation: { flip: 'sideways' } }] }, 'phases[0].augmentation.flip: augmentation flip must be'],
    [{ head: [{ dropout: 1 }] }, 'head[0].dropout: dropout must be below 1; it is 1.'],
    [{ labelSmoothing: -1 }, 'labelSmoothing must be at least 0; it is -1.'],
    [{ head: [{ unit: 3 }] }, 'head[0].unit is not a setting of a recipe. Known here: units, activation'],
    [{ phases: [{ name: 'a' }] }, 'phases[0].epochs is missing.'],
    [{ phases: [{ name: 'a', epochs: -1 }] }, 'phases[0].epochs: epochs must be at least 0; it is -1.'],
    [{ phases: [{ name: 'a', epochs: 1.5 }] }, 'epochs must be a whole number; it is 1.5.'],
    [{ batchSize: '64' }, 'batchSize must be a number; it is "64".'],
    [{ alpha: 0.9 }, 'alpha must be one of 0.35, 0.5, 0.75, 1, 1.3, 1.4; it is 0.9.'],
    [{ phases: 3 }, 'phases must be a list, not 3.'],
    [{ phases: [] }, 'phases must have at least one phase'],
    [{ phases: [{ name: 'a', epochs: 1, optimizer: { name: 'adam', learningRate: 0 } }] }, 'phases[0].optimizer.learningRate: learningRate must be greater than 0; it is 0.'],
    [{ phases: [{ name: 'a', epochs: 1 }, { name: 'a', epochs: 1 }] }, 'phases[1].name: there is another phase named "a"'],
    [{ phases: [{ name: 'images', epochs: 1 }] }, 'phases[0].name: "images" has another meaning in the results'],
    [[], 'A recipe is an object in braces'],
    [3, 'A recipe is an object in braces']
  ])('refused: %j', (recipe, sentence) => {
    expect(said(() => checkRecipe(recipe))).toContain(sentence);
  });

  it('every mistake is told, not only the first', () => {
    const message = said(() => checkRecipe({ epochs: 1, alpha: 2, batchSize: 0 }));
    for (const key of ['epochs', 'alpha', 'batchSize']) expect(message).toContain(`\n  ${key} `);
  });

  describe('files', () => {
    let directory: string;
    beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'tsugiki-recipe-'))));
    afterEach(() => rmSync(directory, { recursive: true, force: true }));
    const file = (content: string): string => {
      const path = join(directory, 'recipe.json');
      writeFileSync(path, content);
      return path;
    };

    it('initialWeights lie relative to the recipe', () => {
      expect(readRecipe(file('{"initialWeights":"head.h5"}')).initialWeights).toBe(join(directory, 'head.h5'));
      expect(readRecipe(file('{"initialWeights":null}')).initialWeights).toBeNull();
    });

    it('that are missing or no JSON are refused by name', () => {
      expect(said(() => readRecipe(join(directory, 'none.json')))).toMatch(/none\.json cannot be read: there is no such file/);
      expect(said(() => readRecipe(file('{"alpha":')))).toMatch(/recipe\.json is not JSON/);
    });
  });
});
