/** What the trained model is written as, and what came of it. */
import type { ExportFormat, ExportResult, ExportSize, Precision } from '../../electron/contract';
import { call } from '../api';
import { report } from './toasts.svelte';

let writing = $state<ExportFormat | null>(null);
let result = $state.raw<ExportResult | null>(null);
let sizes = $state.raw<readonly ExportSize[]>([]);

export const exports = {
  /** The format that is being written. */
  get writing(): ExportFormat | null {
    return writing;
  },
  get result(): ExportResult | null {
    return result;
  },
  /** Bytes that an export of the open model would take, about; null until they are known. */
  size(format: ExportFormat, precision: Precision): number | null {
    return sizes.find((size) => size.format === format && size.precision === precision)?.bytes ?? null;
  },
  /** Looks the sizes up again: another model is open. */
  async look(): Promise<void> {
    try {
      sizes = await call('export:sizes', undefined);
    } catch (error) {
      sizes = [];
      report(error);
    }
  },
  async write(format: ExportFormat, precision: Precision): Promise<void> {
    if (writing) return;
    writing = format;
    try {
      result = (await call('export:model', { format, precision, directory: null })) ?? result;
    } catch (error) {
      report(error);
    } finally {
      writing = null;
    }
  }
};
