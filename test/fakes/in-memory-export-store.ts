import type { ExportState } from '../../lambdas/core/export-state.ts';
import type { ExportStore } from '../../lambdas/ports/export-store.ts';

export interface InMemoryExportStore extends ExportStore {
  state(): ExportState | undefined;
}

export function inMemoryExportStore(): InMemoryExportStore {
  let state: ExportState | undefined;
  let revision = 0;
  return {
    state: () => state,
    read: async () => ({ state, revision }),
    async write(next, readRevision) {
      if (readRevision !== revision) return 'raced';
      state = structuredClone(next);
      revision += 1;
      return 'written';
    },
  };
}
