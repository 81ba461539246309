import axe from 'axe-core';
import type { Page } from 'playwright-core';
import * as v from 'valibot';

const resultSchema = v.object({
  passes: v.array(v.unknown()),
  violations: v.array(
    v.object({
      id: v.string(),
      impact: v.nullish(v.string()),
      nodes: v.array(v.object({ html: v.string() })),
    }),
  ),
});

/**
 * Has axe-core check the page as it is displayed.
 * @returns `rule (impact): the first element` for each violation
 */
export async function findViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = v.parse(resultSchema, await page.evaluate('axe.run()'));
  if (passes.length === 0) throw new Error('axe-core has checked nothing');
  return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0]?.html}`);
}
