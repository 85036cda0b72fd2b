/** What is worth saying while a network trains, with the evidence for it. */
import type { Session } from '../../electron/contract';

/** Rising for fewer epochs than this may be chance. */
const RISING_EPOCHS = 3;

/** For how many last epochs validation loss has risen while training loss fell; 0 when too few to speak of. */
export function overfittingFor(session: Session): number {
  const phase = session.epochs.at(-1)?.phase;
  const epochs = session.epochs.filter((epoch) => epoch.phase === phase);
  let rising = 0;
  for (let i = epochs.length - 1; i > 0; i--) {
    const now = epochs[i]!;
    const before = epochs[i - 1]!;
    if (now.valLoss === null || before.valLoss === null || now.valLoss <= before.valLoss || now.loss >= before.loss) break;
    rising++;
  }
  return rising >= RISING_EPOCHS ? rising : 0;
}

/** Variants that the running phase was to keep of each picture and cannot, for want of room; 0 when it does as asked. */
export function variantsWithoutRoom({ recipe, phases, epochs, step }: Session): number {
  const phase = step?.phase ?? epochs.at(-1)?.phase ?? 0;
  return phases[phase]?.variants === 0 ? (recipe?.phases[phase]?.augmentation?.variants ?? 0) : 0;
}

/** Side of MobileNetV2's last feature map: five halvings. */
export const lastMap = (inputSize: number): number => Math.ceil(inputSize / 32);
