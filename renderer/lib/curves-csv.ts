/** A run's curves as a table: a row an epoch, then a row a point of the fine curve. Numbers as they are, with a full stop. */
import { epochPosition, type Session } from '../../electron/contract';

const COLUMNS = ['kind', 'phase', 'epoch', 'position', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds'];

export function curvesCsv(session: Session): string {
  const epochs = session.epochs.map(({ phase, epoch, loss, accuracy, valLoss, valAccuracy, seconds }) => [
    'epoch', session.phases[phase]?.name ?? '', epoch + 1, epochPosition(session, phase, epoch), loss, accuracy, valLoss ?? '', valAccuracy ?? '', seconds
  ]);
  const batches = session.curve.map(({ x, loss, accuracy }) => ['batch', '', '', x, loss, accuracy, '', '', '']);
  return `${[COLUMNS, ...epochs, ...batches].map((row) => row.join(',')).join('\n')}\n`;
}
