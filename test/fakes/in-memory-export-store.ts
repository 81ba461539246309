import type { ExportState } from '../../lambdas/core/export-state.ts';
import type { ExportStore } from '../../lambdas/ports/export-store.ts';

export function inMemoryExportStore(): ExportStore {
  let state: ExportState | undefined;
  let revision = 0;
  return {
    read: async () => ({ state, problems: [], revision }),
    async write(next, readRevision) {
      if (readRevision !== revision) return 'raced';
      state = structuredClone(next);
      revision += 1;
      return 'written';
    },
  };
}
