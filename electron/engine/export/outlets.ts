/** The formats the app writes, by the contract's names. */
import type { ExportFormat } from '../../contract';
import type { Outlet } from './outlet';
import { savedmodel } from './savedmodel';
import { tfjs } from './tfjs';

export const OUTLETS: Readonly<Record<ExportFormat, Outlet>> = { tfjs, savedmodel };
